"""Codex's answers. It has no question to a person in a hook: `ask` would open the gate."""

from __future__ import annotations

from twelve.interfaces.hooks.dialects import portable


def interactive(_mode: str, _entrypoint: str, _run: str) -> bool:
    """Never: an `ask` is an unsupported answer here, and the tool runs."""
    return False


def hint(event: str, text: str) -> tuple[int, bytes, bytes]:
    """A note to the model; the call runs."""
    return portable.context(event, text)
