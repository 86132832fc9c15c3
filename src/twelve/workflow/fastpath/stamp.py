"""The machine's answer for one work tree, written where the hooks read it: which phase is open and how much ceremony it has."""

from __future__ import annotations

import _imp
import json
from pathlib import Path

from twelve.system import clock, files
from twelve.workflow.fastpath import sections


def write(state: Path, root: Path, *, phase: str, size: str, run: str) -> None:
    """Stamp the phase of the work tree at `root`. Raises TwelveError."""
    stamped = {"root": str(root), "run": run, "phase": phase, "size": size, "at": clock.iso(clock.now())}
    path = place(state, root)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.write_atomic(path, json.dumps(stamped), mode=0o600)


def clear(state: Path, root: Path) -> None:
    """Nothing is open in this work tree any more."""
    place(state, root).unlink(missing_ok=True)


def place(state: Path, root: Path) -> Path:
    """The file of one work tree; the hooks derive the same name."""
    return state / "phase" / f"{_imp.source_hash(sections.KEY, str(root).encode()).hex()}.json"
