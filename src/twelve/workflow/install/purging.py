"""What `uninstall --purge` removes besides: records, evidence, runtime state. Only what came after init, as far as init recorded it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.system import files, git
from twelve.workflow.install import machine, record, takeback
from twelve.workflow.install.values import MANIFEST, load

STATE = "twelve"
BEFORE = "twelve/before-init.json"
"""Kept below the git directory by an uninstall that leaves evidence: what a purge afterwards goes back to."""
LIMIT = 16_000_000
RECORDS = ".twelve"


class Before(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="schema", tag="twelve.before-init.v1"):
    """What was there when init came, after the record of init is gone."""

    notes_refs: dict[str, str]
    records: tuple[str, ...]


class Purge(Struct, frozen=True, kw_only=True):
    """Everything that is going, and what is not."""

    records: tuple[str, ...]
    """Files below .twelve/ that were not there before."""
    folder: bool
    """Whether .twelve/ itself goes when it is empty."""
    moved: dict[str, str]
    """References that go back to an earlier object; "" means they go."""
    state: bool
    """Whether there is runtime state."""
    notes: tuple[str, ...] = ()


def plan(repository: git.Repository) -> Purge:
    """What purging removes. To be asked before anything is taken back, because the record of init goes with it.

    TwelveError while another work tree is armed: state and evidence are shared.
    """
    known = record.load(repository)
    if known is not None and (others := takeback.others(repository, known)):
        raise TwelveError(
            "another work tree still uses what purging removes",
            why=", ".join(sorted(others)),
            next="run twelve uninstall there first, or leave --purge out here",
        )
    first = remembered(repository) if known is None else Before(notes_refs=known.notes_refs, records=known.records)
    before = first.notes_refs if first else {}
    now = machine.notes_refs(repository)
    manifest = load(repository.root)
    installed = (MANIFEST, *(entry.path for entry in manifest.entries)) if manifest else ()
    kept = {*installed, *(first.records if first else machine.records(repository))}
    moved = {name: before.get(name, "") for name, value in now.items() if before.get(name, "") != value} if first else {}
    branches = repository.run("for-each-ref", "--format=%(refname:short)", "refs/heads/twelve/").decode().split()
    return Purge(
        records=tuple(path for path in machine.records(repository) if path not in kept),
        folder=first is not None and not first.records,
        moved=moved,
        state=(repository.common_dir / STATE).is_dir(),
        notes=tuple(_kept(branches, () if first else tuple(now))),
    )


def _kept(branches: list[str], refs: tuple[str, ...]) -> Iterator[str]:
    if branches:
        yield f"kept: branches of runs, they are your work: {', '.join(branches)}"
    if refs:
        yield f"kept: {', '.join(refs)}: nothing says any more which of it was there before init"


def remaining(repository: git.Repository) -> str:
    """What an uninstall without purging leaves, in words; "" when it leaves nothing."""
    refs = tuple(machine.notes_refs(repository))
    top = repository.common_dir / STATE
    runtime = top.is_dir() and any(not path.is_dir() for path in top.rglob("*"))
    left = [".git/twelve (journal, runs, proofs)"] * runtime + ["evidence in refs/notes/twelve"] * bool(refs)
    left += ["records below .twelve"] * bool(machine.records(repository))
    return ", ".join(left)


def remembered(repository: git.Repository) -> Before | None:
    """What an earlier uninstall kept in mind. None when there is nothing, or nothing that can be believed."""
    path = files.confined(repository.common_dir, BEFORE)
    try:
        return msgspec.json.decode(files.read_bounded(path, LIMIT), type=Before) if path.is_file() else None
    except msgspec.MsgspecError:
        return None


def keep_in_mind(repository: git.Repository, known: record.Record) -> None:
    """Before the record of init goes: what a later purge needs, where there is anything to purge."""
    if known.notes_refs != machine.notes_refs(repository) or known.records != machine.records(repository):
        text = msgspec.json.encode(Before(notes_refs=known.notes_refs, records=known.records))
        files.write_atomic(files.confined(repository.common_dir, BEFORE), text, mode=0o600)


def lines(purge: Purge) -> Iterator[str]:
    """What a person is told before and after."""
    for path in purge.records:
        yield f"removes {path}"
    for name, value in purge.moved.items():
        yield f"removes {name}" if not value else f"moves {name} back to {value[:12]}"
    if purge.state:
        yield "removes journal, runs, caches and proofs below .git/twelve"
    yield from purge.notes


def first(repository: git.Repository, purge: Purge) -> None:
    """Records and references, while the record of init can still say which."""
    for path in purge.records:
        files.confined(repository.root, path).unlink(missing_ok=True)
    top = repository.root / RECORDS
    if top.is_dir() and not top.is_symlink():
        for folder in sorted((path for path in top.rglob("*") if path.is_dir() and not path.is_symlink()), reverse=True):
            _drop(folder)
    for name, value in purge.moved.items():
        if value:
            repository.update_ref(name, value)
        else:
            repository.run("update-ref", "-d", name)


def last(repository: git.Repository, purge: Purge) -> None:
    """The runtime state, when everything else is gone."""
    if purge.state:
        files.remove_tree(repository.common_dir / STATE)
    _drop(repository.common_dir / "refs/twelve")
    if purge.folder:
        _drop(repository.root / RECORDS)


def _drop(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()
