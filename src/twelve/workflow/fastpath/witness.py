"""The generated hook seen from outside: whether what lies there is what Twelve wrote, and what a client is told to run.

Asked by git's hooks and by whoever wants to know, never by the generated hook itself: one that was replaced says all is well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.system import files, git, provenance
from twelve.system.documents import json_edit
from twelve.workflow.fastpath import bundle, closure, launcher, sections

LIMIT = 16_000_000
INSTALL = "install.json"


class Difference(Struct, frozen=True, kw_only=True):
    """Something that is not as Twelve left it."""

    path: str
    change: str
    after: str = ""
    """Digest now."""


def installed(repository: git.Repository) -> bool:
    """Whether this machine was armed: the record of it, or what is left of the generated hook."""
    return any((repository.state_dir / name).exists() for name in (INSTALL, bundle.PROGRAM, bundle.BINARY))


def differences(repository: git.Repository) -> tuple[Difference, ...]:
    """What can be told in a few milliseconds: the launching program, the files as they were written, the registrations."""
    return (*_generated(repository), *_registered(repository)) if installed(repository) else ()


def _generated(repository: git.Repository) -> Iterator[Difference]:
    state = repository.state_dir
    noted = provenance.noted(state)
    for name in (bundle.PROGRAM, bundle.BINARY, bundle.SOURCES):
        path = state / name
        digest = files.digest(path) if path.is_file() and not path.is_symlink() else ""
        if not digest:
            yield Difference(path=str(path), change="deleted")
        elif noted.get(str(path), digest) != digest or (name == bundle.PROGRAM and _foreign(path)):
            yield Difference(path=str(path), change="changed", after=digest)


def _foreign(path: Path) -> bool:
    """Whether the launching program is another one than this version writes; it depends on nothing of the repository."""
    return files.read_bounded(path, LIMIT) != launcher.program(closure.source(closure.LAUNCH), sections.KEY)


def _registered(repository: git.Repository) -> Iterator[Difference]:
    """Files of this work tree into which the record says our entries were written."""
    for piece in _pieces(repository.state_dir / INSTALL):
        values = piece.get("values") or ()
        if piece.get("place") != "tree" or piece.get("tree") != str(repository.root) or not values:
            continue
        path = repository.root / str(piece.get("path"))
        found = _document(path)
        if not all(_holds(found, value) for value in values):
            change = "changed" if path.exists() else "deleted"
            yield Difference(path=str(path), change=change, after=files.digest(path) if path.is_file() else "")


def _pieces(path: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(files.read_bounded(path, LIMIT)) if path.is_file() else {}
    except (TwelveError, ValueError):
        return []
    pieces = found.get("pieces") if isinstance(found, dict) else None
    return [piece for piece in pieces if isinstance(piece, dict)] if isinstance(pieces, list) else []


def _document(path: Path) -> Any:
    try:
        return json_edit.read(files.read_bounded(path, LIMIT), comments=True) if path.is_file() else {}
    except TwelveError:
        return {}


def _holds(found: Any, value: Any) -> bool:
    for member in value.get("pointer", ()) if isinstance(value, dict) else ():
        found = found.get(member) if isinstance(found, dict) else None
    return isinstance(found, list) and value.get("value") in found
