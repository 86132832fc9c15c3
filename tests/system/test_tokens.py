"""The estimate is cheap, additive enough to plan with, and a cut keeps its word."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from twelve.system import tokens

TEXT = st.text(max_size=300) | st.text("aA1 .\n{}_=é中✅", max_size=300)
PROSE = "The quick brown fox jumps over the lazy dog, then rests.\n"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("", 0, 0),
        ("    ", 0, 0),
        ("word", 1, 2),
        (PROSE, 13, 17),
        ("def add(left: int, right: int) -> int:\n    return left + right\n", 20, 30),
        ("8f14e45fceea167a5a36dedd4bea2543", 16, 34),
        ("2026-11-20T09:22:43Z", 10, 18),
        ("getUserAccountByIdentifier", 4, 9),
        ("{}" * 10, 3, 10),
        ("日本語のテキスト", 8, 16),
        ("✅ ❌ ⚠️", 2, 6),
    ],
)
def test_estimates_are_in_the_range_real_tokenizers_give(text: str, low: int, high: int) -> None:
    assert low <= tokens.estimate(text) <= high


def test_estimates_of_this_house_lie_between_a_third_and_a_fifth_of_its_characters() -> None:
    for path in Path(tokens.__file__).parent.glob("*.py"):
        text = path.read_text()
        assert len(text) / 5.5 < tokens.estimate(text) < len(text) / 2.5 or len(text) < 500, path.name


@given(TEXT, TEXT)
@example("getUser", "Name")
@example("1", "2")
def test_the_whole_costs_about_what_its_parts_cost(one: str, two: str) -> None:
    # A piece that the seam cuts in two may be counted twice, and one that it joins once; never more than that.
    assert abs(tokens.estimate(one + two) - tokens.estimate(one) - tokens.estimate(two)) <= 3


@given(TEXT, TEXT)
def test_more_text_is_never_estimated_much_lower(one: str, two: str) -> None:
    assert tokens.estimate(one + two) >= tokens.estimate(one) - 1


@given(TEXT, st.integers(1, 40))
def test_repeating_a_text_costs_in_proportion(text: str, times: int) -> None:
    line = text.replace("\r", "") + "\nx\n"
    # Each copy is rounded up by less than one, and its first line break may join the one before it.
    assert abs(tokens.estimate(line * times) - times * tokens.estimate(line)) <= 2.5 * times + 1


@given(TEXT, st.integers(0, 200))
def test_a_cut_never_exceeds_its_limit_and_says_that_it_is_one(text: str, limit: int) -> None:
    answer = tokens.cut(text, limit)
    assert tokens.estimate(answer) <= limit
    if tokens.estimate(text) <= limit:
        assert answer == text
    elif answer:
        assert "[cut" in answer
        assert text.startswith(answer.rpartition("\n[cut")[0])


@pytest.mark.parametrize(
    "text", [PROSE * 2000, "x" * 300_000, "\n" * 300_000, " " * 300_000 + "x", "中" * 50_000, "aB" * 50_000, "{}" * 99_999, "7" * 99_999]
)
@pytest.mark.parametrize("limit", [0, 1, 5, 20, 300, 2000])
def test_a_cut_of_an_endless_text_fits_and_uses_most_of_the_room(text: str, limit: int) -> None:
    answer = tokens.cut(text, limit)
    assert tokens.estimate(answer) <= limit
    if limit >= 300 and tokens.estimate(text) > limit:
        assert tokens.estimate(answer) >= limit * 0.6


def test_a_cut_prefers_whole_lines() -> None:
    body, mark, _ = tokens.cut(PROSE * 50, 200).partition("\n[cut: about ")
    assert mark
    assert body.endswith("rests.")


def test_the_mark_says_how_much_is_missing() -> None:
    text = PROSE * 50
    answer = tokens.cut(text, 200)
    left = int(answer.rpartition("[cut: about ")[2].split()[0])
    assert abs(tokens.estimate(text) - left - 200) < 40


@pytest.mark.parametrize(("estimate", "reserved"), [(0, 0), (1, 2), (10, 11), (1000, 1100), (1001, 1102)])
def test_the_reserve_is_a_tenth_rounded_up(estimate: int, reserved: int) -> None:
    assert tokens.with_reserve(estimate) == reserved


@pytest.mark.parametrize("piece", ["a", "aB", "1", "=", "\n", " ", "é", "中", "a1 =\n", "\x00", "\r", "\r\n", "a" * 50 + " "])
def test_a_megabyte_of_anything_is_estimated_in_linear_time(piece: str) -> None:
    text = (piece * 1_000_000)[:1_000_000]
    started = time.process_time()
    tokens.estimate(text)
    assert time.process_time() - started < 5


def test_blanks_in_bulk_are_not_free() -> None:
    assert tokens.estimate(" " * 160_000) > 5_000
    assert tokens.estimate("\n" * 160_000) > 5_000
