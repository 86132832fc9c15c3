"""Real agent clients in throw-away homes, driven by a scripted model on loopback.

The clients are looked for in TWELVE_TEST_CLIENTS, then in the cache that `tools/fetch_clients.sh`
fills, then on PATH. A test that needs one skips with the reason when it is absent.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from twelve.factors.agents.harness import Turn
from twelve.model.settings import HarnessSettings

CLIENTS = ("claude", "codex", "gemini")
CACHE = Path(
    os.environ.get("TWELVE_CLIENTS_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "twelve" / "clients"
)
"""Read at import, before a test redirects HOME."""
_PATH = os.environ.get("PATH", os.defpath)
_GIVEN = os.environ.get("TWELVE_TEST_CLIENTS", "")


def find(client: str) -> str | None:
    """Absolute path of a real client."""
    folders = [_GIVEN, str(CACHE / "node_modules" / ".bin")] if _GIVEN else [str(CACHE / "node_modules" / ".bin"), _PATH]
    return shutil.which(client, path=os.pathsep.join(filter(None, folders)))


def need(client: str) -> str:
    """The client's path, or a SKIP that says how to get it."""
    path = find(client)
    if path is None or shutil.which("node", path=_PATH) is None:
        pytest.skip(f"the {client} client is not here; run tools/fetch_clients.sh or set TWELVE_TEST_CLIENTS")
    return path


def base_environment(home: Path) -> dict[str, str]:
    """HOME and everything like it inside the test's folder."""
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    return {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "TMPDIR": str(home / "tmp"), "NO_COLOR": "1", "CI": ""}


def claude_environment(home: Path, url: str) -> dict[str, str]:
    return {
        **base_environment(home),
        "CLAUDE_CONFIG_DIR": str(home / ".claude"),
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "dummy-anthropic-key",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_MAX_RETRIES": "2",
        "DISABLE_TELEMETRY": "1",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_ERROR_REPORTING": "1",
    }


def codex_environment(home: Path, url: str) -> dict[str, str]:
    folder = home / ".codex"
    folder.mkdir(parents=True, exist_ok=True)
    config = f"""\
model = "gpt-5.5"
model_provider = "scripted"
check_for_update_on_startup = false
[model_providers.scripted]
name = "scripted"
base_url = "{url}/v1"
env_key = "SCRIPTED_API_KEY"
wire_api = "responses"
request_max_retries = 1
stream_max_retries = 1
supports_websockets = false
[analytics]
enabled = false
"""
    (folder / "config.toml").write_text(config)
    return {**base_environment(home), "CODEX_HOME": str(folder), "SCRIPTED_API_KEY": "dummy-openai-key"}


def gemini_environment(home: Path, url: str) -> dict[str, str]:
    folder = home / ".gemini"
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "security": {"auth": {"selectedType": "gemini-api-key"}},
        "privacy": {"usageStatisticsEnabled": False},
        "general": {"enableAutoUpdate": False, "maxAttempts": 2},
        "telemetry": {"enabled": False},
    }
    (folder / "settings.json").write_text(json.dumps(settings))
    return {
        **base_environment(home),
        "GEMINI_API_KEY": "dummy-gemini-key",
        "GOOGLE_GEMINI_BASE_URL": url,
        "GEMINI_CLI_NO_RELAUNCH": "true",
    }


ENVIRONMENTS = {"claude": claude_environment, "codex": codex_environment, "gemini": gemini_environment}


def settings(client: str, home: Path, url: str, *, args: tuple[str, ...] = (), max_turns: int = 60) -> HarnessSettings:
    """Harness settings that start the real client against the scripted model; SKIP when it is absent."""
    return HarnessSettings(command=(need(client),), args=args, max_turns=max_turns, env=ENVIRONMENTS[client](home, url))


def turn(workdir: Path, logs: Path, **fields: Any) -> Turn:
    """A turn with a prompt and a time-out fit for tests."""
    given: dict[str, Any] = {"prompt": "Do the work.", "timeout_s": 60, "phase": "prime", **fields}
    return Turn(workdir=workdir, logs=logs, **given)


def write_call(client: str, path: str, text: str) -> dict[str, Any]:
    """The tool call that makes this client create `path`, relative to its work tree, with exactly `text`."""
    if client in ("claude", "gemini"):
        name = {"claude": "Write", "gemini": "write_file"}[client]
        return {"name": name, "input": {"file_path": path, "content": text}}
    if text.endswith("\n"):
        lines = "".join(f"+{line}\n" for line in text[:-1].split("\n"))
        return {"name": "apply_patch", "custom": True, "input": f"*** Begin Patch\n*** Add File: {path}\n{lines}*** End Patch\n"}
    return shell_call(client, f'mkdir -p "$(dirname {_quoted(path)})" && printf %s {_quoted(text)} > {_quoted(path)}')


def overwrite_call(client: str, path: str, text: str) -> dict[str, Any]:
    """The tool call that replaces an existing file; the clients' own write tools want to have read it first."""
    return shell_call(client, f"printf %s {_quoted(text)} > {_quoted(path)}")


def shell_call(client: str, command: str) -> dict[str, Any]:
    """The tool call that makes this client run a shell command."""
    name, key = {"claude": ("Bash", "command"), "codex": ("exec_command", "cmd"), "gemini": ("run_shell_command", "command")}[client]
    return {"name": name, "input": {key: command}}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def writes(client: str, wanted: dict[str, str], *, when: str = "") -> dict[str, Any]:
    """The model turn that creates the files, for the first prompt that matches `when`.

    `{{1}}` in paths and texts is replaced by what the groups of `when` matched, so a scenario can
    answer with a run id that it read from the prompt.
    """
    return {"tools": [write_call(client, path, text) for path, text in wanted.items()], **({"when": when} if when else {})}


def runs(client: str, *commands: str, when: str = "") -> dict[str, Any]:
    """The model turn that runs shell commands, for the first prompt that matches `when`."""
    return {"tools": [shell_call(client, command) for command in commands], **({"when": when} if when else {})}


def overloaded(client: str, *, when: str = "") -> dict[str, Any]:
    """An overloaded server for exactly one whole turn of this client, its own retries included: the driver's retry finds it well."""
    times = {"claude": 3, "codex": 4, "gemini": 2}[client]
    turn: dict[str, Any] = {"status": 503, "error": "overloaded_error", "text": "Overloaded", "times": times}
    return {**turn, **({"when": when} if when else {})}


def scenario(*turns: dict[str, Any], words: str = "Done.") -> dict[str, Any]:
    """Turns in order, each for the prompt its `when` describes; everything else is answered with a closing word.

    One scenario serves any number of fresh conversations, so it can carry a client through all phases.
    """
    return {"turns": list(turns), "default": {"text": words}}
