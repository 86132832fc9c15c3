"""Whether a person can be at this terminal: no agent's variables, no agent among the processes above, a real terminal.

It stays advisory. A process of the same user that forks twice, starts a new session, clears its environment and holds
the other end of a terminal itself leaves nothing to recognise; only a signature by a key it cannot use keeps it out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from twelve.model.errors import TwelveError
from twelve.system import ancestry
from twelve.system.ancestry import Process

AGENT_MARKERS = (
    "CLAUDECODE",
    "AI_AGENT",
    "CLAUDE_CODE_SESSION_ID",
    "CLAUDE_CODE_ENTRYPOINT",
    "CODEX_THREAD_ID",
    "CODEX_SESSION_ID",
    "CODEX_CI",
    "CODEX_SANDBOX",
    "GEMINI_CLI",
    "CURSOR_AGENT",
    "TWELVE_DRIVER",
    "TWELVE_RUN",
)
"""Variables the agent clients set for what they start, as observed in the clients themselves, and those of our own driver."""

PROGRAMS = frozenset(
    ("claude", "codex", "gemini", "cursor-agent", "opencode", "aider", "goose", "amp", "copilot", "qwen", "crush", "droid", "auggie")
)
"""Names of agent clients' programs."""
PACKAGES = (
    "@anthropic-ai/claude-code",
    "@openai/codex",
    "@google/gemini-cli",
    "@qwen-code/qwen-code",
    "@sourcegraph/amp",
    "@github/copilot",
    "opencode-ai",
)
"""Packages whose scripts an interpreter runs under its own name."""
_INTERPRETERS = (
    "node",
    "nodejs",
    "bun",
    "deno",
    "python",
    "pypy",
    "ruby",
    "bash",
    "sh",
    "dash",
    "zsh",
    "npx",
    "npm",
    "bunx",
    "pnpm",
    "uvx",
)
_STARTERS = ("exec", "run", "x", "dlx", "start")
"""Words of package runners that stand before the name of what they run."""
_VALUED = ("-r", "--require", "--import", "--loader", "-W", "-X", "-p", "--package", "--from")
"""Options of interpreters whose value is the next word; there are more, and a value taken for a script only errs on the safe side."""

ADVISORY = (
    "an answer without a signature is advisory: a process of the same user that leaves its parents behind, clears its "
    "environment and fakes a terminal is not recognised"
)
"""Said wherever an unsigned answer is shown."""


def agent_marker(env: Mapping[str, str]) -> str:
    """Name of the variable that says an agent started this process, or "". Absence proves nothing."""
    return next((name for name in AGENT_MARKERS if env.get(name)), "")


def agent_above(found: Iterable[Process]) -> str:
    """Which of these processes is an agent client or was started by one, in words; "" when none can be told to be."""
    for process in found:
        if _client(process):
            return f"process {process.pid} ({process.name}) is an agent client"
        marker = next((name for name in AGENT_MARKERS if name in process.variables), "")
        if marker:
            return f"process {process.pid} ({process.name}) was started by an agent: {marker} is set"
    return ""


def recognised(env: Mapping[str, str] | None = None) -> str:
    """Why this process is taken for an agent's; "" when nothing says so."""
    marker = agent_marker(os.environ if env is None else env)
    if marker:
        return f"this process was started by an agent: {marker} is set"
    above = agent_above(ancestry.lineage())
    if above:
        return above
    for holder in ancestry.terminal_holders():
        behind = agent_above(ancestry.lineage(holder))
        if behind:
            return f"this terminal is typed into by a program: {behind}"
    return ""


def require_person(deed: str) -> None:
    """Refuse `deed` ("answer", "exempt", …) to what an agent started, and to what has no terminal. Raises TwelveError."""
    why = recognised()
    if why:
        raise TwelveError(f"an agent cannot {deed} for a person", why=why, next="a person does it from a terminal of their own")
    if not os.isatty(0):
        raise TwelveError(
            f"only a person at a terminal can {deed}", why="standard input is no terminal", next="run the same command in a terminal"
        )


def _client(process: Process) -> bool:
    names = {_stem(process.name), _stem(process.program), _stem(process.argv[0] if process.argv else "")}
    if names & PROGRAMS:
        return True
    if any(package in process.program for package in PACKAGES):
        return True
    if not any(name.rstrip("0123456789.") in _INTERPRETERS for name in names):
        return False
    script = _script(process.argv[1:])
    return _stem(script) in PROGRAMS or any(package in script for package in PACKAGES)


def _script(words: tuple[str, ...]) -> str:
    """The word that names what an interpreter or package runner runs: its arguments may be called anything."""
    position = 0
    while position < len(words):
        word = words[position]
        if word in ("-m", "--module") and position + 1 < len(words):
            return words[position + 1]
        if word.startswith("-"):
            position += 2 if word in _VALUED else 1
        elif word in _STARTERS or word.isdigit():
            position += 1
        else:
            return word
    return ""


def _stem(word: str) -> str:
    """Name of a program: no folders, no login dash, no `.exe` or script suffix."""
    name = PurePosixPath(word.removesuffix(" (deleted)")).name.lstrip("-").lower()
    for suffix in (".exe", ".js", ".mjs", ".cjs", ".py"):
        name = name.removesuffix(suffix)
    return name
