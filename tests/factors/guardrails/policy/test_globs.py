"""A path known only in part meets every protected pattern it could be, and no other."""

from __future__ import annotations

import time
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.guardrails.policy.globs import HIT, MISS, NEAR, meets, overlap


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("/r/twelve.toml", ("/r/twelve.toml", ()), HIT),
        ("/r/twelve.tom", ("/r/twelve.toml", ()), MISS),
        ("/r/twelve.toml.bak", ("/r/twelve.toml", ()), MISS),
        ("/r/.git", ("/r/.git", ("**",)), HIT),
        ("/r/.git/hooks/x", ("/r/.git", ("**",)), HIT),
        ("/r/.gitignore", ("/r/.git", ("**",)), MISS),
        ("/r/a/b/.env", ("/r", ("**", ".env")), HIT),
        ("/r/.env", ("/r", ("**", ".env")), HIT),
        ("/r/.env/x", ("/r", ("**", ".env")), MISS),
        ("/r/runs/1/plan.md", ("/r/runs", ("*", "plan.md")), HIT),
        ("/r/runs/1/2/plan.md", ("/r/runs", ("*", "plan.md")), MISS),
        ("/r/a/x/b/y/c", ("/r", ("**", "x", "**", "c")), HIT),
    ],
)
def test_a_path_known_to_the_letter(path: str, pattern: tuple[str, tuple[str, ...]], expected: int) -> None:
    assert meets(path, pattern) == expected


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("/r/tw*", ("/r/twelve.toml", ()), HIT),
        ("/r/*", ("/r/twelve.toml", ()), HIT),
        ("/r/*", ("/r/.git", ("**",)), MISS),
        ("/r/.g*", ("/r/.git", ("**",)), HIT),
        ("/r/.gi[st]/config", ("/r/.git", ("**",)), HIT),
        ("/*/.git/config", ("/r/.git", ("**",)), HIT),
        ("/r/x*", ("/r/twelve.toml", ()), MISS),
        ("/r/**/x", ("/r/a", ("**",)), HIT),
        ("/r/??????????l", ("/r/twelve.toml", ()), HIT),
        ("/r/[t]welve.tom?", ("/r/twelve.toml", ()), HIT),
    ],
)
def test_a_path_with_signs_meets_what_it_could_become(path: str, pattern: tuple[str, tuple[str, ...]], expected: int) -> None:
    assert meets(path, pattern, glob=True) == expected


def test_a_star_in_a_name_known_to_the_letter_is_a_star() -> None:
    assert meets("/r/tw*", ("/r/twelve.toml", ())) == MISS


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("/r", ("/r/twelve.toml", ()), NEAR),
        ("/", ("/r/twelve.toml", ()), NEAR),
        ("/r/.github", ("/r/.github/workflows", ("**",)), NEAR),
        ("/r/.github/workflows/sub", ("/r/.github/workflows", ("**",)), HIT),
        ("/r/src", ("/r/twelve.toml", ()), MISS),
        ("/r/src", ("/r", ("**", ".env")), MISS),
        ("/rx", ("/r/twelve.toml", ()), MISS),
    ],
)
def test_a_whole_folder_is_near_what_lies_below_it(path: str, pattern: tuple[str, tuple[str, ...]], expected: int) -> None:
    assert meets(path, pattern, below=True) == expected


NAMES = st.text("ab.", min_size=1, max_size=6)
PATTERNS = st.text("ab.*?", min_size=1, max_size=6)


@given(NAMES, PATTERNS)
def test_a_name_meets_a_pattern_exactly_when_it_fits(name: str, pattern: str) -> None:
    assert overlap(name, pattern) == fnmatchcase(name, pattern)


@given(NAMES, PATTERNS, PATTERNS)
def test_two_patterns_with_a_name_in_common_meet(name: str, first: str, second: str) -> None:
    """Sound for names a shell would give the first pattern: hidden ones need their dot written."""
    hidden = name.startswith(".") and first[0] in "*?"
    if fnmatchcase(name, first) and fnmatchcase(name, second) and not hidden and not (second.startswith(".") and first[0] in "*?"):
        assert overlap(name, second, glob=True) or name == second or not fnmatchcase(name, second)
        assert overlap(first, second, glob=True)


def test_no_pattern_takes_long() -> None:
    begun = time.perf_counter()
    overlap("*a" * 120 + "b", "*a" * 120 + "c", glob=True)
    meets("/" + "/".join(["a*"] * 1000), ("/", ("**", "a", "**", "b", "**", "c")), glob=True)
    assert time.perf_counter() - begun < 2
