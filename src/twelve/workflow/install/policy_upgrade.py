"""The tracked part of an upgrade: policy and make targets, merged line by line with what a person made of them."""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

from twelve.system import files, git
from twelve.version import __version__
from twelve.workflow.install import carrying, difference, makefile, tracked
from twelve.workflow.install.outcomes import Outcome, Verdict
from twelve.workflow.install.values import MANIFEST, Action, Change, Entry, Place, encode, load

_GATE = re.compile(r"^\[gates\.([A-Za-z0-9_-]+)\]", re.MULTILINE)


class Shared(Struct, frozen=True, kw_only=True):
    changes: tuple[Change, ...]
    outcomes: tuple[Outcome, ...]
    texts: dict[str, str]
    """What we would write today: the base of the next merge."""


def plan(repository: git.Repository, texts: dict[str, str], *, force: frozenset[str]) -> Shared:
    """What to do with each file of the manifest. Nothing without one."""
    manifest = load(repository.root)
    if manifest is None:
        return Shared(changes=(), outcomes=(), texts=texts)
    changes: list[Change] = []
    outcomes: list[Outcome] = []
    entries: list[Entry] = []
    bases = dict(texts)
    for entry in manifest.entries:
        new = _new(repository, entry)
        told, after = _one(repository, entry, new, bases.get(entry.path), forced=entry.path in force)
        outcomes.append(told)
        current = carrying.content(repository, Place.TREE, entry.path)
        if told.verdict in (Verdict.REPLACED, Verdict.MERGED) and after is not None:
            changes.append(Change(path=entry.path, before=current, after=after))
            bases |= {entry.path: new.decode()} if new is not None and entry.action is Action.CREATE else {}
        entries.append(_entry(entry, after) if told.verdict is Verdict.REPLACED and after is not None else entry)
    if not changes and manifest.finished:
        return Shared(changes=(), outcomes=tuple(outcomes), texts=bases)
    before = carrying.content(repository, Place.TREE, MANIFEST)
    opened = encode(msgspec.structs.replace(manifest, finished=False, entries=tuple(entries)))
    closed = encode(msgspec.structs.replace(manifest, twelve=__version__, finished=True, entries=tuple(entries)))
    frame = (Change(path=MANIFEST, before=before, after=opened), *changes, Change(path=MANIFEST, before=opened, after=closed))
    return Shared(changes=frame, outcomes=tuple(outcomes), texts=bases)


def _new(repository: git.Repository, entry: Entry) -> bytes | None:
    """What this version writes; for a block the block alone."""
    if entry.action is Action.APPEND:
        lead = entry.block[: len(entry.block) - len(entry.block.lstrip("\n"))]
        return lead.encode() + makefile.body()
    return tracked.fresh(repository, entry.path)


def _one(repository: git.Repository, entry: Entry, new: bytes | None, base: str | None, *, forced: bool) -> tuple[Outcome, bytes | None]:
    current = carrying.content(repository, Place.TREE, entry.path)
    if current is None or new is None:
        return Outcome(
            path=entry.path, verdict=Verdict.KEPT, why="it stays removed" if current is None else "this version writes no such file"
        ), None
    if entry.action is Action.APPEND:
        return _block(entry, current, new)
    if current == new or files.digest_bytes(new) == entry.after or (base is not None and base.encode() == new):
        return Outcome(
            path=entry.path, verdict=Verdict.UNCHANGED, why="" if files.digest_bytes(current) == entry.after else "with your edits"
        ), None
    if files.digest_bytes(current) in (entry.after, entry.former) or forced:
        return Outcome(path=entry.path, verdict=Verdict.REPLACED, why=_gates(current, new)), new
    merged = _merge(repository, current, base.encode(), new) if base is not None else None
    if merged is not None:
        return Outcome(path=entry.path, verdict=Verdict.MERGED, why=_gates(current, merged)), merged
    shown = "".join(difference.text_diff(current, new, f"a/{entry.path}", f"b/{entry.path}"))
    return Outcome(
        path=entry.path, verdict=Verdict.KEPT, person=True, why="your edits and the new text do not merge", difference=shown
    ), None


def _gates(current: bytes, after: bytes) -> str:
    """Which gates a new text of the policy adds and takes away, in words; "" when it does neither."""
    old, new = (dict.fromkeys(_GATE.findall(data.decode("utf-8", "replace"))) for data in (current, after))
    added, gone = ", ".join(gate for gate in new if gate not in old), ", ".join(gate for gate in old if gate not in new)
    return "; ".join(filter(None, (f"new gates: {added}" if added else "", f"gates taken out: {gone}" if gone else "")))


def _block(entry: Entry, current: bytes, new: bytes) -> tuple[Outcome, bytes | None]:
    old = entry.block.encode()
    if old == new:
        return Outcome(path=entry.path, verdict=Verdict.UNCHANGED), None
    if current.count(old) == 1:
        return Outcome(path=entry.path, verdict=Verdict.REPLACED), current.replace(old, new)
    shown = "".join(difference.text_diff(old, new, f"a/{entry.path}", f"b/{entry.path}"))
    return Outcome(path=entry.path, verdict=Verdict.KEPT, person=True, why="the block of twelve was edited", difference=shown), None


def _entry(entry: Entry, after: bytes) -> Entry:
    if entry.action is Action.CREATE:
        return msgspec.structs.replace(entry, after=files.digest_bytes(after), former=entry.after)
    block = after[entry.length_before :].decode("utf-8", "surrogateescape")
    return msgspec.structs.replace(entry, after=files.digest_bytes(after), block=block)


def _merge(repository: git.Repository, current: bytes, base: bytes, new: bytes) -> bytes | None:
    """Both changes in one text; None when they touch the same lines."""
    with files.scratch_directory() as folder:
        for name, data in (("current", current), ("base", base), ("new", new)):
            files.write_atomic(folder / name, data)
        answer = repository.ask("merge-file", "-p", *(str(folder / name) for name in ("current", "base", "new")))
    return answer.out if answer.code == 0 else None
