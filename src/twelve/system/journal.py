"""What happened, as JSON lines: one append-only fragment per process, one write per event."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import Struct

from twelve.model import events
from twelve.model.errors import TwelveError
from twelve.system import clock, files
from twelve.system.redact import redact_value

FIELD_LIMIT = 8_000
"""Longest text of one field, characters (ours); what is longer is cut and says so."""
DEPTH_LIMIT = 8
WIDTH_LIMIT = 200
"""Deepest nesting and most members of a list or mapping in one field (ours)."""
LINE_LIMIT = 1_000_000
"""Longest line a reader accepts, bytes."""


def _shallow(value: Any, depth: int = 0) -> Any:
    """Lists and mappings cut to a bounded width and depth."""
    if not isinstance(value, (Mapping, list, tuple)):
        return value
    if depth >= DEPTH_LIMIT:
        return "[cut: nested too deep]"
    if isinstance(value, Mapping):
        return {str(key)[:200]: _shallow(member, depth + 1) for key, member in islice(value.items(), WIDTH_LIMIT)}
    return [_shallow(member, depth + 1) for member in value[:WIDTH_LIMIT]]


def _short(value: Any) -> Any:
    """Texts cut to a bounded length. After redaction: half a secret would no longer be recognised."""
    if isinstance(value, str):
        return value if len(value) <= FIELD_LIMIT else value[: FIELD_LIMIT - 40] + f"[cut: {len(value)} characters]"
    if isinstance(value, Mapping):
        return {key: _short(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_short(member) for member in value]
    return value


def _line(members: dict[str, Any]) -> bytes:
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate (part of an undecodable file name) has no UTF-8; its JSON escape is the same value.
    return text.encode("utf-8", "backslashreplace") + b"\n"


class _Fragment:
    """The file of one process. Replaced, never shared, when the process forks."""

    def __init__(self, folder: Path, moment: datetime) -> None:
        self.pid = os.getpid()
        self.lock = threading.Lock()
        self.seq = 0
        while True:
            self.path = folder / f"{clock.stamp(moment)}-{self.pid}-{secrets.token_hex(2)}.jsonl"
            if files.create_exclusive(self.path, b""):
                return


class Journal:
    """Emits events to `folder`. Safe in threads and across fork; nothing is written before the first event."""

    def __init__(self, folder: Path, *, clock: Callable[[], datetime] = clock.now) -> None:
        self.folder = folder
        self._now = clock
        self._fragment: _Fragment | None = None
        self._opening = threading.Lock()
        self._opener = os.getpid()

    def emit(self, name: str, **fields: Any) -> None:
        """Append one event. ValueError for an unknown name; TwelveError when the journal cannot be written.

        Fields are those of `model.events` by Python or wire name; others land in `attributes`.
        """
        self.record(events.build(name, **fields))

    def record(self, event: events.Event) -> None:
        """Append one typed event: redacted, bounded, in a single write."""
        members = _short(redact_value(_shallow(events.wire(event))))
        try:
            self._append(members)
        except TwelveError:
            # A torn line stays alone in its fragment: the next event starts a new one.
            self._fragment = None
            raise

    def _append(self, members: dict[str, Any]) -> None:
        fragment = self._current()
        with fragment.lock:
            fragment.seq += 1
            # Microseconds always: with a fixed width, text order is time order.
            moment = self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            head = {"schema": events.SCHEMA, "name": members["name"], "ts": moment, "pid": fragment.pid, "seq": fragment.seq}
            line = _line({**head, **members})
            if len(line) > LINE_LIMIT:
                line = _line({**head, **members, "attributes": {"cut": f"{len(line)} bytes"}})
            files.append_line(fragment.path, line)

    def _current(self) -> _Fragment:
        pid = os.getpid()
        if pid != self._opener:
            # The parent may have held the lock at the moment of the fork; nobody would ever release it here.
            self._opening, self._opener, self._fragment = threading.Lock(), pid, None
        with self._opening:
            if self._fragment is None:
                self._fragment = _Fragment(self.folder, self._now())
            return self._fragment


class Reading(Struct, frozen=True, kw_only=True):
    """Everything readable in a journal, and how much was not."""

    events: tuple[dict[str, Any], ...]
    torn: int
    """Lines cut off by a crash, or that are not events of a known schema."""
    fragments: int


def _parse(line: bytes) -> dict[str, Any] | None:
    if len(line) > LINE_LIMIT:
        return None
    try:
        members = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(members, dict) or members.get("schema") != events.SCHEMA:
        return None
    well_formed = isinstance(members.get("ts"), str) and isinstance(members.get("name"), str) and isinstance(members.get("seq"), int)
    return members if well_formed else None


def read_all(folder: Path) -> Reading:
    """All events merged by time, then by fragment and number; torn lines are skipped and counted.

    Within one fragment the order of writing wins over a clock that was set back.
    """
    keyed: list[tuple[str, str, int, dict[str, Any]]] = []
    torn = 0
    paths = sorted(path for path in folder.glob("*.jsonl") if path.is_file() and not path.is_symlink()) if folder.is_dir() else []
    for path in paths:
        latest = ""
        with path.open("rb") as lines:
            for number, line in enumerate(lines):
                event = _parse(line)
                if event is None:
                    torn += 1
                    continue
                latest = max(latest, event["ts"])
                keyed.append((latest, path.name, number, event))
    keyed.sort(key=lambda entry: entry[:3])
    return Reading(events=tuple(entry[3] for entry in keyed), torn=torn, fragments=len(paths))


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """The events of `read_all`, in order."""
    yield from read_all(folder).events
