"""The 40 % rule: where GREEN ends and RED begins."""

from __future__ import annotations

import pytest

from twelve.factors.context.budget import Band, band
from twelve.model.settings import ContextSettings


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [(0, Band.GREEN), (80_000, Band.GREEN), (80_001, Band.YELLOW), (91_000, Band.YELLOW), (119_999, Band.YELLOW), (120_000, Band.RED)],
)
def test_exactly_forty_percent_is_green_and_sixty_is_red(tokens: int, expected: Band) -> None:
    assert band(tokens, ContextSettings()) is expected
