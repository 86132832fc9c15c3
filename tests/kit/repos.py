"""Real git repositories in temporary folders: own identity, fixed dates, nothing of the machine's settings."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twelve.system import git

NAME = "Pat Example"
EMAIL = "pat@example.invalid"
DATE = "2026-01-02T03:04:05Z"

FIXED_DATES = {"GIT_AUTHOR_DATE": DATE, "GIT_COMMITTER_DATE": DATE}
"""Environment for `Repository.run` when a commit id must be the same on every run."""


def new_repository(
    tmp_path: Path,
    files: Mapping[str, str | bytes] | None = None,
    *,
    name: str = "repo",
    branch: str = "main",
    object_format: str = "sha1",
    identity: bool = True,
) -> git.Repository:
    """A repository at `tmp_path/name` with the files in one commit of a fixed id; without files its branch is unborn."""
    root = tmp_path / name
    surroundings = tuple(sorted(item for item in os.environ.items() if item[0].startswith("GIT_") or item[0] == "PATH"))
    kind = (tuple((files or {}).items()), files is None, branch, object_format, identity, surroundings)
    if root.exists() or root.resolve() != root:
        return _made(root, files, branch, object_format, identity)
    if kind not in _KEPT:
        repository = _made(root, files, branch, object_format, identity)
        _KEPT[kind] = _kept(root)
        return repository
    return _again(root, _KEPT[kind], object_format)


_Kept = tuple[tuple[str, int, bytes], ...]
_KEPT: dict[tuple[Any, ...], _Kept] = {}
"""Repositories made before in this process: names, modes and contents. Making one takes seven processes, writing it out again one."""


def _kept(root: Path) -> _Kept:
    found = [(str(path.relative_to(root)), path.lstat().st_mode, path) for path in sorted(root.rglob("*"))]
    return tuple((name, mode, b"" if stat.S_ISDIR(mode) else path.read_bytes()) for name, mode, path in found)


def _again(root: Path, kept: _Kept, object_format: str) -> git.Repository:
    root.mkdir(parents=True)
    for name, mode, content in kept:
        path = root / name
        if stat.S_ISDIR(mode):
            path.mkdir()
        else:
            path.write_bytes(content)
            path.chmod(stat.S_IMODE(mode))
    folder = root / ".git"
    repository = git.Repository(root=root, git_dir=folder, common_dir=folder, bare=False, object_format=object_format)
    if (folder / "index").exists():
        # The index names the files by number and time, and these are new ones.
        repository.run("update-index", "-q", "--refresh")
    return repository


def _made(root: Path, files: Mapping[str, str | bytes] | None, branch: str, object_format: str, identity: bool) -> git.Repository:
    repository = git.init(root, branch=branch, object_format=object_format)
    if identity:
        repository.run("config", "user.name", NAME)
        repository.run("config", "user.email", EMAIL)
    if files is not None:
        write(repository, files)
        commit_fixed(repository, "chore: start")
    return repository


def write(repository: git.Repository, files: Mapping[str, str | bytes]) -> None:
    """Write files into the work tree; a name starting with `bin/` becomes executable."""
    for relative, content in files.items():
        path = repository.root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        if relative.startswith("bin/"):
            path.chmod(path.stat().st_mode | stat.S_IXUSR)


def commit_fixed(repository: git.Repository, message: str) -> str:
    """Commit everything with the fixed date and identity, past any hook: a starting point, not something under test."""
    who = {"GIT_AUTHOR_NAME": NAME, "GIT_AUTHOR_EMAIL": EMAIL, "GIT_COMMITTER_NAME": NAME, "GIT_COMMITTER_EMAIL": EMAIL}
    repository.run("add", "--all")
    repository.run("commit", "--quiet", "--allow-empty", f"--message={message}", env={**FIXED_DATES, **who})
    head = repository.head()
    assert head is not None
    return head


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder with mode and content, for "nothing changed" assertions. Links count with their target text."""
    found: dict[str, tuple[int, bytes]] = {}
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            found[str(path.relative_to(folder))] = (mode, os.fsencode(os.readlink(path)))
        elif stat.S_ISREG(mode):
            found[str(path.relative_to(folder))] = (mode, path.read_bytes())
    return found
