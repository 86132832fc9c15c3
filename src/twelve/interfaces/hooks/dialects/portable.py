"""What all clients understand alike."""

from __future__ import annotations

from twelve.interfaces.hooks import notation

LIMIT = 3_000
"""Longest text handed to a client, characters (ours; from 10 000 on one client writes it to disk instead)."""


def block(reason: str) -> tuple[int, bytes, bytes]:
    """The one block every client honours: an object on standard output, the reason on standard error, exit code 2."""
    text = reason[:LIMIT] or "refused"
    return 2, notation.write({"decision": "block", "reason": text}).encode(), text.encode("utf-8", "backslashreplace")


def resume(reason: str) -> tuple[int, bytes, bytes]:
    """Keep a turn from ending. By object alone: with exit code 2 the reason would carry our command line."""
    return 0, notation.write({"decision": "block", "reason": reason[:LIMIT]}).encode(), b""


def context(event: str, text: str) -> tuple[int, bytes, bytes]:
    """A note beside the event, where the client takes one."""
    inner = {"hookEventName": event, "additionalContext": text[:LIMIT]}
    return 0, notation.write({"hookSpecificOutput": inner}).encode(), b""
