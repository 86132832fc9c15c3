"""Contents of many objects in a few processes, within bounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from twelve.system.git import notes
from twelve.system.git.plumbing import Git

AT_ONCE = 64_000_000
"""Bytes of one answer of git's (ours)."""


def read(git: Git, ids: Iterable[str], limit: int) -> dict[str, bytes]:
    """Id -> content; what is missing, no file or larger than `limit` bytes is left out."""
    found: dict[str, bytes] = {}
    for part in _parts(_small(git, sorted(set(ids)), limit)):
        found.update((id, content) for id, (_, _, content) in zip(part, notes.batch(git, part), strict=True))
    return found


def _small(git: Git, ids: Sequence[str], limit: int) -> Iterator[tuple[str, int]]:
    if not ids:
        return
    asked = "".join(f"{id}\n" for id in ids).encode()
    answers = git.run("cat-file", "--batch-check=%(objecttype) %(objectsize)", stdin=asked).decode("ascii", "replace").splitlines()
    for id, answer in zip(ids, answers, strict=True):
        kind, _, size = answer.partition(" ")
        if kind == "blob" and int(size) <= limit:
            yield id, int(size)


def _parts(sized: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    part: list[str] = []
    total = 0
    for id, size in sized:
        if part and total + size > AT_ONCE:
            yield part
            part, total = [], 0
        part.append(id)
        total += size
    if part:
        yield part
