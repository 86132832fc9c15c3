"""How the hook is registered: the command line, each client's own shape, and the client's own refusals as a second line.

Only events the oldest supported client knows: one unknown event or type disarms everything beside it.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Any

import twelve
from twelve.factors.guardrails import protected
from twelve.factors.guardrails.actions.action import WRITE, Action, Surroundings
from twelve.factors.guardrails.actions.reading import line_actions
from twelve.factors.guardrails.compiling import compile_policy
from twelve.factors.guardrails.policy.judging import Circumstances, judge
from twelve.model.settings import Settings
from twelve.system import git
from twelve.workflow.fastpath.bundle import PROGRAM

ENTRANCE = "interfaces/cli/githook.py"
"""What git's hooks start, below the package."""
TIMEOUT_S = 30
"""What a client grants one answer, seconds (ours); the hook's own deadline is 8 s."""
END_TIMEOUT_S = 3
"""For the end of a session: one client allows 3 s at most."""

CLAUDE = (
    "PreToolUse", "PostToolUse", "PostToolUseFailure", "UserPromptSubmit", "SessionStart", "SessionEnd", "Stop", "SubagentStop",
    "PreCompact", "PostCompact", "ConfigChange",
)  # fmt: skip
CODEX = (
    "PreToolUse", "PostToolUse", "UserPromptSubmit", "SessionStart", "SessionEnd", "Stop", "SubagentStop", "PreCompact", "PostCompact",
)  # fmt: skip
GEMINI = ("BeforeTool", "AfterTool", "BeforeAgent", "AfterAgent", "SessionStart", "SessionEnd")
EVENTS = {"claude": CLAUDE, "codex": CODEX, "gemini": GEMINI}
CLOSED = ("PreToolUse", "BeforeTool", "ConfigChange")
"""Events a crash must not leave open: clients let the tool run on any exit code but 2, that of a loader or a signal included.
For a prompt or the end of a turn the same would lose words or never end."""
OTHERWISE = " || exit 2"
"""Costs nothing: every client hands the line to a shell anyway. The first words on standard error are those of what crashed."""

INSIDE = (".twelve/local.toml", ".twelve/manifest.json", ".twelve/allowed_signers", "~/.gemini/settings.json")
"""Files of folders in which agents write other things, so that the folder as a whole cannot be refused."""
LOCK_FILES = (
    "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "uv.lock", "poetry.lock", "Cargo.lock", "go.sum", "Gemfile.lock", "composer.lock",
)  # fmt: skip
"""The commonest, at the top of the tree: elsewhere they may be test data."""
BEGINNINGS = ("git push --force", "git push -f", "git commit --no-verify", "git commit -n", "git push --no-verify")
"""Beginnings of command lines the policy refuses however they go on, unless they only ask for help or for a dry run. The
client compares beginnings only, so this catches the careless, not the cunning."""
WHOLE = (
    "rm -rf .git",
    "rm -rf .git/",
    "rm -rf /",
    "rm -rf ~",
    "rm -rf ~/",
    "rm -rf .",
    "rm -rf ./",
    "rm -rf ..",
    "git clean -fdx",
    "git clean -fdX",
)
"""Command lines the policy refuses as they are; with more words it may allow them."""
_ROOT, _HOME = "/project-of-nobody", "/home-of-nobody"


def interpreter() -> str:
    """The interpreter's real binary, past virtual environments and version managers' shims, which cost more than the hook."""
    return os.path.realpath(sys.executable)


def command(repository: git.Repository, client: str, *, folder: Path | None = None) -> str:
    """The command line that is registered, quoted for a shell. `client` is a client's name or `git`.

    Git's hooks run the installed package and not the generated program, so that whoever replaces one is seen by the other.
    """
    if client == "git" and folder is None:
        return shlex.join([sys.executable, "-I", str(Path(twelve.__file__).parent / ENTRANCE), "git"])
    return shlex.join([interpreter(), "-I", "-S", str((folder or repository.state_dir) / PROGRAM), client])


def hooks(client: str, command: str) -> dict[str, list[Any]]:
    """The `hooks` member of that client's settings: one dispatcher per event."""
    return {event: [_group(client, event, command)] for event in EVENTS[client]}


def deny_rules(client: str, settings: Settings) -> tuple[str, ...]:
    """The client's own refusals: of what these settings refuse, what the client can say. No rule hides a tool."""
    if client != "claude":
        return ()
    policy = compile_policy(settings, root=_ROOT, common_dir=f"{_ROOT}/.git", home=_HOME, temporary="", fold=False)
    around = Surroundings(root=_ROOT, cwd=_ROOT, home=_HOME, look=False)
    found = [f"Edit({_shown(glob)})" for glob in candidates() if _refused((_write(glob),), policy)]
    found += [f"Bash({line}:*)" for line in BEGINNINGS if _refused(line_actions(line, around), policy)]
    return (*found, *(f"Bash({line})" for line in WHOLE if _refused(line_actions(line, around), policy)))


def candidates() -> tuple[str, ...]:
    """What is protected anyway and can be named for a client: no folder agents write in, nothing outside project and home."""
    spared = (*protected.ARTEFACTS, *protected.CLIENTS_OWN)
    whole = [glob for glob in protected.POLICY_GLOBS if not any(own.startswith(glob.removesuffix("**")) for own in spared)]
    return (*(glob for glob in whole if not glob.startswith("/")), *INSIDE, *protected.POLICY_NAMES, *LOCK_FILES)


def _shown(glob: str) -> str:
    return glob if glob.startswith("~/") else "/" + glob


def _write(glob: str) -> Action:
    """The action the policy is asked about, for a folder that of a file in it."""
    path = glob.replace("**", "x")
    return Action(WRITE, path=_HOME + path[1:] if path.startswith("~/") else f"{_ROOT}/{path}", verb="write")


def _refused(actions: tuple[Action, ...], policy: dict[str, Any]) -> bool:
    return judge(actions, policy, Circumstances(client="claude")).verdict == "deny"


def _group(client: str, event: str, command: str) -> dict[str, Any]:
    seconds = END_TIMEOUT_S if event == "SessionEnd" else TIMEOUT_S
    line = command + OTHERWISE if event in CLOSED else command
    entry: dict[str, Any] = {"type": "command", "command": line, "timeout": seconds}
    if client == "gemini":
        # this client counts in milliseconds: seconds copied over would kill the hook, and the tool would run
        entry = {"name": "twelve", **entry, "timeout": seconds * 1000}
    return {"hooks": [entry]}
