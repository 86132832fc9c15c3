"""Taking this machine's part back: settings, hooks, configuration, generated files, the record last."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from twelve.system import files, git
from twelve.workflow.install import carrying, restoring, values
from twelve.workflow.install.machine import STATE, framed
from twelve.workflow.install.record import RECORD, Piece, Record, load
from twelve.workflow.install.values import Change, Folder, Place, Plan

_MOVED = ("", ".legacy", ".old")
"""Where hook managers put a hook that is not their own: pre-commit renames it to .legacy, lefthook to .old."""
_OURS_WHEN_EMPTY = tuple(Folder(place=Place.GIT, path=path) for path in (STATE, "twelve"))


class _Draft:
    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.notes: list[str] = []


def plan_uninstall(repository: git.Repository) -> Plan | None:
    """What to take back on this machine; None when there is nothing. Shared parts go with the last work tree that uses them."""
    known = load(repository)
    left = carrying.leftovers(repository, Folder(place=Place.GIT, path=RECORD))
    if known is None:
        begun = any(
            (folder := values.base(repository, item.place) / item.path).is_dir() and not any(folder.iterdir()) for item in _OURS_WHEN_EMPTY
        )
        return Plan(changes=(), leftovers=left, folders=_OURS_WHEN_EMPTY) if left or begun else None
    elsewhere = others(repository, known)
    going = [piece for piece in known.pieces if not elsewhere or piece.tree == str(repository.root)]
    folders = [folder for folder in known.folders if folder.tree == str(repository.root) or (not elsewhere and not folder.tree)]
    draft = _Draft()
    for piece in reversed(going):
        if piece.tree in ("", str(repository.root)):
            _take(repository, piece, draft)
    before = carrying.content(repository, Place.GIT, RECORD)
    changes = tuple(draft.changes)
    if elsewhere:
        changes = tuple(framed(repository, _without(known, going, folders), draft.changes))
        draft.notes.append("kept: git hooks and the generated hook: another work tree still uses them")
    return Plan(
        changes=changes,
        final=() if elsewhere else (Change(place=Place.GIT, path=RECORD, before=before, after=None),),
        notes=tuple(draft.notes),
        leftovers=(*left, *_leftovers(repository, going)),
        folders=(*folders, *(() if elsewhere else _OURS_WHEN_EMPTY)),
    )


def plan_hooks(repository: git.Repository, known: Record) -> Plan:
    """Taking back git hooks alone, for joining anew what git looks at by now."""
    going = [piece for piece in known.pieces if piece.part == "git" and piece.tree in ("", str(repository.root))]
    draft = _Draft()
    for piece in reversed(going):
        _take(repository, piece, draft)
    left = msgspec.structs.replace(_without(known, going, []), hooks="")
    return Plan(changes=tuple(framed(repository, left, draft.changes)), notes=tuple(draft.notes), leftovers=_leftovers(repository, going))


def _without(known: Record, pieces: list[Piece], folders: list[Folder]) -> Record:
    return msgspec.structs.replace(
        known,
        pieces=tuple(piece for piece in known.pieces if piece not in pieces),
        folders=tuple(folder for folder in known.folders if folder not in folders),
        finished=False,
    )


def others(repository: git.Repository, known: Record) -> set[str]:
    """Other work trees with pieces of their own that still exist."""
    return {
        piece.tree for piece in known.pieces if piece.tree not in ("", str(repository.root)) and (Path(piece.tree) / piece.path).exists()
    }


def _leftovers(repository: git.Repository, pieces: list[Piece]) -> tuple[Folder, ...]:
    places = [Folder(place=piece.place, path=path) for piece in pieces for path in (piece.path, piece.kept_as, _lock(piece)) if path]
    return (*carrying.leftovers(repository, *places), *_stale_lock(repository, pieces))


def _lock(piece: Piece) -> str:
    return f"{carrying.GIT_CONFIG}.lock" if piece.path == carrying.GIT_CONFIG else ""


def _stale_lock(repository: git.Repository, pieces: list[Piece]) -> Iterator[Folder]:
    """The lock of the git configuration, when the bytes in it say that a process of ours died holding it."""
    lock = f"{carrying.GIT_CONFIG}.lock"
    ours = {digest for piece in pieces if piece.path == carrying.GIT_CONFIG for digest in (piece.before, piece.after)}
    found = carrying.content(repository, Place.GIT, lock) if ours else None
    if found is not None and files.digest_bytes(found) in ours:
        yield Folder(place=Place.GIT, path=lock)


def _take(repository: git.Repository, piece: Piece, draft: _Draft) -> None:
    if piece.place is Place.GIT and piece.part == "git" and piece.path.startswith("hooks/"):
        _take_hook(repository, piece, draft)
        return
    current = carrying.content(repository, piece.place, piece.path)
    rest = restoring.of(piece, current)
    if rest.content != current:
        draft.changes.append(Change(place=piece.place, path=piece.path, before=current, after=rest.content))
    if rest.note:
        draft.notes.append(rest.note)


def _take_hook(repository: git.Repository, piece: Piece, draft: _Draft) -> None:
    """Our hook goes from wherever a hook manager moved it to, and what stood in its place comes back there."""
    kept = carrying.content(repository, Place.GIT, piece.kept_as) if piece.kept_as else None
    found = {path: carrying.content(repository, Place.GIT, path) for path in (f"{piece.path}{ending}" for ending in _MOVED)}
    ours = next(
        (path for path, data in found.items() if data is not None and files.digest_bytes(data) in (piece.after, piece.former)), None
    )
    if ours is None:
        _take_changed_hook(piece, found[piece.path], kept, draft)
        return
    mode = carrying.mode(repository, Place.GIT, ours)
    draft.changes.append(
        Change(
            place=Place.GIT,
            path=ours,
            before=found[ours],
            after=kept,
            mode=piece.mode_before if kept is not None else None,
            mode_before=mode,
        )
    )
    _drop_kept(piece, kept, draft)


def _take_changed_hook(piece: Piece, current: bytes | None, kept: bytes | None, draft: _Draft) -> None:
    if current is not None and files.digest_bytes(current) == piece.before:
        _drop_kept(piece, kept, draft)
        return
    rest = restoring.hook(piece, current) if current is not None else restoring.Rest(content=None)
    if rest.content is None:
        if current != kept:
            draft.changes.append(Change(place=Place.GIT, path=piece.path, before=current, after=kept, mode=piece.mode_before))
        _drop_kept(piece, kept, draft)
        return
    if rest.content != current:
        draft.changes.append(Change(place=Place.GIT, path=piece.path, before=current, after=rest.content))
    draft.notes += [rest.note] if rest.note else []
    if kept is not None:
        draft.notes.append(f"kept: the hook that stood there before is {piece.kept_as}")


def _drop_kept(piece: Piece, kept: bytes | None, draft: _Draft) -> None:
    if kept is not None:
        draft.changes.append(Change(place=Place.GIT, path=piece.kept_as, before=kept, after=None))
