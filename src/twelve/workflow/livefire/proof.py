"""The record of live fire, and whether it still says something about what is registered now."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.model.verdict import Outcome
from twelve.system import clock, files, provenance
from twelve.version import __version__
from twelve.workflow.fastpath import bundle
from twelve.workflow.livefire import clients, gitguards, tidying
from twelve.workflow.livefire.entries import Reading
from twelve.workflow.livefire.words import Around, Guard

FILE = "proof.json"
LIMIT = 1_000_000
DAY_S = 86_400
POLICY_FILES = ("twelve.toml", ".twelve/local.toml")


class Mark(Struct, frozen=True, kw_only=True):
    """One guard as it was fired at in one work tree."""

    guard: str
    root: str
    outcome: Outcome
    causes: tuple[str, ...] = ()
    fired: dict[str, str] = {}
    """What the outcome depends on -> its digest then."""
    at: datetime
    at_s: int
    """The same moment in seconds since the epoch, for the hook."""
    until_s: int
    """From then on it is too old to count; the hook says so when a session begins."""


class Proof(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.guard-proof.v1"):
    """The last live fire at each guard. Work trees share the file."""

    version: str
    marks: tuple[Mark, ...]

    def of(self, root: Path) -> dict[str, Mark]:
        """The marks of one work tree by guard."""
        return {mark.guard: mark for mark in self.marks if mark.root == str(root)}


class Standing(Struct, frozen=True, kw_only=True):
    """What the record says about one guard now."""

    guard: str
    proven: bool
    why: str = ""
    """Why it is not."""


def path(state: Path) -> Path:
    """Where the record lies."""
    return state / tidying.HEARTBEAT / FILE


def keep(around: Around, guards: Iterable[Guard], *, days: float) -> Proof:
    """Record what came of a trial; guards that were not tried this time keep their marks. Raises TwelveError."""
    now = clock.now()
    tried = [_mark(around, guard, now, days) for guard in guards if guard.outcome is not Outcome.SKIP]
    earlier = load(around.repository.state_dir)
    new = {(mark.root, mark.guard) for mark in tried}
    kept = [mark for mark in earlier.marks if (mark.root, mark.guard) not in new and Path(mark.root).is_dir()] if earlier else []
    proof = Proof(version=__version__, marks=(*kept, *tried))
    target = path(around.repository.state_dir)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.write_atomic(target, msgspec.json.encode(proof), mode=0o600)
    provenance.wrote(around.repository.state_dir, target)
    return proof


def load(state: Path) -> Proof | None:
    """The record; None without one, or when it cannot be read: then nothing is proven."""
    try:
        return msgspec.json.decode(files.read_bounded(path(state), LIMIT), type=Proof)
    except (msgspec.MsgspecError, TwelveError):
        return None


def standings(around: Around, wanted: Iterable[str], *, days: float, now: datetime | None = None) -> Iterator[Standing]:
    """Every wanted guard: proven, or why not. Runs nothing."""
    found = load(around.repository.state_dir)
    marks = found.of(around.root) if found else {}
    for name in wanted:
        mark = marks.get(name)
        if mark is None:
            why = "never fired at here"
        elif mark.outcome is not Outcome.PASS:
            why = f"failed when it was last tried: {', '.join(mark.causes)}"
        elif changed := _changed(mark, fired(around, name)):
            why = f"{changed} changed since"
        else:
            old = (now or clock.now()) - mark.at > timedelta(days=days)
            why = f"last seen more than {days:g} days ago" if old else ""
        yield Standing(guard=name, proven=not why, why=why)


def fired(around: Around, guard: str) -> dict[str, str]:
    """Everything the outcome for a guard depends on, with its digest now."""
    repository = around.repository
    parts = {"the generated hook": bundle.written(repository)}
    if guard in clients.READERS:
        reading = clients.READERS[guard](around)
        parts["the policy"] = _policy(around.root)
        parts |= {"the client's settings": _registered(reading), "the interpreter": _interpreters(reading)}
    else:
        # Git hooks hand over to the full program, which reads the policy each time.
        parts["the git hooks"] = files.digest_bytes("\n".join(gitguards.digest_parts(repository)).encode())
    return parts


def _mark(around: Around, guard: Guard, at: datetime, days: float) -> Mark:
    causes = tuple(dict.fromkeys(problem.cause.value for problem in guard.problems))
    seconds = int(at.timestamp())
    return Mark(
        guard=guard.name,
        root=str(around.root),
        outcome=guard.outcome,
        causes=causes,
        fired=fired(around, guard.name),
        at=at,
        at_s=seconds,
        until_s=seconds + int(days * DAY_S),
    )


def _changed(mark: Mark, now: dict[str, str]) -> str:
    return " and ".join(name for name, digest in now.items() if mark.fired.get(name) != digest)


def _registered(reading: Reading) -> str:
    """Only what concerns our hooks: clients write other things into the same files all day."""
    return files.digest_bytes(msgspec.json.encode((reading.ours, reading.problems)))


def _interpreters(reading: Reading) -> str:
    told = []
    for name in sorted({entry.words[0] for entry in reading.ours if entry.words}):
        try:
            found = os.stat(name)
            told.append(f"{os.path.realpath(name)} {found.st_size} {found.st_mtime_ns}")
        except OSError:
            told.append(f"{name} gone")
    return files.digest_bytes("\n".join(told).encode())


def _policy(root: Path) -> str:
    digests = (files.digest(root / name) if (root / name).is_file() else "" for name in POLICY_FILES)
    return files.digest_bytes("\n".join(digests).encode())
