"""What differs: status, changes against a base, sizes of changes, and which files there are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.system import files
from twelve.system.git.plumbing import Git, split
from twelve.system.git.subject import RECORDS, borrowed_index

LINE_COUNT_LIMIT = 10_000_000
"""Bytes of an untracked file up to which its lines are counted; a larger one is data and counts as binary."""

_DIFF = ("diff", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "--ignore-submodules=none", "-z")


class ChangeKind(StrEnum):
    """What happened to a path. A rename is one deleted and one added path."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    TYPE = "type"
    """A file became a link, a link a submodule or the like."""
    UNTRACKED = "untracked"
    CONFLICT = "conflict"


class Change(Struct, frozen=True, kw_only=True, order=True):
    path: str
    """Relative to the top; `/` at the end only for an untracked nested repository."""
    kind: ChangeKind
    staged: bool = False
    """True when the index differs from HEAD at this path; only told by `status`."""


class DiffStat(Struct, frozen=True, kw_only=True):
    """Size of a change; binary files count as files without lines."""

    files: int
    added: int
    removed: int

    @property
    def lines(self) -> int:
        return self.added + self.removed


_KINDS = {
    "A": ChangeKind.ADDED,
    "M": ChangeKind.MODIFIED,
    "D": ChangeKind.DELETED,
    "T": ChangeKind.TYPE,
    "U": ChangeKind.CONFLICT,
    "R": ChangeKind.MODIFIED,
    "C": ChangeKind.ADDED,
}


def status(git: Git) -> tuple[Change, ...]:
    """All that is not committed, by path: staged, unstaged, untracked, in conflict."""
    git.need_work_tree()
    options = ("--porcelain=v2", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=none")
    return tuple(sorted(_read_status(split(git.run("status", *options, timeout_s=300)))))


def against(git: Git, base: str) -> tuple[Change, ...]:
    """Working files, untracked ones included, against a revision; "" compares with nothing at all."""
    git.need_work_tree()
    fields = _diff(git, "--name-status", base)
    pairs = zip(fields[::2], fields[1::2], strict=True)
    kinds = {path: _KINDS.get(letter[:1], ChangeKind.MODIFIED) for letter, path in pairs}
    for path in untracked(git):
        # In the base, not in the index, but there: removed from the index only.
        kinds[path] = ChangeKind.MODIFIED if path in kinds else ChangeKind.UNTRACKED
    return tuple(sorted(Change(path=path, kind=kind) for path, kind in kinds.items()))


def stat(git: Git, base: str, exclude: Sequence[str]) -> DiffStat:
    """Size of the change of working files, untracked ones included, against a revision, without the excluded folders."""
    git.need_work_tree()
    added = removed = count = 0
    for entry in _diff(git, "--numstat", base):
        plus, minus, path = entry.split("\t", 2)
        if not _below(path, exclude):
            count += 1
            added += int(plus) if plus.isdigit() else 0
            removed += int(minus) if minus.isdigit() else 0
    for path in untracked(git):
        if not _below(path, exclude):
            count += 1
            added += _line_count(git.root / path)
    return DiffStat(files=count, added=added, removed=removed)


def tracked(git: Git, globs: Sequence[str]) -> tuple[str, ...]:
    """Paths in the index, sorted; with globs (`*` stays within a folder, `**` does not) only those that match one."""
    return tuple(sorted(set(git.lines("ls-files", "--cached", "-z", "--", *(f":(top,glob){glob}" for glob in globs)))))


def untracked(git: Git) -> list[str]:
    """Paths that are neither tracked nor ignored."""
    git.need_work_tree()
    return git.lines("ls-files", "--others", "--exclude-standard", "-z")


def present(git: Git) -> tuple[str, ...]:
    """Tracked and untracked-but-not-ignored paths that exist, sorted. Links and submodules are among them."""
    git.need_work_tree()
    paths = set(git.lines("ls-files", "--cached", "--others", "--exclude-standard", "-z"))
    top = os.fspath(git.root)
    return tuple(sorted(path for path in paths if not path.endswith("/") and os.path.lexists(os.path.join(top, path))))


def _diff(git: Git, form: str, base: str) -> list[str]:
    if base.startswith("-"):
        raise TwelveError(f"{base!r} is not a revision", next="give a commit, branch or tag")
    # git diff writes the index it refreshed back, locks and all.
    with borrowed_index(git) as env:
        return split(git.run(*_DIFF, form, base or git.empty_tree, "--", env=env, timeout_s=300))


def _read_status(fields: list[str]) -> Iterator[Change]:
    for field in fields:
        kind = field[:1]
        if kind == "1":
            _, pair, *_, path = field.split(" ", 8)
            letter = pair[1] if pair[1] != "." else pair[0]
            yield Change(path=path, kind=_KINDS.get(letter, ChangeKind.MODIFIED), staged=pair[0] != ".")
        elif kind == "u":
            yield Change(path=field.split(" ", 10)[10], kind=ChangeKind.CONFLICT)
        elif kind == "?":
            yield Change(path=field[2:], kind=ChangeKind.UNTRACKED)


def _below(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _line_count(path: Path) -> int:
    with suppress(TwelveError):
        data = files.read_bounded(path, LINE_COUNT_LIMIT)
        if b"\0" not in data[:8000]:  # git's own test for binary
            return data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))
    return 0


DEFAULT_EXCLUDE = (RECORDS,)
