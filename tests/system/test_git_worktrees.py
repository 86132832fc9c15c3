from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from kit import repos
from twelve.model.errors import TwelveError
from twelve.system import git, process_group
from twelve.system.git import plumbing, worktrees


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, {"a.txt": "a\n"})


def test_a_new_work_tree_has_its_branch_at_the_start(repository: git.Repository, tmp_path: Path) -> None:
    start = repository.head() or ""
    repository.commit("later", allow_empty=True)
    linked = repository.add_worktree(tmp_path / "deep" / "linked", "twelve/run", start)
    assert (linked.branch(), linked.head()) == ("twelve/run", start)
    assert [(tree.path, tree.branch, tree.missing) for tree in repository.worktrees()] == [
        (repository.root, "main", False),
        (linked.root, "twelve/run", False),
    ]


def test_an_existing_branch_is_continued(repository: git.Repository, tmp_path: Path) -> None:
    linked = repository.add_worktree(tmp_path / "one", "twelve/run")
    head = linked.commit("work", allow_empty=True)
    repository.remove_worktree(linked.root)
    assert repository.add_worktree(tmp_path / "two", "twelve/run").head() == head


def test_a_branch_in_use_elsewhere_or_a_folder_in_use_is_refused(repository: git.Repository, tmp_path: Path) -> None:
    repository.add_worktree(tmp_path / "one", "taken")
    for path, branch in ((tmp_path / "two", "taken"), (tmp_path / "two", "main"), (tmp_path / "one", "free"), (tmp_path / "two", "-x")):
        with pytest.raises(TwelveError):
            repository.add_worktree(path, branch)
    assert len(repository.worktrees()) == 2


def test_a_work_tree_whose_folder_vanished_is_made_again_in_place(repository: git.Repository, tmp_path: Path) -> None:
    linked = repository.add_worktree(tmp_path / "linked", "twelve/run")
    head = linked.commit("work", allow_empty=True)
    shutil.rmtree(linked.root)
    assert repository.worktrees()[1].missing
    assert repository.add_worktree(linked.root, "twelve/run").head() == head


def test_a_work_tree_on_a_drive_that_is_away_keeps_its_entry(repository: git.Repository, tmp_path: Path) -> None:
    away = repository.add_worktree(tmp_path / "away", "theirs")
    away.root.rename(tmp_path / "unmounted")
    repository.remove_worktree(repository.add_worktree(tmp_path / "ours", "ours").root)
    (tmp_path / "unmounted").rename(away.root)
    assert away.branch() == "theirs"


@pytest.mark.parametrize("damage", ["untracked", "deleted", "link deleted", "link broken", "locked", "nested"])
def test_a_work_tree_is_removed_however_damaged(repository: git.Repository, tmp_path: Path, damage: str) -> None:
    linked = repository.add_worktree(tmp_path / "linked", "other")
    if damage == "untracked":
        repos.write(linked, {"x": "x", "a.txt": "changed"})
    elif damage == "deleted":
        shutil.rmtree(linked.root)
    elif damage == "link deleted":
        (linked.root / ".git").unlink()
    elif damage == "link broken":
        (linked.root / ".git").write_text("gitdir: /nowhere\n")
    elif damage == "locked":
        repository.run("worktree", "lock", str(linked.root))
    else:
        git.init(linked.root / "inner")
    repository.remove_worktree(linked.root)
    assert not linked.root.exists()
    assert [tree.path for tree in repository.worktrees()] == [repository.root]
    assert repository.resolve("other") == repository.head(), "the branch stays"


def half_made(repository: git.Repository, path: Path) -> None:
    """What `git worktree add` leaves when it is killed while it writes its entry."""
    entry = repository.common_dir / "worktrees" / path.name
    entry.mkdir(parents=True)
    (entry / "locked").write_text("initializing")
    (entry / "gitdir").write_text(f"{path}/.git\n")
    (entry / "commondir").touch()
    path.mkdir()
    (path / ".git").write_text(f"gitdir: {entry}\n")


def test_a_work_tree_half_made_by_a_killed_process_is_cleared_away(
    repository: git.Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = repository.add_worktree(tmp_path / "other", "other")
    path = tmp_path / "linked"

    def killed(self: git.Repository, *args: str, **options: object) -> plumbing.Answer:
        if args[:2] == ("worktree", "add"):
            half_made(repository, path)
            raise KeyboardInterrupt
        return ask(self, *args, **options)  # type: ignore[arg-type]

    ask = git.Repository.ask
    monkeypatch.setattr(git.Repository, "ask", killed)
    with pytest.raises(KeyboardInterrupt):
        repository.add_worktree(path, "twelve/run")
    monkeypatch.undo()
    assert b"linked" not in repository.run("worktree", "list", check=False), "an unfinished entry must break git, or this test is idle"
    assert [tree.path for tree in repository.worktrees()] == [repository.root, other.root]
    assert repository.add_worktree(path, "twelve/run").subject() == repository.subject()


def test_an_unfinished_work_tree_that_is_not_ours_is_left_alone(repository: git.Repository, tmp_path: Path) -> None:
    half_made(repository, tmp_path / "theirs")
    with pytest.raises(TwelveError):
        repository.add_worktree(tmp_path / "ours", "ours")
    assert (tmp_path / "theirs" / ".git").exists()


ADDER = """
import sys
from pathlib import Path
from twelve.system import git
git.discover(Path(sys.argv[1])).add_worktree(Path(sys.argv[2]), "twelve/run")
"""


def test_kill_9_at_any_moment_of_adding_a_work_tree_can_be_repeated(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {f"f{number}": "x" for number in range(200)})
    path, source = tmp_path / "linked", str(Path(git.__file__).parents[3])
    for number in range(8):
        adder = subprocess.Popen([sys.executable, "-c", ADDER, str(repository.root), str(path)], env={**os.environ, "PYTHONPATH": source})
        deadline = time.monotonic() + 10
        while not (repository.state_dir / "worktree.adding").exists() and adder.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(0.002 * number)
        if number % 2:
            for pid in list(process_group.descendants(adder.pid)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        adder.kill()
        adder.wait()
        repository.remove_worktree(path)
        linked = repository.add_worktree(path, "twelve/run")
        assert linked.subject() == repository.subject()
        repository.remove_worktree(path)
        repository.delete_branch("twelve/run")
    assert [tree.path for tree in repository.worktrees()] == [repository.root]


def test_the_main_work_tree_and_foreign_folders_are_never_removed(repository: git.Repository, tmp_path: Path) -> None:
    (tmp_path / "foreign").mkdir()
    (tmp_path / "to-main").symlink_to(repository.root)
    linked = repository.add_worktree(tmp_path / "linked", "other")
    for path in (repository.root, tmp_path / "to-main", tmp_path / "foreign", repository.root / ".git"):
        with pytest.raises(TwelveError):
            linked.remove_worktree(path)
    assert (repository.root / "a.txt").exists()
    assert (tmp_path / "foreign").exists()
    repository.remove_worktree(tmp_path / "never was")


def test_work_trees_are_listed_by_a_git_that_cannot_separate_with_nul(
    repository: git.Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked = repository.add_worktree(tmp_path / "linked", "other")
    modern = repository.worktrees()
    ask = git.Repository.ask

    def older(self: git.Repository, *args: str) -> plumbing.Answer:
        return plumbing.Answer(code=129, out=b"", err="error: unknown switch `z'") if "-z" in args else ask(self, *args)

    monkeypatch.setattr(git.Repository, "ask", older)
    monkeypatch.setattr(git.Repository, "run", lambda self, *args: ask(self, *args).out)
    assert worktrees.listing(linked) == modern
