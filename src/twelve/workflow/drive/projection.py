"""What a run looks like from outside: small files, readable without the engine and while nobody drives.

    <state>/runs/<run>/request.json          what was asked; written once
    <state>/runs/<run>/status.json           where it stands; replaced by the one process that drives it
    <state>/runs/<run>/entries/<key>.json    one finished effect each; written once, named by its key
    <state>/runs/<run>/logs/                 redacted transcripts and tool output

An entry is the proof that an effect happened: before repeating one after a crash, its key is looked up
here. Nothing in this module decides anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from twelve.factors.agents.harness import Usage
from twelve.model.errors import Trouble, TwelveError
from twelve.model.phase import Preset, Size
from twelve.system import clock, files

T = TypeVar("T", bound=Struct)

LIMIT = 8_000_000
"""Largest state file read, bytes (ours)."""


class RunState(StrEnum):
    """Where a run stands for a person. The first two need a driver; WAITING and ESCALATED need a person."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    ESCALATED = "escalated"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        return self in (RunState.DONE, RunState.FAILED, RunState.CANCELLED)


class RunRequest(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.run.v1"):
    """Everything a driver needs to know, fixed when the run is created."""

    run: str
    task: str
    preset: Preset = Preset.FULL
    asked: Size = Size.NORMAL
    """Smallest ceremony the person asked for; can only raise what risk and size decide."""
    size: Size = Size.NORMAL
    """Ceremony the run started with."""
    agent: str = "claude"
    script: str = ""
    """Copy of the replay script in the run's folder; "" for real agents."""
    base: str = ""
    """Commit the run starts from."""
    branch: str = ""
    worktree: str = ""
    created: str = ""
    dirty: bool = False
    """The person's tree had uncommitted changes when the run was created; they are not part of it."""
    notices: tuple[str, ...] = ()
    """What the person was told at the start."""


class RunStatus(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.run-status.v1"):
    run: str
    state: RunState = RunState.QUEUED
    phase: str = ""
    detail: str = ""
    waiting_on: tuple[str, ...] = ()
    """Ids of the approval requests that hold the run up."""
    segment: int = 0
    """Number of the latest stretch of driving between two waits; 0 = never driven."""
    executor: str = ""
    """Who drove it last."""
    updated: str = ""
    head: str = ""
    """Tip of the run's branch."""
    next: tuple[str, ...] = ()
    """What a person can do about what is missing."""
    unverified: tuple[str, ...] = ()
    """What was skipped although optional."""


class Entry(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.entry.v1"):
    """One finished effect."""

    key: str
    """`<segment>-<turn>`, unique within the run."""
    move: str
    """Name of the machine's move that asked for it."""
    phase: str = ""
    step: str = ""
    round: int = 1
    attempt: int = 1
    ok: bool = True
    kind: str = ""
    """How it failed: transient, permanent, red, cancelled; "" when ok."""
    detail: str = ""
    usage: Usage = field(default_factory=Usage)
    started: str = ""
    duration_s: float = 0.0
    log: str = ""
    """Path of the transcript or output, relative to the run's folder."""
    content: str = ""
    """Commit whose tree is the work after this effect."""
    commit: str = ""
    """Commit this effect put on the branch; "" when it made none."""
    data: dict[str, Any] = field(default_factory=dict)


class Runs:
    """The folder `<state>/runs`."""

    def __init__(self, state: Path) -> None:
        self.root = state / "runs"

    def folder(self, run: str) -> Path:
        return files.confined(self.root, run)

    def logs(self, run: str) -> Path:
        return self.folder(run) / "logs"

    def create(self, request: RunRequest) -> bool:
        """Write the request once; False when the run exists already."""
        folder = self.folder(request.run)
        (folder / "entries").mkdir(parents=True, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
        return files.create_exclusive(folder / "request.json", _encode(request))

    def request(self, run: str) -> RunRequest:
        """Raises TwelveError when there is no such run or its record is damaged."""
        path = self.folder(run) / "request.json"
        if not path.is_file():
            raise TwelveError(
                f"there is no run {run[:120]!r} in this repository",
                why="its record is kept in the repository that started it",
                next="list the runs with `twelve runs`",
            )
        return _decode(path, RunRequest)

    def status(self, run: str) -> RunStatus:
        path = self.folder(run) / "status.json"
        return _decode(path, RunStatus) if path.is_file() else RunStatus(run=run)

    def set_status(self, status: RunStatus) -> RunStatus:
        stamped = msgspec.structs.replace(status, updated=clock.iso(clock.now()))
        files.write_atomic(self.folder(status.run) / "status.json", _encode(stamped))
        return stamped

    def entry(self, run: str, key: str) -> Entry | None:
        path = self._entry(run, key)
        return _decode(path, Entry) if path.is_file() else None

    def add(self, run: str, entry: Entry) -> Entry:
        """Record an effect once. When another record under this key won, that one is returned and counts."""
        path = self._entry(run, entry.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        if files.create_exclusive(path, _encode(entry)):
            return entry
        return _decode(path, Entry)

    def entries(self, run: str) -> tuple[Entry, ...]:
        """Every finished effect, in order."""
        folder = self.folder(run) / "entries"
        if not folder.is_dir():
            return ()
        found = (_decode(path, Entry) for path in folder.iterdir() if path.suffix == ".json")
        return tuple(sorted(found, key=lambda entry: order(entry.key)))

    def cancel(self, run: str, reason: str, by: str) -> bool:
        """Record that a person ends the run; False when somebody did before. A driver honours it at its next look."""
        record = {"schema": "twelve.cancel.v1", "run": run, "reason": reason, "by": by, "at": clock.iso(clock.now())}
        return files.create_exclusive(self.folder(run) / "cancel.json", msgspec.json.format(msgspec.json.encode(record)) + b"\n")

    def cancellation(self, run: str) -> str:
        """The reason a person gave for ending the run; "" when nobody did."""
        path = self.folder(run) / "cancel.json"
        if not path.exists():
            return ""
        try:
            return str(msgspec.json.decode(files.read_bounded(path, LIMIT)).get("reason") or "no reason given")
        except (msgspec.MsgspecError, AttributeError):
            return "no readable reason"

    def all(self) -> Iterator[str]:
        """Ids of all runs, oldest first: ids start with the time they were made."""
        if self.root.is_dir():
            yield from sorted(path.name for path in self.root.iterdir() if (path / "request.json").is_file())

    def find(self, prefix: str) -> str:
        """The run whose id is, or alone starts or ends with, `prefix`. Raises TwelveError otherwise."""
        runs = list(self.all())
        if prefix in runs:
            return prefix
        matches = [run for run in runs if prefix and (run.startswith(prefix) or run.endswith(prefix))]
        if len(matches) == 1:
            return matches[0]
        raise TwelveError(
            f"{'several runs match' if matches else 'there is no run'} {prefix[:120]!r}",
            why=f"they are {', '.join(matches[:5])}" if matches else "a run id or its unambiguous beginning or end is expected",
            next="list the runs with `twelve runs --all`; a run by hand is shown by `twelve next`",
        )

    def _entry(self, run: str, key: str) -> Path:
        return self.folder(run) / "entries" / f"{key}.json"


def order(key: str) -> tuple[int, ...]:
    """`"2-10"` after `"2-9"`."""
    return tuple(int(part) for part in key.split("-") if part.isdigit())


def _encode(value: Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def _decode(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(files.read_bounded(path, LIMIT), type=kind)
    except (msgspec.MsgspecError, OSError) as error:
        raise TwelveError(
            f"{path} is damaged",
            why=str(error)[:300],
            next="restore the file from a backup, or start a new run for the task",
            kind=Trouble.DAMAGED,
        ) from error
