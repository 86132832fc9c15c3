"""Gemini's answers. A question in a headless session ends the run without a result, so none is put."""

from __future__ import annotations

from twelve.interfaces.hooks.dialects import portable

NOTED = ("AfterTool", "BeforeAgent", "SessionStart")
"""Events whose note reaches the model."""


def interactive(_mode: str, _entrypoint: str, _run: str) -> bool:
    """Never: `ask` ends a headless run with nothing said."""
    return False


def hint(event: str, text: str) -> tuple[int, bytes, bytes]:
    """A note to the model where this client passes one on, else silence."""
    return portable.context(event, text) if event in NOTED else (0, b"", b"")
