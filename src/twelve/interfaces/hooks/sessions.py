"""What a session did, as far as its claims can be held against it: edits of source, results of checks, blocks at its end.

One file per session, one line per happening, each added with one write; concurrent hooks never mix their lines.
"""

from __future__ import annotations

import posix

from twelve.interfaces.hooks import notation, trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.interfaces.hooks.entry import Site
    from twelve.interfaces.hooks.occasion import Occasion

EDIT = "edit"
CHECK = "check"
BLOCK = "block"
ARMED = "armed"
LET = "let"
"""A person's word let a call through that the policy refuses."""
LIMIT = 1_000_000
"""Bytes of the newest lines read (ours: some 10 000 happenings)."""


def path(state: str, session: str) -> str:
    """The file of one session."""
    return f"{state}/sessions/{trail.short(session)}.jsonl"


def note(site: Site, seen: Occasion, kind: str, **fields: Any) -> None:
    """Add one happening. A record that cannot be written leaves claims without support, which is the safe side."""
    line = notation.write({"kind": kind, "agent": trail.plain(seen.agent), **fields})
    try:
        trail.append(path(site.state, seen.session), line)
    except OSError:
        return


def happenings(state: str, session: str) -> tuple[dict[str, Any], ...]:
    """Everything noted, oldest first; damaged lines are left out."""
    try:
        descriptor = posix.open(path(state, session), posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NOFOLLOW)
    except OSError:
        return ()
    try:
        size = posix.fstat(descriptor).st_size
        raw = posix.pread(descriptor, LIMIT, max(0, size - LIMIT))
    finally:
        posix.close(descriptor)
    return tuple(_lines(raw))


def _lines(raw: bytes) -> list[dict[str, Any]]:
    found = []
    for line in raw.split(b"\n"):
        try:
            found.append(notation.read(line))
        except notation.Malformed:
            continue
    return found
