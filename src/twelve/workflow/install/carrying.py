"""Reading the files a plan is about, and carrying a plan out: the only writer of an installation."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from twelve.model.errors import Trouble, TwelveError
from twelve.system import files, git, provenance
from twelve.workflow.install.values import Change, Folder, Place, Plan, base

GIT_CONFIG = "config"
LIMIT = 16_000_000
"""Bytes of one file: the generated hook carries all the code of the guard."""


def apply(repository: git.Repository, plan: Plan) -> None:
    """Carry a plan out, in order. Every file is looked at again first: TwelveError when it changed since the plan was made."""
    for leftover in plan.leftovers:
        files.confined(base(repository, leftover.place), leftover.path).unlink(missing_ok=True)
    for position, change in enumerate(plan.changes):
        if plan.generate is not None and position in plan.generate_before:
            plan.generate()
        _carry(repository, change)
    if plan.generate is not None and not plan.generate_before:
        plan.generate()
    _remove_folders(repository, plan)
    for change in plan.final:
        _carry(repository, change)
    _remove_folders(repository, plan)


def work_tree(repository: git.Repository) -> Path:
    """The top of the work tree. TwelveError in a bare repository."""
    if repository.bare:
        raise TwelveError("this repository has no work tree", why="it is bare", next="run the command in a checkout")
    return repository.root


def content(repository: git.Repository, place: Place, relative: str) -> bytes | None:
    """Bytes of a plain file, None when there is none. TwelveError for links, folders and paths that lead out."""
    path = files.confined(base(repository, place), relative)
    if path.is_symlink():
        raise TwelveError(
            f"{relative} is a symbolic link", why="twelve writes only plain files", next="replace the link by a file, then try again"
        )
    return files.read_bounded(path, LIMIT) if path.exists() else None


def mode(repository: git.Repository, place: Place, relative: str) -> int | None:
    """Permission bits of a file, None when there is none."""
    try:
        return stat.S_IMODE((base(repository, place) / relative).lstat().st_mode)
    except OSError:
        return None


def leftovers(repository: git.Repository, *paths: Folder) -> tuple[Folder, ...]:
    """Temporary files which killed writers of these files left."""
    return tuple(
        Folder(place=path.place, path=str(found.relative_to(base(repository, path.place))))
        for path in paths
        for found in files.leftovers(files.confined(base(repository, path.place), path.path))
    )


def missing_folders(repository: git.Repository, place: Place, relative: str) -> tuple[Folder, ...]:
    """The folders above a file that writing it is going to make, innermost first."""
    top = base(repository, place)
    parents = list(Path(relative).parents)[:-1]
    tree = str(repository.root) if place is Place.TREE else ""
    return tuple(Folder(place=place, path=str(parent), tree=tree) for parent in parents if not (top / parent).exists())


def _carry(repository: git.Repository, change: Change) -> None:
    path = files.confined(base(repository, change.place), change.path)
    if content(repository, change.place, change.path) != change.before:
        raise TwelveError(f"{change.path} changed while twelve was working", why="someone else wrote it", next="run the command again")
    if change.place is Place.GIT and change.path == GIT_CONFIG:
        _replace_config(path, change)
    else:
        _write(path, change)
    if (repository.state_dir / provenance.FILE).is_file():
        provenance.wrote(repository.state_dir, path)


def _remove_folders(repository: git.Repository, plan: Plan) -> None:
    for folder in plan.folders:
        _remove_empty(base(repository, folder.place) / folder.path)


def _write(path: Path, change: Change) -> None:
    if change.after is None:
        path.unlink(missing_ok=True)
    elif change.before is not None:
        files.write_atomic(path, change.after, mode=change.mode)
    elif not files.create_exclusive(path, change.after, mode=change.mode):
        raise TwelveError(f"{change.path} appeared while twelve was working", why="someone else created it", next="run the command again")


def _replace_config(path: Path, change: Change) -> None:
    """The way git itself writes its configuration: the lock file becomes the file, so nobody else writes meanwhile."""
    lock = path.with_name(f"{path.name}.lock")
    if not files.create_exclusive(lock, change.after or b"", mode=stat.S_IMODE(path.stat().st_mode)):
        raise TwelveError(
            "the git configuration is locked",
            why=f"{lock} exists, so another process is writing it",
            next="run the command again when that is done",
            kind=Trouble.TOOL,
        )
    os.replace(lock, path)


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()
