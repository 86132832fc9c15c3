from __future__ import annotations

import fnmatch
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.gates import globs

PATHS = ("a.py", "src/a.py", "src/deep/er/a.py", "src/b.txt", "docs/[x].md", ".twelve/runs/r/plan.md", ".github/ci.yml", "new\nline.py")


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (("*.py",), {"a.py", "src/a.py", "src/deep/er/a.py", "new\nline.py"}),
        (("/*.py",), {"a.py", "new\nline.py"}),
        (("src/*.py",), {"src/a.py"}),
        (("src/**/*.py",), {"src/a.py", "src/deep/er/a.py"}),
        (("src/",), {"src/a.py", "src/deep/er/a.py", "src/b.txt"}),
        (("**",), set(PATHS) - {".twelve/runs/r/plan.md"}),
        (("**", "!*.py"), {"src/b.txt", "docs/[x].md", ".github/ci.yml"}),
        (("**", "!src/**", "src/b.txt"), {"a.py", "src/b.txt", "docs/[x].md", ".github/ci.yml", "new\nline.py"}),
        ((".twelve/**",), {".twelve/runs/r/plan.md"}),
        (("*.{txt,yml}",), {"src/b.txt", ".github/ci.yml"}),
        (("docs/[[]x].md",), {"docs/[x].md"}),
        (("?.py",), {"a.py", "src/a.py", "src/deep/er/a.py"}),
        (("[!a].py",), set()),
        ((), set()),
    ],
)
def test_patterns_choose_as_an_ignore_file_would(patterns: tuple[str, ...], expected: set[str]) -> None:
    assert set(globs.select(patterns, PATHS)) == expected


def test_records_are_chosen_only_when_named() -> None:
    assert not globs.matches(("*.md",), ".twelve/runs/r/plan.md")
    assert globs.reads_records(("*.py", ".twelve/runs/**"))
    assert not globs.reads_records(("**",))


@given(st.text("ab*?./", max_size=8), st.text("ab./", min_size=1, max_size=8))
def test_a_pattern_without_double_star_never_crosses_a_folder(pattern: str, path: str) -> None:
    if "**" in pattern or pattern.endswith("/") or not pattern.strip("/"):
        return
    if globs.matches((f"/{pattern.lstrip('/')}",), path):
        assert pattern.lstrip("/").count("/") == path.count("/")
        assert fnmatch.fnmatchcase(path, pattern.lstrip("/"))


@given(st.text(max_size=12), st.text(min_size=1, max_size=12))
def test_any_text_is_a_pattern(pattern: str, path: str) -> None:
    globs.matches((pattern,), path)


def test_a_hostile_pattern_stays_fast() -> None:
    began = time.monotonic()
    globs.matches(("**/" * 30 + "x",), "a/" * 500 + "y")
    assert time.monotonic() - began < 1
