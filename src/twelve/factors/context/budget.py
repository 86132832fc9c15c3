"""How full a context is, in the bands of the 40 % rule."""

from __future__ import annotations

from enum import StrEnum

from twelve.model.settings import ContextSettings


class Band(StrEnum):
    """GREEN up to and including the budget, RED from the critical ratio on."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


def band(tokens: int, settings: ContextSettings) -> Band:
    """Band of a context of `tokens`; exactly the budget ratio is still GREEN (S1)."""
    if tokens <= settings.budget_ratio * settings.window_tokens:
        return Band.GREEN
    return Band.RED if tokens >= settings.critical_ratio * settings.window_tokens else Band.YELLOW
