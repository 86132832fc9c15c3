"""Canaries leave no trace in what is recorded about real work: no journal lines, no questions to people, no sign of life."""

from __future__ import annotations

import _imp
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from twelve.model.errors import TwelveError
from twelve.system import files
from twelve.workflow.fastpath import sections

LIMIT = 200_000
HEARTBEAT = "heartbeat"
NOBODY = _imp.source_hash(sections.KEY, b"").hex()
QUIET_S = 3_600
"""As the hook counts it: after so long without an answer nobody is at work."""


@contextmanager
def tidied(state: Path, client: str, session: str) -> Iterator[None]:
    """What the hook writes about this session meanwhile is taken away afterwards, also when proving breaks off."""
    beat = state / HEARTBEAT / client
    before = _beat(beat)
    try:
        yield
    finally:
        name = _imp.source_hash(sections.KEY, session.encode()).hex()
        for path in (*(state / "journal").glob(f"*-hooks-{name}.jsonl"), state / "sessions" / f"{name}.jsonl"):
            path.unlink(missing_ok=True)
        for path in (state / "journal").glob(f"*-hooks-{NOBODY}.jsonl"):
            # A payload nobody can read belongs to no session; ours are fired where nothing can be written.
            if not path.stat().st_size:
                path.unlink(missing_ok=True)
        for path in tuple(_questions(state, f"session-{name}")):
            path.unlink(missing_ok=True)
        _put_back(beat, before)


def _questions(state: Path, run: str) -> Iterator[Path]:
    for path in (state / "requests").glob("*.json"):
        try:
            found = msgspec.json.decode(files.read_bounded(path, LIMIT))
        except (msgspec.MsgspecError, TwelveError):
            continue
        if isinstance(found, dict) and found.get("run") == run:
            yield path


def _beat(path: Path) -> tuple[float, float] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_atime, found.st_mtime


def _put_back(path: Path, before: tuple[float, float] | None) -> None:
    """A session that begins soon must not take our shots for somebody at work. Somebody who was at work stays so."""
    if before is None:
        path.unlink(missing_ok=True)
    elif time.time() - before[1] > QUIET_S and path.exists():
        os.utime(path, before)
