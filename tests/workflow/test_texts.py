"""Content is filled strictly, and what comes from outside cannot change it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.model.errors import TwelveError
from twelve.workflow import texts


def test_a_missing_or_unused_name_is_an_error() -> None:
    with pytest.raises(TwelveError, match="disagree about: run"):
        texts.fill("templates", "plan", {})
    with pytest.raises(TwelveError, match="disagree about: extra"):
        texts.fill("templates", "plan", {"run": "r", "extra": "x"})


def test_values_are_not_filled_again() -> None:
    assert "run: {{run}}" in texts.fill("templates", "plan", {"run": "{{run}}"})


@given(st.text(alphabet="`a\n ", max_size=60))
def test_no_text_can_end_its_own_fence(text: str) -> None:
    lines = texts.quoted(text).split("\n")
    assert [number for number, line in enumerate(lines) if line.strip() == lines[0]] == [0, len(lines) - 1]


def test_no_prompt_orders_a_commit_or_a_push() -> None:
    for path in (texts.CONTENT / "prompts").glob("*.md"):
        words = path.read_text().lower()
        assert "git commit" not in words
        assert "push" not in words
