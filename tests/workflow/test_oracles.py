"""A pinned oracle notices every way of not being itself any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from twelve.model.errors import TwelveError
from twelve.workflow import oracles


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "tests").mkdir(parents=True)
    (root / "tests" / "test_x.py").write_text("assert True\n")
    return root


def seen(tree: Path, store: Path, path: str = "tests/test_x.py") -> str:
    return oracles.violation(oracles.pins(store, "p")[path].pinned, oracles.look(tree, path))


@pytest.fixture
def store(tmp_path: Path, tree: Path) -> Path:
    folder = oracles.store(tmp_path / "state", "r")
    oracles.pin(folder, tree, "tests/test_x.py", plan="p")
    return folder


def test_an_untouched_oracle_is_intact(tree: Path, store: Path) -> None:
    assert seen(tree, store) == ""


def test_a_changed_oracle_is_seen_and_putting_it_back_heals(tree: Path, store: Path) -> None:
    file = tree / "tests" / "test_x.py"
    file.write_text("pass\n")
    assert seen(tree, store) == "changed"
    file.write_text("assert True\n")
    assert seen(tree, store) == ""


def test_a_deleted_or_renamed_oracle_is_missing(tree: Path, store: Path) -> None:
    (tree / "tests" / "test_x.py").rename(tree / "tests" / "test_y.py")
    assert seen(tree, store) == "missing"


def test_a_link_to_the_same_text_is_not_the_oracle(tree: Path, store: Path) -> None:
    file = tree / "tests" / "test_x.py"
    file.rename(tree / "copy.py")
    file.symlink_to(tree / "copy.py")
    assert seen(tree, store) == "symlink"


def test_a_linked_folder_on_the_way_is_seen(tree: Path, store: Path) -> None:
    (tree / "tests").rename(tree / "other")
    (tree / "tests").symlink_to(tree / "other")
    assert seen(tree, store) == "symlink"


def test_a_mode_change_is_seen(tree: Path, store: Path) -> None:
    (tree / "tests" / "test_x.py").chmod(0o755)
    assert seen(tree, store) == "mode changed"


def test_a_folder_in_its_place_is_seen(tree: Path, store: Path) -> None:
    (tree / "tests" / "test_x.py").unlink()
    (tree / "tests" / "test_x.py").mkdir()
    assert seen(tree, store) == "not a file"


def test_pinning_again_under_the_same_plan_keeps_the_first_pin(tree: Path, store: Path) -> None:
    first = oracles.pins(store, "p")["tests/test_x.py"]
    (tree / "tests" / "test_x.py").write_text("pass\n")
    assert oracles.pin(store, tree, "tests/test_x.py", plan="p") == first
    assert oracles.pin(store, tree, "tests/test_x.py", plan="q") != first


def test_what_is_not_there_cannot_be_pinned(tree: Path, store: Path) -> None:
    with pytest.raises(TwelveError, match="cannot be pinned"):
        oracles.pin(store, tree, "tests/none.py", plan="p")


def test_a_damaged_pin_is_an_error_not_an_absence(store: Path) -> None:
    next(store.glob("*.json")).write_text("{}")
    with pytest.raises(TwelveError, match="damaged"):
        oracles.pins(store, "p")


@pytest.mark.parametrize("path", ["../outside.py", "/etc/passwd", "a\0b", "tests/../../x"])
def test_paths_that_leave_the_tree_are_never_looked_at(tree: Path, path: str) -> None:
    assert not oracles.look(tree, path).regular
