"""A small stand-in for the generated hook, and whole-repository snapshots for "nothing is left" assertions."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from twelve.model.settings import Settings
from twelve.system import files, git
from twelve.workflow import install
from twelve.workflow.install.arming import Arming

HOOK = b"""\
import os, sys
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "calls"), "a") as log:
    stdin = sys.stdin.read() if sys.argv[2] == "pre-push" else ""
    log.write(repr((sys.argv[1:], stdin)) + "\\n")
sys.exit(3 if os.environ.get("REFUSE") == sys.argv[2] else 0)
"""


def arm(repository: git.Repository, _settings: Settings | None) -> Arming:
    """Registrations like the real ones, with a hook that notes how it was called and refuses what REFUSE names."""
    hook = repository.state_dir / "hook.py"
    commands = {
        name: f"{shlex.quote(sys.executable)} -I -S {shlex.quote(str(hook))} {name}" for name in ("claude", "codex", "gemini", "git")
    }
    return Arming(
        generated={"hook.py": len(HOOK), "deep/part": 0},
        write=lambda: write(repository),
        digest=files.digest_bytes(HOOK),
        written=lambda: files.digest(hook) if hook.exists() else "",
        commands=commands,
        hooks={
            "claude": {event: [group(commands["claude"], 10)] for event in ("PreToolUse", "Stop")},
            "codex": {"PreToolUse": [group(commands["codex"], 10)]},
            "gemini": {"BeforeTool": [group(commands["gemini"], 10_000)]},
        },
        deny={"claude": ("Edit(/twelve.toml)", "Read(./.env)"), "codex": (), "gemini": ()},
    )


def write(repository: git.Repository) -> None:
    for name, data in (("deep/part", b""), ("hook.py", HOOK)):
        files.write_atomic(repository.state_dir / name, data, mode=0o600)


def group(command: str, timeout: int) -> dict[str, Any]:
    return {"matcher": "*", "hooks": [{"type": "command", "command": command, "timeout": timeout}]}


def later(repository: git.Repository) -> Arming:
    """What a later version would register: another interpreter flag and time limit, one more event, one less, a refusal less."""
    now = arm(repository, None)
    commands = {name: command.replace("-I -S", "-I -S -X utf8") for name, command in now.commands.items()}
    claude = {event: [group(commands["claude"], 30)] for event in ("PreToolUse", "SessionStart")}
    deny = {**now.deny, "claude": ("Edit(/twelve.toml)",)}
    return msgspec.structs.replace(now, commands=commands, hooks={**now.hooks, "claude": claude}, deny=deny)


WISH = install.Wish(clients=("claude", "codex", "gemini"))


def set_up(repository: git.Repository, **options: Any) -> install.Plan:
    plan = install.plan_install(repository, **{"wish": WISH, "arm": arm, "with_make": False, **options})
    install.apply(repository, plan)
    return plan


def take_back(repository: git.Repository) -> install.Plan:
    plan = install.plan_uninstall(repository)
    install.apply(repository, plan)
    return plan


def calls(repository: git.Repository) -> list[tuple[list[str], str]]:
    """How the stand-in was called: arguments and standard input."""
    path = repository.state_dir / "calls"
    return [eval(line) for line in path.read_text().splitlines()] if path.exists() else []  # noqa: S307 - our own repr


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and folder with mode and content, .git included: what git itself rewrites is left out."""
    found: dict[str, tuple[int, bytes]] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if name.startswith((".git/objects", ".git/logs", ".git/index", ".git/refs/heads", ".git/refs/notes")) or name in (
            ".git/COMMIT_EDITMSG",
            ".git/ORIG_HEAD",
        ):
            continue
        mode = path.lstat().st_mode
        link = stat.S_ISLNK(mode)
        found[name] = (mode, os.fsencode(os.readlink(path)) if link else path.read_bytes() if stat.S_ISREG(mode) else b"")
    return found


def commit(repository: git.Repository, message: str = "change", **env: str) -> subprocess.CompletedProcess[str]:
    """A person's commit of everything, hooks included."""
    return run(repository, "git", "commit", "--quiet", "--allow-empty", "-m", message, **env)


def run(repository: git.Repository, *argv: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, cwd=repository.root, env={**os.environ, **env}, capture_output=True, text=True, check=False, timeout=60)
