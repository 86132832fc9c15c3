"""Which of the files that decide something Twelve itself wrote: what the guard finds changed without a line here was forged or edited.

    <state>/provenance.jsonl: {"path": "/absolute", "digest": "<sha256>"}     "" = it was taken away

The last line about a path counts. A process of the same user can write here too, so this tells carelessness and programs
that do not know Twelve from Twelve; it proves nothing about a person.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from twelve.model.errors import TwelveError
from twelve.system import files

FILE = "provenance.jsonl"
LIMIT = 64_000_000
"""Largest record read, bytes (ours)."""
LARGE = 1_000_000
"""From then on lines that later ones replaced are dropped, bytes (ours); the guard reads twice as much."""


def wrote(state: Path, *paths: Path) -> None:
    """Note these files as they are now. A state folder that is not there or cannot be written loses the note and nothing else."""
    for path in paths:
        try:
            digest = files.digest(path) if path.is_file() and not path.is_symlink() else ""
        except TwelveError:
            continue
        with suppress(TwelveError):
            files.append_line(state / FILE, _line(str(path.absolute()), digest))
    with suppress(TwelveError, OSError):
        if (state / FILE).stat().st_size > LARGE:
            _shorten(state)


def noted(state: Path) -> dict[str, str]:
    """What was last written down about each path; empty without a record."""
    path = state / FILE
    found: dict[str, str] = {}
    try:
        lines = files.read_bounded(path, LIMIT).splitlines() if path.is_file() else []
    except TwelveError:
        return {}
    for line in lines:
        with suppress(ValueError, TypeError, KeyError):
            entry = json.loads(line)
            found[str(entry["path"])] = str(entry["digest"])
    return found


def _shorten(state: Path) -> None:
    """Only the last line about each path; what another process adds in this very moment may be lost and is then asked about."""
    with files.FileLock(state / f"{FILE}.lock", timeout_s=5):
        kept = b"".join(_line(path, digest) + b"\n" for path, digest in noted(state).items())
        files.write_atomic(state / FILE, kept, mode=0o600)


def _line(path: str, digest: str) -> bytes:
    return json.dumps({"path": path, "digest": digest}, separators=(",", ":")).encode()
