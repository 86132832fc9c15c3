"""Several work trees of one repository: added, listed, removed."""

from __future__ import annotations

import os
from pathlib import Path

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

    An entry of the same path whose folder is gone, left by a crash, is replaced; other work trees are not touched.
    """
    if branch.startswith("-") or start.startswith("-"):
        raise GitError(f"{branch!r} at {start!r} is not a branch", next="choose names that do not start with a dash")
    path = path.resolve()
    if any(tree.path == path and not path.exists() for tree in listing(git)):
        git.run("worktree", "remove", "--force", "--force", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    exists = git.ask("show-ref", "--verify", "--quiet", f"refs/heads/{branch}").code == 0
    where = ["--", str(path), branch] if exists else ["--no-track", "-b", branch, "--", str(path), start]
    git.run("worktree", "add", "--quiet", *where, timeout_s=600)


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
