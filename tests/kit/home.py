"""The person's own home is out of bounds: a test that writes there fails with a speaking name."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any


class RealHomeTouchedError(AssertionError):
    """A test changed something under the home folder of the person who runs it."""


TRUE_HOME = os.path.realpath(os.path.expanduser("~"))

# Things that legitimately live under a home: this checkout, the interpreter, temporary folders.
_ALLOWED = [os.path.realpath(place) for place in (Path(__file__).parents[2], sys.prefix, sys.base_prefix, os.environ.get("TMPDIR", "/tmp"))]

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {
    "os.chmod": (0,),
    "os.link": (1,),
    "os.mkdir": (0,),
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.rmdir": (0,),
    "os.symlink": (1,),
    "os.truncate": (0,),
}
"""Audit events that change something, with the positions of the paths they change."""


def forbid() -> None:
    """Install the guard for the rest of this process (audit hooks cannot be removed)."""
    if TRUE_HOME != "/":
        sys.addaudithook(_guard)


def inside(path: str) -> bool:
    """Whether a path lies in the true home and not in one of the places tests may use."""
    real = os.path.realpath(path)
    return TRUE_HOME != "/" and _below(real, TRUE_HOME) and not any(_below(real, place) for place in _ALLOWED) and "__pycache__" not in real


def _guard(event: str, args: tuple[Any, ...]) -> None:
    if event == "open":
        changed = args[:1] if isinstance(args[2], int) and args[2] & _WRITING else ()
    else:
        changed = tuple(args[position] for position in _CHANGES.get(event, ()))
    for path in changed:
        if isinstance(path, (str, bytes, os.PathLike)) and inside(os.fsdecode(path)):
            raise RealHomeTouchedError(f"{event} {os.fsdecode(path)!r}")


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
