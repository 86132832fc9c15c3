from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kit import repos
from twelve.model.errors import TwelveError
from twelve.system import git
from twelve.workflow.drive import worktree

RUN = "20261120T000000Z-x-1111"


@pytest.fixture(params=["sha1", "sha256"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> git.Repository:
    files = {"a.txt": "one\n", "dir/b.txt": "two\n", ".gitignore": "cache/\n"}
    return repos.new_repository(tmp_path, files, object_format=str(request.param))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "trees" / RUN


def opened(repository: git.Repository, place: Path) -> tuple[git.Repository, str]:
    base = repository.head() or ""
    tree, broken = worktree.open_tree(repository, place, RUN, base)
    assert not broken
    return tree, base


def test_the_tree_is_on_its_branch_and_the_persons_is_untouched(repository: git.Repository, place: Path) -> None:
    tree, base = opened(repository, place)
    assert (tree.branch(), tree.head()) == (f"twelve/{RUN}", base)
    assert repository.branch() == "main"
    assert not repository.dirty()


def test_opening_again_changes_nothing(repository: git.Repository, place: Path) -> None:
    tree, _ = opened(repository, place)
    (tree.root / "new.txt").write_text("work", encoding="utf-8")
    opened(repository, place)
    assert (tree.root / "new.txt").exists()


@pytest.mark.parametrize("damage", ["all", "git file", "git file to nowhere"])
def test_a_destroyed_tree_is_mended_and_reported(repository: git.Repository, place: Path, damage: str) -> None:
    _, base = opened(repository, place)
    if damage == "all":
        shutil.rmtree(place)
    elif damage == "git file":
        (place / ".git").unlink()
    else:
        (place / ".git").write_text("gitdir: /nonexistent\n", encoding="utf-8")
    tree, broken = worktree.open_tree(repository, place, RUN, base)
    assert broken
    assert tree.head() == base
    assert (tree.root / "a.txt").read_text(encoding="utf-8") == "one\n"


def test_content_is_saved_and_restored_exactly_and_ignored_files_survive(repository: git.Repository, place: Path) -> None:
    tree, base = opened(repository, place)
    (tree.root / "a.txt").write_text("changed\n", encoding="utf-8")
    (tree.root / "dir/b.txt").unlink()
    (tree.root / "bin.sh").write_text("#!/bin/sh\n", encoding="utf-8")
    (tree.root / "bin.sh").chmod(0o755)
    (tree.root / "link").symlink_to("a.txt")
    (tree.root / "cache").mkdir()
    (tree.root / "cache/keep").write_text("expensive", encoding="utf-8")
    content = worktree.save(tree, base, "1-1")
    saved = tree.subject()
    (tree.root / "bin.sh").write_text("half", encoding="utf-8")
    (tree.root / "junk.txt").write_text("half", encoding="utf-8")
    tree.run("add", "--all")
    worktree.restore(tree, RUN, base, content)
    assert tree.subject() == saved
    assert not (tree.root / "junk.txt").exists()
    assert (tree.root / "bin.sh").stat().st_mode & 0o100
    assert (tree.root / "cache/keep").exists()
    assert set(worktree.changed(tree, base, content)) == {"a.txt", "dir/b.txt", "bin.sh", "link"}


def test_nothing_changed_is_no_new_content(repository: git.Repository, place: Path) -> None:
    tree, base = opened(repository, place)
    assert worktree.save(tree, base, "1-1") == base


def test_commits_switches_and_left_over_locks_are_undone(repository: git.Repository, place: Path) -> None:
    tree, base = opened(repository, place)
    (tree.root / "a.txt").write_text("agent\n", encoding="utf-8")
    tree.run("checkout", "--quiet", "-b", "elsewhere")
    tree.commit("feat: by an agent")
    (tree.git_dir / "index.lock").touch()
    worktree.restore(tree, RUN, base, base)
    assert (tree.branch(), tree.head(), tree.dirty()) == (f"twelve/{RUN}", base, False)


def test_a_closed_tree_frees_its_branch(repository: git.Repository, place: Path) -> None:
    opened(repository, place)
    worktree.close_tree(repository, place)
    worktree.close_tree(repository, place)
    repository.run("checkout", "--quiet", f"twelve/{RUN}")
    assert not place.exists()


def test_an_unborn_branch_cannot_start_a_run(tmp_path: Path) -> None:
    with pytest.raises(TwelveError, match="no commit yet"):
        worktree.begin(repos.new_repository(tmp_path), RUN)
