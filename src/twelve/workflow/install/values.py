"""What an installation is going to do, and what the tracked manifest recorded having been done."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct

from twelve.model.errors import Trouble, TwelveError
from twelve.system import files, git

MANIFEST = ".twelve/manifest.json"


class Action(StrEnum):
    CREATE = "create"
    APPEND = "append"


class Place(StrEnum):
    """What a path is relative to."""

    TREE = "tree"
    """The top of the work tree."""
    GIT = "git"
    """The git directory all work trees share."""


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file we created, or added one block to."""

    path: str
    action: Action
    before: str
    """sha256 of the file before; empty when there was none."""
    after: str
    """sha256 of the file as we left it."""
    length_before: int = 0
    """Bytes before, so that the addition can be cut off again."""
    block: str = ""
    """What was appended, exactly."""
    former: str = ""
    """sha256 of what an earlier version wrote: an upgrade may have been interrupted before it replaced that."""


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="schema", tag="twelve.manifest.v1"):
    """Every byte we wrote into tracked files; itself tracked beside them, so any clone can be uninstalled."""

    twelve: str
    finished: bool
    """False between the first and the last write; a crash in between is found by this."""
    entries: tuple[Entry, ...]
    folder_created: bool
    """Whether `.twelve/` is ours to remove when it is empty."""


class Change(Struct, frozen=True, kw_only=True):
    """One file before and after; None means absent."""

    path: str
    before: bytes | None
    after: bytes | None
    place: Place = Place.TREE
    mode: int | None = None
    """Permission bits afterwards; None keeps those of an existing file and lets the umask decide for a new one."""
    mode_before: int | None = None


class Folder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    place: Place
    path: str
    tree: str = ""
    """Top of the work tree it lies in; "" for the shared git directory, and for the work tree at hand."""


class Plan(Struct, frozen=True, kw_only=True):
    """Everything about to happen, in order, and everything deliberately left alone."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()
    leftovers: tuple[Folder, ...] = ()
    """Temporary files of a writer that was killed; they are removed first."""
    folders: tuple[Folder, ...] = ()
    """Folders to remove afterwards when they are empty, innermost first."""
    final: tuple[Change, ...] = ()
    """What goes only when the folders are gone: the record that knows them."""
    generated: tuple[str, ...] = ()
    """What is generated on the way, in words; nothing a person would edit."""
    generate: Callable[[], None] | None = None
    generate_before: tuple[int, ...] = ()
    """Positions in `changes` before which it is called: first so that what is registered can answer, last because it
    seals what was written. None: once, after all changes."""

    @property
    def empty(self) -> bool:
        return not (self.changes or self.leftovers or self.folders)


def base(repository: git.Repository, place: Place) -> Path:
    return repository.root if place is Place.TREE else repository.common_dir


def encode(manifest: Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def load(root: Path) -> Manifest | None:
    """The manifest of this work tree, None when there is none. Raises TwelveError when it cannot be believed."""
    path = files.confined(root, MANIFEST)
    if not path.exists():
        return None
    try:
        manifest = msgspec.json.decode(files.read_bounded(path), type=Manifest)
    except msgspec.MsgspecError as error:
        raise TwelveError(
            f"{MANIFEST} is damaged",
            why=str(error),
            next=f"restore it with git, for example from the commit that added it: {MANIFEST}",
            kind=Trouble.DAMAGED,
        ) from None
    for entry in manifest.entries:
        files.confined(root, entry.path)
    return manifest
