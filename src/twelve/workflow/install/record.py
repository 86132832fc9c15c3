"""The journal of this machine's part of an installation: written before anything else of it, closed last."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
from msgspec import Struct

from twelve.model.errors import Trouble, TwelveError
from twelve.system import files, git
from twelve.system.documents.json_edit import Addition, Edit
from twelve.workflow.install.values import Folder, Place

RECORD = "twelve/state/install.json"
"""Below the git directory all work trees share."""
LIMIT = 16_000_000
"""Bytes: the record holds the first text of the policy and of nothing else that grows."""


class Kind(StrEnum):
    """How a file is taken back."""

    CREATE = "create"
    """It was not there: it goes when it is as we left it."""
    JSON = "json"
    """Values were added to a JSON file, which may have been made for them."""
    BLOCK = "block"
    """Lines were added to a text file, which may have been made for them."""
    DISPLACE = "displace"
    """A file of the person's stands under another name and comes back."""
    RUNTIME = "runtime"
    """Generated; nobody edits it; it always goes."""


class Value(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One value added to a JSON array."""

    pointer: tuple[str, ...]
    value: Any


class Inserted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Text put into a file, and its place in the result in bytes."""

    offset: int
    text: str


class Piece(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of this machine."""

    part: str
    """What it belongs to: claude, codex, gemini, git, exclude or runtime."""
    place: Place
    path: str
    tree: str = ""
    """Top of the work tree it lies in, for a path in a work tree."""
    kind: Kind
    before: str
    """sha256 before; empty when there was no such file."""
    after: str
    mode_before: int | None = None
    mode: int | None = None
    """Permission bits as we left them."""
    edits: tuple[Inserted, ...] = ()
    values: tuple[Value, ...] = ()
    made: tuple[tuple[str, ...], ...] = ()
    """Objects and arrays that were made for the values."""
    former: str = ""
    """sha256 of what an earlier version wrote, while an upgrade is under way."""
    kept_as: str = ""
    """Where the displaced file stands meanwhile."""

    def additions(self) -> tuple[Addition, ...]:
        return tuple(Addition(pointer=item.pointer, value=item.value) for item in self.values)

    def insertions(self) -> tuple[Edit, ...]:
        return tuple(Edit(offset=item.offset, text=item.text) for item in self.edits)


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="schema", tag="twelve.install.v1"):
    """Everything this machine's part wrote, with what was there before."""

    twelve: str
    finished: bool
    pieces: tuple[Piece, ...] = ()
    folders: tuple[Folder, ...] = ()
    """Folders that were made, innermost first."""
    hooks: str = ""
    """How git hooks were joined: beside, folder, or empty without them."""
    notes_refs: dict[str, str] = {}
    """References of evidence before, name to object: what `--purge` goes back to."""
    records: tuple[str, ...] = ()
    """Files below .twelve/ before, tracked or not."""
    texts: dict[str, str] = {}
    """Tracked files as we wrote them: the base of a later three-way merge."""

    def of_tree(self, root: str) -> tuple[Piece, ...]:
        """The pieces of one work tree."""
        return tuple(piece for piece in self.pieces if piece.tree == root)

    def parts(self) -> frozenset[str]:
        return frozenset(piece.part for piece in self.pieces)


def load(repository: git.Repository) -> Record | None:
    """The record of this machine, None when there is none. TwelveError when it cannot be believed."""
    path = files.confined(repository.common_dir, RECORD)
    if not path.exists():
        return None
    try:
        found = msgspec.json.decode(files.read_bounded(path, LIMIT), type=Record)
    except msgspec.MsgspecError as error:
        raise TwelveError(
            "the record of this installation is damaged",
            why=f"{path}: {error}",
            next="restore the file from a backup; twelve doctor names what is registered meanwhile",
            kind=Trouble.DAMAGED,
        ) from None
    for piece in found.pieces:
        for relative in filter(None, (piece.path, piece.kept_as)):
            _refuse_odd(relative)
    return _moved(found, str(repository.root), repository.common_dir)


def _moved(found: Record, root: str, common_dir: Path) -> Record:
    """The record of a repository whose folder was moved or copied: what it says about the old place is about this one."""
    trees = {piece.tree for piece in found.pieces} | {folder.tree for folder in found.folders}
    gone = [tree for tree in trees if tree and not _of_ours(Path(tree), common_dir)]
    if root in trees or len(gone) != 1:
        return found
    pieces = tuple(msgspec.structs.replace(piece, tree=root) if piece.tree in gone else piece for piece in found.pieces)
    folders = tuple(msgspec.structs.replace(folder, tree=root) if folder.tree in gone else folder for folder in found.folders)
    return msgspec.structs.replace(found, pieces=pieces, folders=folders)


def _of_ours(tree: Path, common_dir: Path) -> bool:
    """Whether a work tree is there and belongs to this repository: the one it was copied from does not."""
    entry = tree / ".git"
    if entry.is_dir():
        return entry.resolve() == common_dir.resolve()
    try:
        place = files.read_text(entry).removeprefix("gitdir:").strip()
    except (TwelveError, OSError):
        return False
    return (tree / place).resolve().is_relative_to(common_dir.resolve())


def _refuse_odd(relative: str) -> None:
    parts = PurePosixPath(relative)
    if parts.is_absolute() or ".." in parts.parts:
        raise TwelveError("the record of this installation is damaged", why=f"{relative} leads out", kind=Trouble.DAMAGED)
