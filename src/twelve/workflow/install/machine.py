"""This machine's part of an installation: the generated hook, registrations in clients and git, and the record of it all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from twelve.model.errors import Trouble, TwelveError
from twelve.system import git
from twelve.version import __version__
from twelve.workflow.install import carrying, clients, githooks, ignoring, record
from twelve.workflow.install.arming import GIT, Arming
from twelve.workflow.install.record import RECORD, Kind, Piece, Record
from twelve.workflow.install.values import Change, Folder, Place, Plan, encode

STATE = "twelve/state"
NOTES = "refs/notes/twelve/"


class Wish(Struct, frozen=True, kw_only=True):
    """What a person wants armed."""

    clients: tuple[str, ...] = ()
    git_hooks: bool = True


class _Draft:
    """Changes and pieces as they come together."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.pieces: list[Piece] = []
        self.notes: list[str] = []
        self.hooks = ""

    def take(self, change: Change, piece: Piece) -> None:
        self.changes.append(change)
        self.pieces.append(piece)


def plan_install(repository: git.Repository, arming: Arming, wish: Wish, *, texts: dict[str, str]) -> Plan:
    """What arming this machine takes; nothing when it is armed as wished. TwelveError when an earlier init was interrupted."""
    known = record.load(repository)
    if known is not None and not known.finished:
        raise TwelveError(
            "an earlier twelve init was interrupted",
            why=f"{RECORD} below the git directory says it did not finish",
            next="run twelve uninstall, then twelve init",
            kind=Trouble.DAMAGED,
        )
    draft = _Draft()
    _runtime(arming, known, draft)
    _clients(repository, arming, wish, known, draft)
    if wish.git_hooks and not (known and known.hooks):
        joined = githooks.plan(repository, arming.commands[GIT])
        draft.changes += joined.changes
        draft.pieces += joined.pieces
        draft.notes += joined.notes
        draft.hooks = joined.how
    _exclude(repository, known, draft)
    if not draft.changes and known is not None:
        return Plan(changes=(), notes=tuple(draft.notes))
    changes = tuple(_recorded(repository, known, draft, texts))
    return Plan(
        changes=changes,
        notes=tuple(draft.notes),
        generated=tuple(f".git/{STATE}/{name} ({size} bytes, generated)" for name, size in arming.generated.items()),
        generate=arming.write,
        generate_before=(1, len(changes) - 1),
    )


def _runtime(arming: Arming, known: Record | None, draft: _Draft) -> None:
    """The generated files, by name: what is in them is only known when everything else is written."""
    recorded = {piece.path for piece in known.pieces} if known else set()
    for path in (f"{STATE}/{name}" for name in arming.generated):
        if path not in recorded:
            draft.pieces.append(runtime_piece(path))


def runtime_piece(path: str) -> Piece:
    """A generated file, by its path below the common git directory."""
    return Piece(part="runtime", place=Place.GIT, path=path, kind=Kind.RUNTIME, before="", after="", mode=0o600)


def _clients(repository: git.Repository, arming: Arming, wish: Wish, known: Record | None, draft: _Draft) -> None:
    have = {piece.part for piece in known.of_tree(str(repository.root))} if known else set()
    for name in wish.clients:
        client = clients.CLIENTS[name]
        if name in have:
            continue
        if why := clients.obstacle(repository, client):
            draft.notes.append(f"not armed: {name}: {client.path} was left alone: {why}")
            continue
        try:
            found = clients.register(repository, client, arming)
        except TwelveError as error:
            draft.notes.append(f"not armed: {name}: {client.path} was left alone: {error.what}")
            continue
        if found is not None:
            draft.take(found.change, found.piece)


def _exclude(repository: git.Repository, known: Record | None, draft: _Draft) -> None:
    """First of all, so that a file is never seen by git in between. Also files that stood there before: now they name this machine."""
    made = [piece.path for piece in draft.pieces if piece.place is Place.TREE]
    former = next((piece for piece in known.pieces if piece.part == "exclude"), None) if known else None
    if not made:
        return
    try:
        found = ignoring.exclude(repository, made, former)
    except TwelveError as error:
        draft.notes.append(f"left alone: {ignoring.PATH}: {error.what}")
        return
    if found is not None:
        draft.changes.insert(0, found[0])
        draft.pieces.insert(0, found[1])


def _recorded(repository: git.Repository, known: Record | None, draft: _Draft, texts: dict[str, str]) -> Iterator[Change]:
    """The record goes first, unfinished, and is closed last."""
    runtime = [piece.path for piece in draft.pieces if piece.part == "runtime"]
    written = [piece.path for piece in draft.pieces if piece.part == "exclude"]
    made = Record(
        twelve=__version__,
        finished=False,
        pieces=(*(piece for piece in (known.pieces if known else ()) if piece.path not in written), *draft.pieces),
        folders=_unique([*(known.folders if known else ()), *_folders(repository, draft.changes, runtime)]),
        hooks=draft.hooks or (known.hooks if known else ""),
        notes_refs=known.notes_refs if known else notes_refs(repository),
        records=known.records if known else records(repository),
        texts=texts or (known.texts if known else {}),
    )
    yield from framed(repository, made, draft.changes)


def framed(repository: git.Repository, made: Record, changes: Sequence[Change], *, closed: Record | None = None) -> Iterator[Change]:
    """Changes between an open and a closed record; `closed` when more differs than that it is finished."""
    before = carrying.content(repository, Place.GIT, RECORD)
    opened = encode(made)
    done = encode(closed or msgspec.structs.replace(made, finished=True))
    yield Change(place=Place.GIT, path=RECORD, before=before, after=opened, mode=0o600)
    yield from changes
    yield Change(place=Place.GIT, path=RECORD, before=opened, after=done, mode=0o600)


def _folders(repository: git.Repository, changes: Sequence[Change], runtime: Sequence[str]) -> list[Folder]:
    made = [folder for change in changes for folder in carrying.missing_folders(repository, change.place, change.path)]
    made += [folder for path in (RECORD, *runtime) for folder in carrying.missing_folders(repository, Place.GIT, path)]
    return sorted(made, key=lambda folder: -folder.path.count("/"))


def _unique(folders: Sequence[Folder]) -> tuple[Folder, ...]:
    return tuple(dict.fromkeys(folders))


def notes_refs(repository: git.Repository) -> dict[str, str]:
    """Our references of evidence, name to object."""
    out = repository.run("for-each-ref", "--format=%(refname) %(objectname)", NOTES).decode()
    return dict(line.split(" ", 1) for line in out.splitlines())


def records(repository: git.Repository) -> tuple[str, ...]:
    """Every file below .twelve/."""
    top = repository.root / ".twelve"
    if top.is_symlink() or not top.is_dir():
        return ()
    return tuple(sorted(str(path.relative_to(repository.root)) for path in top.rglob("*") if path.is_symlink() or not path.is_dir()))
