"""The changed files of a range or a work tree, before and after, within bounds."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence

from msgspec import Struct

from twelve.factors.gates.integrity import judged
from twelve.model.errors import Trouble, TwelveError
from twelve.system import files, git

FILES = 2_000
"""More changed files than this are not judged (ours): nobody reviews such a change as one."""
BYTES = 1_000_000
"""A file of a kind that is judged and larger than this is not (ours)."""
_REGULAR = ("100644", "100755")
_RECORDS = (":(top)", ":(top,exclude).twelve")
_PLAIN = ("--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=none", "-z")


class Content(Struct, frozen=True):
    """Changed regular files; links and submodules count as absent, so a test that became a link is a test that went."""

    before: dict[str, bytes]
    after: dict[str, bytes]
    paths: int
    """Changed paths of any kind."""


class _Entry(Struct, frozen=True):
    path: str
    before: str
    """Blob id, "" when there is no regular file."""
    after: str
    there: bool
    """A regular file afterwards; its id is not known when it is only in the work tree."""


def read(repository: git.Repository, base: str, head: str | None) -> Content:
    """Changed files between two revisions, or (head None) between a revision and the work tree, untracked files included.

    TwelveError for an unknown revision, more than `FILES` changed files, or a judged file larger than `BYTES`.
    """
    start = _resolved(repository, base)
    entries = _entries(repository, start, _resolved(repository, head) if head is not None else None)
    if len(entries) > FILES:
        raise _too_much(f"{len(entries)} files changed, more than {FILES}", "split the change into smaller ones")
    wanted = [entry for entry in entries if judged.reads(entry.path)]
    blobs = _blobs(repository, wanted)
    before = {entry.path: blobs[entry.before] for entry in wanted if entry.before}
    after = {entry.path: blobs[entry.after] if entry.after else _on_disk(repository, entry.path) for entry in wanted if entry.there}
    return Content(before, after, len(entries))


def _resolved(repository: git.Repository, revision: str) -> str:
    found = repository.resolve(revision)
    if found is None:
        if revision in (repository.empty_tree, ""):
            return repository.empty_tree
        raise TwelveError(
            f"{revision!r} names no commit here", why="a change is judged between two commits", next="give a commit, branch or tag"
        )
    return found


def _entries(repository: git.Repository, start: str, end: str | None) -> list[_Entry]:
    ends = (start,) if end is None else (start, end)
    fields = _fields(repository.run("diff", *_PLAIN, *ends, "--", *_RECORDS, timeout_s=300))
    found = {path: _entry(meta, path, end is None) for meta, path in zip(fields[::2], fields[1::2], strict=True)}
    if end is None:
        for path in _fields(repository.run("ls-files", "--others", "--exclude-standard", "-z", "--", *_RECORDS)):
            known = found.get(path)
            found[path] = _Entry(path, known.before if known else "", "", _is_file(repository, path))
    return [found[path] for path in sorted(found)]


def _entry(meta: str, path: str, on_disk: bool) -> _Entry:
    old_mode, new_mode, old, new = meta.removeprefix(":").split(" ")[:4]
    after = "" if on_disk or new_mode not in _REGULAR else new
    return _Entry(path, old if old_mode in _REGULAR else "", after, new_mode in _REGULAR)


def _fields(output: bytes) -> list[str]:
    return [os.fsdecode(field) for field in output.split(b"\0") if field]


def _is_file(repository: git.Repository, path: str) -> bool:
    try:
        return stat.S_ISREG((repository.root / path).lstat().st_mode)
    except OSError:
        return False


def _on_disk(repository: git.Repository, path: str) -> bytes:
    place = repository.root / path
    if place.lstat().st_size > BYTES:
        raise _too_large(path)
    return files.read_bounded(place, BYTES)


def _blobs(repository: git.Repository, entries: Sequence[_Entry]) -> dict[str, bytes]:
    places = {blob: entry.path for entry in entries for blob in (entry.before, entry.after) if blob}
    if not places:
        return {}
    asked = "".join(f"{blob}\n" for blob in places).encode()
    for row in repository.run("cat-file", "--batch-check", stdin=asked).decode("ascii", "replace").splitlines():
        blob, _kind, size = row.split(" ")[:3]
        if size.isdigit() and int(size) > BYTES:
            raise _too_large(places[blob])
    return _parsed(repository.run("cat-file", "--batch", stdin=asked, timeout_s=300), places)


def _parsed(answer: bytes, places: Mapping[str, str]) -> dict[str, bytes]:
    found, position = {}, 0
    while position < len(answer):
        end = answer.index(b"\n", position)
        blob, kind, *rest = answer[position:end].decode("ascii", "replace").split(" ")
        if kind != "blob" or not rest:
            raise TwelveError(
                f"{places.get(blob, blob)} cannot be read", why=f"git has no content for {blob[:12]}", next="fetch more history"
            )
        size = int(rest[0])
        found[blob] = answer[end + 1 : end + 1 + size]
        position = end + size + 2
    return found


def _too_large(path: str) -> TwelveError:
    return _too_much(f"{path} is larger than {BYTES} bytes", "split the file, or have a person read this change")


def _too_much(what: str, advice: str) -> TwelveError:
    return TwelveError(what, why="a change that was only partly read must not look like a clean one", next=advice, kind=Trouble.TOOL)
