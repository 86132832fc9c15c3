"""The machine's stamped answer for a project folder: written by whoever moves the run, read here.

One file per folder, because several runs work beside each other in their own work trees. Absent, damaged or older than
MAX_AGE_S means unknown, and the policy decides what unknown means.
"""

from __future__ import annotations

import posix
import time

from twelve.interfaces.hooks import notation, trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LIMIT = 100_000
MAX_AGE_S = 14_400
"""Older answers say nothing (ours: the longest a run works by default)."""


def path(state: str, root: str) -> str:
    """The file of one project folder."""
    return f"{state}/phase/{trail.short(root)}.json"


def standing(state: str, root: str) -> dict[str, Any] | None:
    """Where the work in `root` stands; None = unknown."""
    try:
        descriptor = posix.open(path(state, root), posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NOFOLLOW)
    except OSError:
        return None
    try:
        if time.time() - posix.fstat(descriptor).st_mtime > MAX_AGE_S:
            return None
        stamped = notation.read(posix.read(descriptor, LIMIT))
    except (OSError, notation.Malformed):
        return None
    finally:
        posix.close(descriptor)
    return stamped if stamped.get("root") == root else None
