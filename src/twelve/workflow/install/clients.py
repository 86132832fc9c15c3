"""Registering the dispatcher in the settings files of agent clients, and why one is left alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.system import files, git, processes
from twelve.system.documents import DocumentError, json_edit
from twelve.system.documents.json_edit import Addition
from twelve.workflow.install import carrying
from twelve.workflow.install.arming import Arming
from twelve.workflow.install.record import Inserted, Kind, Piece, Value
from twelve.workflow.install.values import Change, Place


class Client(Struct, frozen=True, kw_only=True):
    """Where a client keeps a project's hooks."""

    name: str
    path: str
    """The file hooks are registered in: the one for this machine where the client has one."""
    folder: str
    comments: bool = False
    """Whether the client itself accepts comments in that file."""


CLIENTS = {
    client.name: client
    for client in (
        Client(name="claude", path=".claude/settings.local.json", folder=".claude"),
        Client(name="codex", path=".codex/hooks.json", folder=".codex"),
        Client(name="gemini", path=".gemini/settings.json", folder=".gemini", comments=True),
    )
}


class Registered(Struct, frozen=True, kw_only=True):
    """One client's file with our entries in it."""

    change: Change
    piece: Piece


def present(root: Path) -> tuple[str, ...]:
    """Clients that are installed here or that this project has settings for."""
    return tuple(name for name, client in CLIENTS.items() if installed(name, os.environ) or (root / client.folder).is_dir())


def installed(name: str, environ: Mapping[str, str]) -> bool:
    """Whether the client's program is found on PATH."""
    return processes.which(name, path=environ.get("PATH", os.defpath)) is not None


def wanted(client: str, arming: Arming) -> tuple[Addition, ...]:
    """Everything of ours in a client's file."""
    groups = [Addition(pointer=("hooks", event), value=group) for event, groups in arming.hooks[client].items() for group in groups]
    return (*groups, *(Addition(pointer=("permissions", "deny"), value=rule) for rule in arming.deny[client]))


def missing(client: Client, arming: Arming, existing: bytes) -> tuple[Addition, ...]:
    """What of it the file does not hold yet. DocumentError when it cannot be read."""
    found = json_edit.read(existing, name=client.path, comments=client.comments)
    return tuple(item for item in wanted(client.name, arming) if not holds(found, item))


def obstacle(repository: git.Repository, client: Client) -> str:
    """Why nothing may be written into a client's file; empty when it may."""
    if repository.tracked(client.path):
        return "it is tracked in git, and a path of this machine does not belong into a tracked file"
    try:
        existing = carrying.content(repository, Place.TREE, client.path)
        json_edit.read(existing or b"", name=client.path, comments=client.comments)
    except DocumentError as error:
        return f"{error.what}; what a client cannot read, it ignores"
    except (TwelveError, OSError) as error:
        return f"{error.what}: {error.why}" if isinstance(error, TwelveError) else str(error)
    return ""


def register(repository: git.Repository, client: Client, arming: Arming) -> Registered | None:
    """The client's file with our entries; None when they are all there. TwelveError when they fit nowhere."""
    before = carrying.content(repository, Place.TREE, client.path)
    return merge(repository, client, arming, before, current=before) if missing(client, arming, before or b"") else None


def merge(
    repository: git.Repository, client: Client, arming: Arming, theirs: bytes | None, *, current: bytes | None, former: Piece | None = None
) -> Registered:
    """The person's bytes with our entries, to be written over what is there now. TwelveError when they fit nowhere."""
    added = missing(client, arming, theirs or b"")
    edited = json_edit.add(theirs or b"", added, name=client.path, comments=client.comments)
    mode = carrying.mode(repository, Place.TREE, client.path)
    piece = Piece(
        part=client.name,
        place=Place.TREE,
        path=client.path,
        tree=str(repository.root),
        kind=Kind.JSON,
        before="" if theirs is None else files.digest_bytes(theirs),
        after=files.digest_bytes(edited.data),
        mode_before=former.mode_before if former else mode,
        mode=mode,
        edits=tuple(Inserted(offset=edit.offset, text=edit.text) for edit in edited.edits),
        values=tuple(Value(pointer=item.pointer, value=item.value) for item in added),
        made=edited.made,
    )
    return Registered(change=Change(path=client.path, before=current, after=edited.data, mode_before=mode), piece=piece)


def holds(found: object, item: Addition) -> bool:
    """Whether a file's value has the addition in its place."""
    for key in item.pointer:
        found = found.get(key) if isinstance(found, dict) else None
    return isinstance(found, list) and item.value in found
