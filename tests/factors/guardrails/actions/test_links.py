"""Names asked of the kernel directly mean what the standard library says they mean."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twelve.factors.guardrails.actions import links

NAMES = ("a", "b", "c", "d")
piece = st.sampled_from((*NAMES, "..", ".", ""))
route = st.lists(piece, min_size=1, max_size=5).map("/".join)
layout = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(("", *NAMES)), st.booleans(), route), max_size=6)


def loops(root: Path) -> bool:
    """A link leads back to itself; what lies behind it is nowhere, and the standard library's answers are odd there."""
    for place in root.rglob("*"):
        try:
            place.stat()
        except OSError as trouble:
            if trouble.errno == errno.ELOOP:
                return True
    return False


@settings(max_examples=60)
@given(layout, route)
def test_links_lead_where_the_standard_library_says(made: list[tuple[str, str, bool, str]], wanted: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for first, second, absolute, target in made:
            place = root / first / second if second else root / first
            if place.parent.is_dir() and not os.path.lexists(place):
                place.symlink_to(f"{root}/{target}" if absolute else target or ".")
            elif second and not os.path.lexists(root / first):
                (root / first).mkdir()
        for path in (f"{root}/{wanted}", wanted or "."):
            assert links.real(path).startswith("/")
            assert loops(root) or links.real(path) == os.path.realpath(path)
            assert links.is_there(path) == os.path.lexists(path)
            assert links.is_folder(path) == os.path.isdir(path)


def test_a_link_that_leads_to_itself_ends_in_an_answer(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert links.real(f"{tmp_path}/a/x") == os.path.realpath(f"{tmp_path}/a/x")


def test_a_name_no_file_can_have_is_nowhere() -> None:
    assert not links.is_there("a\0b")
    assert not links.is_folder("a\0b")
    with pytest.raises(ValueError, match="null"):
        links.real("/a\0b")


@given(route)
def test_a_normal_path_has_no_steps_in_it(path: str) -> None:
    assert links.normal("/" + path) == os.path.normpath("/" + path).replace("//", "/")
