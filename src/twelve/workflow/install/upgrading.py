"""Three-way upgrade: what we wrote, what is there, what we would write. A person's edit is never replaced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import msgspec
from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.system import files, git
from twelve.system.documents import DocumentError, json_edit
from twelve.version import __version__
from twelve.workflow.install import (
    carrying,
    clients,
    difference,
    foreign,
    githooks,
    machine,
    policy_upgrade,
    record,
    restoring,
    scripts,
)
from twelve.workflow.install.arming import GIT, Arming
from twelve.workflow.install.outcomes import Outcome, Verdict
from twelve.workflow.install.record import Kind, Piece, Record
from twelve.workflow.install.values import Change, Place, Plan


class Upgrade(Struct, frozen=True, kw_only=True):
    plan: Plan
    outcomes: tuple[Outcome, ...]

    @property
    def needs_person(self) -> bool:
        return any(outcome.person for outcome in self.outcomes)


class Step(Struct, frozen=True, kw_only=True):
    """One file: what happens, what is written, and what is recorded then."""

    outcome: Outcome
    piece: Piece
    change: Change | None = None
    wide: Piece | None = None
    """What is recorded while it is written, so that both states can be taken back."""


def plan(repository: git.Repository, arming: Arming, *, force: frozenset[str] = frozenset(), policy: bool = True) -> Upgrade:
    """Bring everything to what this version writes; `force` names paths written over an edit. TwelveError when nothing is installed.

    Without `policy` what is tracked stays: mending this machine's hooks decides nothing about what they judge by.
    """
    carrying.work_tree(repository)
    known = record.load(repository)
    if known is None:
        raise TwelveError("this machine is not armed", why=f"there is no {record.RECORD} below the git directory", next="twelve init")
    untouched = policy_upgrade.Shared(changes=(), outcomes=(), texts=known.texts)
    shared = policy_upgrade.plan(repository, known.texts, force=force) if policy else untouched
    mine = (piece for piece in known.pieces if piece.tree in ("", str(repository.root)) and piece.part != "runtime")
    steps = [step for piece in mine for step in [_step(repository, arming, piece, force=force)]]
    runtime = _runtime(repository, arming, known)
    changes = [step.change for step in steps if step.change is not None]
    pieces = _pieces(known, steps, runtime)
    outcomes = (*shared.outcomes, *(step.outcome for step in steps), *runtime.outcomes)
    own: tuple[Change, ...] = ()
    if (
        changes
        or runtime.stale
        or pieces != known.pieces
        or known.twelve != __version__
        or not known.finished
        or shared.texts != known.texts
    ):
        own = tuple(_framed(repository, known, steps, pieces, shared.texts, [*changes, *runtime.gone]))
    return Upgrade(
        plan=Plan(
            changes=(*shared.changes, *own),
            generated=tuple(f".git/{machine.STATE}/{name} (generated)" for name in arming.generated) if runtime.stale else (),
            generate=arming.write if own else None,
            generate_before=(len(shared.changes) + 1, len(shared.changes) + len(own) - 1),
        ),
        outcomes=outcomes,
    )


class _Runtime(Struct, frozen=True, kw_only=True):
    pieces: tuple[Piece, ...]
    gone: tuple[Change, ...]
    stale: bool
    outcomes: tuple[Outcome, ...]


def _runtime(repository: git.Repository, arming: Arming, known: Record) -> _Runtime:
    wanted = {f"{machine.STATE}/{name}" for name in arming.generated}
    here = tuple(piece for piece in known.pieces if piece.part == "runtime")
    kept = tuple(piece for piece in here if piece.path in wanted)
    new = tuple(machine.runtime_piece(path) for path in sorted(wanted - {piece.path for piece in here}))
    gone = []
    for piece in here:
        current = None if piece.path in wanted else carrying.content(repository, Place.GIT, piece.path)
        if current is not None:
            gone.append(Change(place=Place.GIT, path=piece.path, before=current, after=None))
    stale = arming.written() != arming.digest
    verdict = Verdict.REPLACED if stale else Verdict.UNCHANGED
    outcome = Outcome(path=f".git/{machine.STATE}/hook.py", verdict=verdict, why="generated anew from the policy" if stale else "")
    return _Runtime(pieces=(*kept, *new), gone=tuple(gone), stale=stale, outcomes=(outcome,))


def _pieces(known: Record, steps: list[Step], runtime: _Runtime) -> tuple[Piece, ...]:
    now = {(step.piece.tree, step.piece.path): step.piece for step in steps}
    kept = [piece for piece in known.pieces if piece.part != "runtime" or piece in runtime.pieces]
    new = [piece for piece in runtime.pieces if piece not in known.pieces]
    return (*new, *(now.get((piece.tree, piece.path), piece) for piece in kept))


def _framed(
    repository: git.Repository, known: Record, steps: list[Step], pieces: tuple[Piece, ...], texts: dict[str, str], changes: list[Change]
) -> Iterator[Change]:
    wide = {(step.piece.tree, step.piece.path): step.wide for step in steps if step.wide is not None}
    opened = msgspec.structs.replace(
        known, twelve=__version__, finished=False, pieces=tuple(wide.get((piece.tree, piece.path), piece) for piece in pieces), texts=texts
    )
    closed = msgspec.structs.replace(opened, finished=True, pieces=pieces)
    yield from machine.framed(repository, opened, changes, closed=closed)


def _step(repository: git.Repository, arming: Arming, piece: Piece, *, force: frozenset[str]) -> Step:
    current = carrying.content(repository, piece.place, piece.path)
    forced = piece.path in force
    if piece.kind is Kind.JSON:
        return _settings(repository, arming, piece, current, forced=forced)
    if piece.kind is Kind.BLOCK:
        return _block(piece, current)
    return _script(repository, arming, piece, current, forced=forced)


def _outcome(
    piece: Piece, verdict: Verdict, *, person: bool = False, why: str = "", before: bytes | None = None, after: bytes | None = None
) -> Outcome:
    name = piece.path if piece.place is Place.TREE else f".git/{piece.path}"
    shown = "".join(difference.text_diff(before, after, f"a/{name}", f"b/{name}")) if after is not None else ""
    return Outcome(path=name, verdict=verdict, person=person, why=why, difference=shown)


def _settings(repository: git.Repository, arming: Arming, piece: Piece, current: bytes | None, *, forced: bool) -> Step:
    client = clients.CLIENTS[piece.part]
    if current is None and not forced:
        return Step(
            outcome=_outcome(piece, Verdict.KEPT, person=True, why="it was removed; twelve doctor --fix writes it again"), piece=piece
        )
    try:
        if current is not None and _all_there(piece, arming, current, client):
            return Step(outcome=_outcome(piece, Verdict.UNCHANGED), piece=piece)
        rest = restoring.of(piece, current)
        made = clients.merge(repository, client, arming, rest.content, current=current, former=piece)
    except (DocumentError, TwelveError) as error:
        return Step(outcome=_outcome(piece, Verdict.KEPT, person=True, why=error.what), piece=piece)
    if not rest.exact and current is not None and not forced:
        outcome = _outcome(piece, Verdict.KEPT, person=True, why="an entry of ours was edited", before=current, after=made.change.after)
        return Step(outcome=outcome, piece=piece)
    untouched = current is not None and files.digest_bytes(current) == piece.after
    wide = msgspec.structs.replace(made.piece, values=(*made.piece.values, *piece.values), made=(*piece.made, *made.piece.made))
    verdict = Verdict.REPLACED if untouched or current is None else Verdict.MERGED
    return Step(outcome=_outcome(piece, verdict), piece=made.piece, change=made.change, wide=wide)


def _all_there(piece: Piece, arming: Arming, current: bytes, client: clients.Client) -> bool:
    """Whether every entry this version wants is there and none of an earlier one is."""
    wanted = clients.wanted(client.name, arming)
    found = json_edit.read(current, comments=client.comments)
    old = [item for item in piece.additions() if item not in wanted]
    return all(clients.holds(found, item) for item in wanted) and not any(clients.holds(found, item) for item in old)


def _block(piece: Piece, current: bytes | None) -> Step:
    """Lines added to a file of git's. Their text is constant, so there is only to see whether they are still there."""
    if current is not None and piece.edits[0].text.strip().encode() in current:
        return Step(outcome=_outcome(piece, Verdict.UNCHANGED), piece=piece)
    why = "our lines were removed; twelve doctor says what that means"
    return Step(outcome=_outcome(piece, Verdict.KEPT, person=True, why=why), piece=piece)


def _script(repository: git.Repository, arming: Arming, piece: Piece, current: bytes | None, *, forced: bool) -> Step:
    after = text_of(repository, arming, piece)
    if after is None or current == after:
        return Step(outcome=_outcome(piece, Verdict.UNCHANGED), piece=piece)
    if current is None and not forced:
        return Step(
            outcome=_outcome(piece, Verdict.KEPT, person=True, why="it was removed; twelve doctor --fix writes it again"), piece=piece
        )
    ours = current is None or files.digest_bytes(current) in (piece.after, piece.former)
    if not ours and not forced:
        return Step(outcome=_outcome(piece, Verdict.KEPT, person=True, why="it was edited", before=current, after=after), piece=piece)
    new = msgspec.structs.replace(piece, after=files.digest_bytes(after), former="")
    wide = msgspec.structs.replace(new, former=piece.after)
    mode = carrying.mode(repository, piece.place, piece.path)
    change = Change(place=piece.place, path=piece.path, before=current, after=after, mode=piece.mode, mode_before=mode)
    return Step(outcome=_outcome(piece, Verdict.REPLACED), piece=new, change=change, wide=wide)


def text_of(repository: git.Repository, arming: Arming, piece: Piece) -> bytes | None:
    """What this version writes into a file of ours that git or a hook manager runs; None for one it does not know."""
    command = arming.commands[GIT]
    name = PurePosixPath(piece.path).name.removesuffix(foreign.PRE_COMMIT_SLOT)
    if piece.path.startswith("hooks/"):
        return scripts.beside(name, command, PurePosixPath(piece.kept_as).name).encode()
    if piece.path == githooks.INCLUDED:
        return githooks.included(repository)
    if piece.path.startswith(f"{githooks.OURS}/"):
        return githooks.folder_script(repository, name, command).encode()
    if piece.path == foreign.LEFTHOOK_LOCAL:
        names = [name for name in scripts.NAMES if foreign.is_lefthook(repository.common_dir / "hooks" / name)]
        return foreign.lefthook_local(names, command).encode() if names else None
    return None
