"""How the hook is registered: the command line, each client's own shape, and the client's own refusals as a second line.

Only events the oldest supported client knows: one unknown event or type disarms everything beside it.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Any

from twelve.model.settings import Settings
from twelve.system import git
from twelve.workflow.fastpath.bundle import PROGRAM

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

PROTECTED = (
    "/twelve.toml", "/.twelve/local.toml", "/.twelve/manifest.json", "/.claude/settings.json", "/.claude/settings.local.json",
    "/.codex/hooks.json", "/.codex/config.toml", "/.gemini/settings.json", "/.git/**", "/.husky/**", "/lefthook.yml",
    "/.pre-commit-config.yaml", "~/.claude/settings.json", "~/.codex/hooks.json", "~/.codex/config.toml", "~/.gemini/settings.json",
)  # fmt: skip
LOCK_FILES = (
    "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "uv.lock", "poetry.lock", "Cargo.lock", "go.sum", "Gemfile.lock", "composer.lock",
)  # fmt: skip
COMMANDS: dict[str, tuple[str, ...]] = {
    "force_push": ("git push --force", "git push -f"),
    "hook_skip": ("git commit --no-verify", "git commit -n", "git push --no-verify"),
    "destructive_delete": ("rm -rf /", "rm -rf ~", "rm -rf .git", "git clean -fdx"),
}
"""Rule -> beginnings of command lines. The client compares prefixes only, so this catches the careless, not the cunning."""


def interpreter() -> str:
    """The interpreter's real binary, past virtual environments and version managers' shims, which cost more than the hook."""
    return os.path.realpath(sys.executable)


def command(repository: git.Repository, client: str, *, folder: Path | None = None) -> str:
    """The command line that is registered, quoted for a shell. `client` is a client's name or `git`."""
    return shlex.join([interpreter(), "-I", "-S", str((folder or repository.state_dir) / PROGRAM), client])


def hooks(client: str, command: str) -> dict[str, list[Any]]:
    """The `hooks` member of that client's settings: one dispatcher per event."""
    return {event: [_group(client, event, command)] for event in EVENTS[client]}


def deny_rules(client: str, settings: Settings) -> tuple[str, ...]:
    """The client's own refusals, from the same policy. Edits are named by path; no rule hides a tool."""
    if client != "claude":
        return ()
    rules = settings.guard.rules
    found = [f"Edit({path})" for path in PROTECTED] if rules.protect_policy.decision == "deny" else []
    if rules.protect_lockfiles.decision == "deny":
        found += [f"Edit(/**/{name})" for name in LOCK_FILES]
    for rule, beginnings in COMMANDS.items():
        if getattr(rules, rule).decision == "deny":
            found += [f"Bash({beginning}:*)" for beginning in beginnings]
    return tuple(found)


def _group(client: str, event: str, command: str) -> dict[str, Any]:
    seconds = END_TIMEOUT_S if event == "SessionEnd" else TIMEOUT_S
    entry: dict[str, Any] = {"type": "command", "command": command, "timeout": seconds}
    if client == "gemini":
        # this client counts in milliseconds: seconds copied over would kill the hook, and the tool would run
        entry = {"name": "twelve", **entry, "timeout": seconds * 1000}
    return {"hooks": [entry]}
