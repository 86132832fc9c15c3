"""Claude Code's answers."""

from __future__ import annotations

from twelve.interfaces.hooks import notation
from twelve.interfaces.hooks.dialects import portable

UNATTENDED = ("bypassPermissions", "dontAsk", "auto")
"""Permission modes in which nobody reads a question."""


def interactive(mode: str, entrypoint: str, run: str) -> bool:
    """Whether a person sits in front of the client and would be asked."""
    return entrypoint == "cli" and mode not in UNATTENDED and not run


def ask(reason: str) -> tuple[int, bytes, bytes]:
    """Put the call to the person."""
    inner = {"hookEventName": "PreToolUse", "permissionDecision": "ask", "permissionDecisionReason": reason[: portable.LIMIT]}
    return 0, notation.write({"hookSpecificOutput": inner}).encode(), b""


def hint(event: str, text: str) -> tuple[int, bytes, bytes]:
    """A note to the model; the call runs."""
    return portable.context(event, text)
