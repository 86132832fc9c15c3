from __future__ import annotations

import os
from pathlib import Path

import pytest

from twelve.factors.gates import tree
from twelve.factors.gates.tree import Tree

ALL = ("**",)


def _digest(root: Path, *paths: str) -> str:
    return Tree(root, paths).digest(ALL)


def test_links_are_digested_by_target_and_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "outside"
    secret.write_text("one")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(secret)
    before = _digest(root, "link")
    secret.write_text("two")
    assert _digest(root, "link") == before
    assert Tree(root, ["link"]).files(ALL) == ()
    (root / "link").unlink()
    (root / "link").symlink_to("elsewhere")
    assert _digest(root, "link") != before


def test_content_mode_name_and_absence_each_change_the_digest(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    seen = [_digest(tmp_path, "a")]
    (tmp_path / "a").write_text("y")
    seen.append(_digest(tmp_path, "a"))
    (tmp_path / "a").chmod(0o755)
    seen.append(_digest(tmp_path, "a"))
    (tmp_path / "a").rename(tmp_path / "b")
    seen.extend((_digest(tmp_path, "b"), _digest(tmp_path, "a"), _digest(tmp_path)))
    assert len(set(seen)) == 6


def test_two_files_that_swap_contents_are_other_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("2")
    before = _digest(tmp_path, "a", "b")
    (tmp_path / "a").write_text("2")
    (tmp_path / "b").write_text("1")
    assert _digest(tmp_path, "a", "b") != before


def test_a_pipe_neither_blocks_nor_counts_as_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert Tree(tmp_path, ["pipe"]).files(ALL) == ()
    assert _digest(tmp_path, "pipe")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_not_the_same_as_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    empty = _digest(tmp_path, "a")
    (tmp_path / "a").chmod(0)
    assert _digest(tmp_path, "a") != empty


def test_what_appeared_vanished_or_changed_is_told_with_its_time(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("x")
    (tmp_path / "new").write_text("x")
    changed = tree.touched(tmp_path, ["kept", "gone"], ["kept", "new", ".twelve/x"], since_ns=2**62)
    assert set(changed) == {"gone", "new"}
    assert changed["gone"] == 0 < changed["new"]
    assert "kept" in tree.touched(tmp_path, ["kept"], ["kept"], since_ns=0)
