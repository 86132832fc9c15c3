"""Knowledge as files: one Markdown record with front matter per file, named so that branches never collide."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from twelve.model.errors import Trouble, TwelveError
from twelve.system import clock, files
from twelve.system.documents import DocumentError, parse_document, render_document

SLUG_LENGTH = 48
_SAFE_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){0,120}")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


class Record(Struct, frozen=True, kw_only=True):
    """One record as it is on disk."""

    id: str
    meta: dict[str, Any]
    body: str
    path: Path


class RecordExistsError(TwelveError):
    """Another record already has this id; nothing was written."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} already exists and was left alone",
            why="a record is written once; two records never share a file",
            next="read the existing record, or add yours under another title",
            kind=Trouble.DAMAGED,
        )
        self.path = path


def slug(source: str) -> str:
    """Lower-case ASCII letters, digits and single dashes, at most 48; `record` when nothing is left."""
    plain = unicodedata.normalize("NFKD", source[:1000]).encode("ascii", "ignore").decode("ascii").lower()
    return _NOT_SLUG.sub("-", plain).strip("-")[:SLUG_LENGTH].rstrip("-") or "record"


def new_id(slug_source: str, *, moment: datetime, content: bytes) -> str:
    """`20261120T092243Z-fix-parser-a1b2`: sorts by time and says what it is.

    Different contents of one second and one title get different ids but for one pair in 65 536. `add`
    resolves that within a folder; between branches it is an ordinary add/add conflict.
    """
    return f"{clock.stamp(moment)}-{slug(slug_source)}-{hashlib.sha256(content).hexdigest()[:4]}"


def _path(folder: Path, id: str) -> Path:
    if not _SAFE_ID.fullmatch(id):
        raise TwelveError(
            f"{id[:80]!r} cannot be the id of a record",
            why="an id is letters, digits, dot, dash and underscore, at most 121, and no path",
            next="use the id that was printed when the record was made",
        )
    return folder / f"{id}.md"


def write(folder: Path, id: str, meta: Mapping[str, Any], body: str) -> Path:
    """Write a new record; RecordExistsError when the id is taken, also by a concurrent writer."""
    path = _path(folder, id)
    if not files.create_exclusive(path, render_document(meta, body)):
        raise RecordExistsError(path)
    return path


def add(folder: Path, slug_source: str, meta: Mapping[str, Any], body: str, *, moment: datetime) -> Path:
    """Write a record under a fresh id. The very same record twice in one second is one file."""
    content = render_document(meta, body).encode("utf-8", "surrogatepass")
    for attempt in range(100):
        salt = b"" if attempt == 0 else b"%d" % attempt
        id = new_id(slug_source, moment=moment, content=content + salt)
        try:
            return write(folder, id, meta, body)
        except RecordExistsError as taken:
            if files.read_bounded(taken.path) == content:
                return taken.path
    raise TwelveError(f"no free id for {slug(slug_source)!r} in {folder}", why="a hundred records of this second and title exist")


def read(path: Path) -> Record:
    """The record in `path`; DocumentError when it is malformed, a link, or not a regular file."""
    if path.is_symlink():
        raise DocumentError("is a link; a record is a plain file", name=str(path))
    document = parse_document(files.read_text(path), name=str(path))
    return Record(id=path.stem, meta=document.meta, body=document.body, path=path)


def scan(folder: Path) -> Iterator[Record | DocumentError]:
    """Every record of a folder, oldest id first. A damaged one comes as its error and hides no other."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob("*.md")):
        try:
            yield read(path)
        except DocumentError as error:
            yield error
        except (TwelveError, OSError) as error:
            yield DocumentError(str(error).partition("\n")[0], name=str(path))
