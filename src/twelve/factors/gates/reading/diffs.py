"""The change under review as data: which paths, how many lines, what kind of change, and one digest for all of it.

`.twelve/` is left out, as it is from every judged subject. The digest depends on the two contents only, so it
stays the same when the change is committed.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator

from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.system import files, git

_RECORDS = (":(top)", ":(top,exclude).twelve")
_PLAIN = ("--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "-z")
_READ_LIMIT = 2_000_000
"""Bytes of a new file that are counted line by line; a larger one counts as binary (ours)."""


class Change(Struct, frozen=True, kw_only=True):
    """One changed path. Modes are git's, "000000" for absent."""

    path: str
    old_mode: str
    new_mode: str
    added: int
    removed: int
    binary: bool

    @property
    def deleted(self) -> bool:
        return self.new_mode == "000000"

    @property
    def created(self) -> bool:
        return self.old_mode == "000000"


class Diff(Struct, frozen=True, kw_only=True):
    """The change between two contents."""

    label: str
    """What is compared, for people."""
    digest: str
    changes: tuple[Change, ...]
    first: bool
    """The tree equals its base, and the newest commit, which is looked at instead, has no parent."""
    start: str
    """Commit or tree before."""
    end: str | None
    """Commit after; None is the working tree."""

    @property
    def lines(self) -> int:
        return sum(change.added + change.removed for change in self.changes)


def read(repository: git.Repository, base: str) -> Diff:
    """The working tree against `base`; when they are equal, the newest commit against its first parent.

    Raises TwelveError when there is no commit to compare with.
    """
    start = repository.resolve(base or "HEAD")
    if start is None:
        raise TwelveError(
            "there is no commit to compare with", why=f"{base or 'HEAD'} names no commit here", next="commit once, or give a base"
        )
    changes = sorted([*_tracked(repository, (start,)), *_untracked(repository)], key=lambda change: change.path)
    if changes:
        label = f"working tree against {start[:12]}"
        return _diff(label, (start, repository.subject_of(start)), (None, repository.subject()), changes, first=False)
    head = repository.resolve("HEAD") or start
    parent = repository.resolve(f"{head}^")
    if parent is None and repository.is_shallow():
        # Cut-off history looks like a first commit; taking it for one would judge nothing.
        raise TwelveError("the newest commit's parent is not here", why="this clone is shallow", next="fetch more history, or name a base")
    before = parent or repository.run("hash-object", "-t", "tree", "--stdin").decode().strip()
    changes = list(_tracked(repository, (before, head)))
    old = repository.subject_of(parent) if parent else before
    return _diff(f"commit {head[:12]}", (before, old), (head, repository.subject_of(head)), changes, first=parent is None)


def _diff(label: str, old: tuple[str, str], new: tuple[str | None, str], changes: list[Change], *, first: bool) -> Diff:
    digest = hashlib.sha256(f"twelve.diff.v1\0{old[1]}\0{new[1]}".encode()).hexdigest()
    return Diff(label=label, digest=digest, changes=tuple(changes), first=first, start=old[0], end=new[0])


def _tracked(repository: git.Repository, ends: tuple[str, ...]) -> Iterator[Change]:
    raw = _fields(repository.run("diff", "--raw", "--no-abbrev", *_PLAIN, *ends, "--", *_RECORDS))
    counts = _numstat(_fields(repository.run("diff", "--numstat", *_PLAIN, *ends, "--", *_RECORDS)))
    for meta, path in zip(raw[::2], raw[1::2], strict=True):
        old_mode, new_mode = meta.removeprefix(":").split(" ")[:2]
        added, removed, binary = counts.get(path, (0, 0, False))
        yield Change(path=path, old_mode=old_mode, new_mode=new_mode, added=added, removed=removed, binary=binary)


def _untracked(repository: git.Repository) -> Iterator[Change]:
    for path in _fields(repository.run("ls-files", "--others", "--exclude-standard", "-z", "--", *_RECORDS)):
        mode = _mode(repository, path)
        added, binary = (0, False) if mode == "120000" else _content(repository, path)
        yield Change(path=path, old_mode="000000", new_mode=mode, added=added, removed=0, binary=binary)


def _fields(output: bytes) -> list[str]:
    return [field.decode("utf-8", "surrogateescape") for field in output.split(b"\0") if field]


def _numstat(fields: list[str]) -> dict[str, tuple[int, int, bool]]:
    counts = {}
    for field in fields:
        added, removed, path = field.split("\t", 2)
        counts[path] = (0, 0, True) if added == "-" else (int(added), int(removed), False)
    return counts


def _mode(repository: git.Repository, path: str) -> str:
    try:
        mode = (repository.root / path).lstat().st_mode
    except OSError:
        return "100644"
    if stat.S_ISLNK(mode):
        return "120000"
    if stat.S_ISDIR(mode):
        return "160000"
    return "100755" if mode & stat.S_IXUSR else "100644"


def _content(repository: git.Repository, path: str) -> tuple[int, bool]:
    try:
        data = files.read_bounded(repository.root / path, _READ_LIMIT)
    except TwelveError:
        return 0, True
    return data.count(b"\n") + (not data.endswith(b"\n") and bool(data)), b"\0" in data[:8_000]
