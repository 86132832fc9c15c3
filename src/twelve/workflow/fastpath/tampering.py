"""Unexplained changes of protected files, for the people and programs that look at them afterwards."""

from __future__ import annotations

import _imp
import json
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.system import clock, files, journal, provenance
from twelve.workflow.fastpath import sections

FOLDER = "tamper"
SETTLED = "settled"
SEALS = "seals"
LIMIT = 100_000


class Tamper(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.tamper.v1"):
    """One difference the hooks found after a call or at the start of a session."""

    path: str
    change: str
    """changed, created or deleted."""
    before: str
    after: str
    """Digests with what they are of in front; "" where there was nothing."""
    root: str
    """The work tree it was found in."""
    client: str
    tool: str
    session: str
    at: datetime


def waiting(state: Path) -> tuple[Tamper, ...]:
    """Differences no person has looked at, oldest first. A damaged record counts: it is shown as its own tampering."""
    return tuple(_load(path) for path in _records(state))


def note(state: Path, *, path: str, change: str, root: Path, tool: str, before: str = "", after: str = "") -> bool:
    """Keep what somebody other than the hooks of a client found; False when a person was told exactly this before. Raises TwelveError."""
    if any((item.path, item.change, item.after) == (path, change, after) for item in waiting(state)):
        return False
    made = Tamper(
        path=path, change=change, before=before, after=after, root=str(root), client="git", tool=tool, session="", at=clock.now()
    )  # fmt: skip
    name = f"{int(made.at.timestamp() * 1_000_000_000)}-{files.digest_bytes(path.encode())[:16]}.json"
    files.write_atomic(state / FOLDER / name, msgspec.json.encode(made), mode=0o600)
    journal.Journal(state / "journal").emit("guard.tampered", path=path[:200], change=change, client="git", tool=tool)
    return True


def settle(state: Path, *, by: str, reason: str) -> int:
    """A person has looked: the records are kept aside with who and why. Returns how many there were. Raises TwelveError."""
    found = _records(state)
    for path in found:
        note = {"by": by, "reason": reason, "at": clock.iso(clock.now()), "record": files.read_text(path, LIMIT)}
        target = path.parent / SETTLED / path.name
        target.parent.mkdir(exist_ok=True, mode=0o700)
        files.write_atomic(target, json.dumps(note), mode=0o600)
        path.unlink()
        provenance.wrote(state, path)
    return len(found)


def forget_seals(state: Path, root: Path) -> None:
    """How things are now counts from the next look on: for whoever changed protected files on a person's word."""
    path = state / SEALS / f"{_imp.source_hash(sections.KEY, str(root).encode()).hex()}.json"
    path.unlink(missing_ok=True)
    provenance.wrote(state, path)


def _records(state: Path) -> list[Path]:
    folder = state / FOLDER
    return sorted(path for path in folder.glob("*.json") if path.is_file()) if folder.is_dir() else []


def _load(path: Path) -> Tamper:
    try:
        return msgspec.json.decode(files.read_bounded(path, LIMIT), type=Tamper)
    except (msgspec.MsgspecError, TwelveError):
        unknown = {"before": "", "after": "", "root": "", "client": "", "tool": "", "session": ""}
        return Tamper(path=str(path), change="changed", at=clock.now(), **unknown)
