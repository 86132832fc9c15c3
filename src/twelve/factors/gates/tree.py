"""The files of one judged tree and the digest of what a gate reads from it."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from twelve.factors.gates import globs

_CHUNK = 1 << 20


class Tree:
    """A listing taken once; files are looked at and digested at most once each, and only when asked for.

    Whether it still holds is for the judging to say, which compares the whole subject before and after.
    """

    def __init__(self, root: Path, paths: Iterable[str]) -> None:
        self.root = root
        self.paths = tuple(paths)
        self._known = frozenset(self.paths)
        self._seen: dict[str, str] = {}
        self._chosen: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._regular: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._top = f"{os.fspath(root)}{os.sep}"

    def files(self, patterns: tuple[str, ...]) -> tuple[str, ...]:
        """Regular files that the patterns choose; links and what is gone are left out."""
        if patterns not in self._regular:
            self._regular[patterns] = tuple(path for path in self._select(patterns) if self._mode(path) in ("100644", "100755"))
        return self._regular[patterns]

    def digest(self, patterns: tuple[str, ...]) -> str:
        """sha256 over path, kind and content of everything the patterns choose, links by their target."""
        total = hashlib.sha256()
        for path in self._select(patterns):
            total.update(f"{path}\0{self.content(path)}\0".encode("utf-8", "surrogateescape"))
        return total.hexdigest()

    def _select(self, patterns: tuple[str, ...]) -> tuple[str, ...]:
        if patterns not in self._chosen:
            self._chosen[patterns] = globs.select(patterns, self.paths)
        return self._chosen[patterns]

    def _mode(self, path: str) -> str:
        try:
            mode = os.lstat(self._top + path).st_mode
        except (OSError, ValueError):
            return ""
        if stat.S_ISLNK(mode):
            return "120000"
        if not stat.S_ISREG(mode):
            return "other"
        return "100755" if mode & 0o111 else "100644"

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def content(self, path: str) -> str:
        """Kind and sha256 of one file's content."""
        if path not in self._seen:
            mode = self._mode(path)
            self._seen[path] = f"{mode}:{_sum(self._top + path, mode)}"
        return self._seen[path]


def touched(root: Path, before: Iterable[str], after: Iterable[str], since_ns: int) -> dict[str, int]:
    """Path -> when it changed (ns since the epoch; 0 when it vanished), for what appeared, vanished or changed since.

    Records of `.twelve/` are left out: they are not part of the judged subject.
    """
    old, new = set(before), set(after)
    changed = dict.fromkeys((path for path in old - new), 0)
    for path in new:
        try:
            when = os.lstat(root / path).st_ctime_ns
        except (OSError, ValueError):
            when = 0
        if when == 0 or path not in old or when >= since_ns:
            changed[path] = when
    return {path: when for path, when in sorted(changed.items()) if not path.startswith(f"{globs.RECORDS}/")}


def _sum(path: str, mode: str) -> str:
    try:
        if mode == "120000":
            return hashlib.sha256(os.fsencode(os.readlink(path))).hexdigest()
        if mode in ("100644", "100755"):
            return _file_sum(path)
    except OSError as refused:
        return f"unreadable {refused.errno}"
    return ""


def _file_sum(path: str) -> str:
    total = hashlib.sha256()
    # A file swapped for a link or a pipe after the listing must neither lead away nor block.
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as source:
        while chunk := source.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()
