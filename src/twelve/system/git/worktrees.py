"""Several work trees of one repository: added, listed, removed."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.system import files
from twelve.system.git.plumbing import Git, GitError, failure, split


class Worktree(Struct, frozen=True, kw_only=True):
    path: Path
    head: str = ""
    branch: str = ""
    """Short name; "" when detached or bare."""
    bare: bool = False
    locked: bool = False
    missing: bool = False
    """Its folder is gone."""


def listing(git: Git) -> tuple[Worktree, ...]:
    """All work trees, the main one first."""
    if _intent_file(git).exists():
        with _lock(git):
            repair(git)
    found: list[Worktree] = []
    entry: dict[str, str] = {}
    for field in _fields(git):
        if field:
            key, _, value = field.partition(" ")
            entry[key] = value
        elif entry:
            found.append(_worktree(entry))
            entry = {}
    return tuple(found)


def _fields(git: Git) -> list[str]:
    answer = git.ask("worktree", "list", "--porcelain", "-z")
    if answer.code == 0:
        return split(answer.out)
    if answer.code == 129:  # before git 2.36 there is no -z
        return os.fsdecode(git.run("worktree", "list", "--porcelain")).split("\n")
    raise failure(["worktree"], answer)


def add(git: Git, path: Path, branch: str, start: str) -> None:
    """A new work tree at `path` on `branch`, created at `start` unless it exists. Raises GitError.

    An entry of the same path whose folder is gone is replaced, and what a killed `add` left is cleared away; other
    work trees are not touched.
    """
    if branch.startswith("-") or start.startswith("-"):
        raise GitError(f"{branch!r} at {start!r} is not a branch", next="choose names that do not start with a dash")
    path = path.resolve()
    with _lock(git) as lock:
        repair(git)
        if any(tree.path == path and not path.exists() for tree in listing(git)):
            git.run("worktree", "remove", "--force", "--force", str(path))
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise GitError(f"{path} already exists", why="a work tree needs a new folder", next="choose another folder")
        exists = git.ask("show-ref", "--verify", "--quiet", f"refs/heads/{branch}").code == 0
        where = ["--", str(path), branch] if exists else ["--no-track", "-b", branch, "--", str(path), start]
        path.parent.mkdir(parents=True, exist_ok=True)
        intent = _Intent(path=os.fsencode(path), branch=os.fsencode(branch), before=tuple(sorted(_entries(git))))
        files.write_atomic(_intent_file(git), msgspec.json.encode(intent))
        # git keeps the lock open too: should we be killed, nobody repairs while it is still writing.
        try:
            answer = git.ask("worktree", "add", "--quiet", *where, timeout_s=600, inherited=[lock.fileno()])
            if answer.code != 0:
                raise failure(["worktree"], answer)
        except GitError:
            repair(git)
            raise
        _intent_file(git).unlink(missing_ok=True)


def repair(git: Git) -> None:
    """Clear away what a killed `add` left; the caller holds the lock.

    git writes the entry of a work tree file by file, and an unfinished one makes every `git worktree` command fail.
    """
    try:
        intent = msgspec.json.decode(files.read_bounded(_intent_file(git)), type=_Intent)
    except (TwelveError, msgspec.DecodeError):
        return
    path, branch = Path(os.fsdecode(intent.path)), os.fsdecode(intent.branch)
    (git.common_dir / "refs" / "heads" / f"{branch}.lock").unlink(missing_ok=True)
    unfinished = [name for name in _entries(git) - set(intent.before) if _unfinished(git.common_dir / "worktrees" / name, path)]
    for name in unfinished:
        files.remove_tree(git.common_dir / "worktrees" / name)
    if unfinished:
        files.remove_tree(path)
    _intent_file(git).unlink(missing_ok=True)


def remove(git: Git, path: Path) -> None:
    """Remove a linked work tree with everything in it, also one an agent damaged or deleted. Nothing there is fine.

    Raises TwelveError for the main work tree and for folders that are no work tree of this repository.
    """
    path = path.resolve()
    trees = listing(git)
    if trees and trees[0].path == path:
        raise TwelveError(f"{path} is the main work tree", why="removing it would remove the repository", next="name a linked work tree")
    if all(tree.path != path for tree in trees):
        if not path.exists():
            return
        raise TwelveError(f"{path} is no work tree of this repository", next="check the path")
    if git.ask("worktree", "remove", "--force", "--force", str(path), timeout_s=300).code != 0:
        # Its link to the repository is broken, or files in it resist: take the folder away first, then the entry.
        files.remove_tree(path)
        git.run("worktree", "remove", "--force", "--force", str(path))


class _Intent(Struct, frozen=True, kw_only=True):
    """Written before git starts to add a work tree, removed afterwards; found by the next one if we were killed between."""

    path: bytes
    branch: bytes
    before: tuple[str, ...]
    """Entries that were there before and are none of ours to clear away."""


def _lock(git: Git) -> files.FileLock:
    return files.FileLock(git.common_dir / "twelve" / "state" / "worktrees.lock", timeout_s=60)


def _intent_file(git: Git) -> Path:
    return git.common_dir / "twelve" / "state" / "worktree.adding"


def _entries(git: Git) -> set[str]:
    folder = git.common_dir / "worktrees"
    return {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()


def _unfinished(entry: Path, path: Path) -> bool:
    """Whether this is the entry git was making for `path`: git locks it while it does, and names it after the folder."""
    if entry.name.rstrip("0123456789") != path.name.rstrip("0123456789"):
        return False
    return (entry / "locked").exists() or not (entry / "gitdir").exists()


def _worktree(entry: dict[str, str]) -> Worktree:
    path = Path(entry["worktree"])
    return Worktree(
        path=path,
        head=entry.get("HEAD", ""),
        branch=entry.get("branch", "").removeprefix("refs/heads/"),
        bare="bare" in entry,
        locked="locked" in entry,
        missing=not path.exists(),
    )
