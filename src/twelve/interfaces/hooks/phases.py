"""The machine's answer for a work tree: written by `workflow.stamp` whenever a run moves, read here.

One file per tree, because several runs work beside each other. Absent, damaged or past its time means unknown, and the
policy decides what unknown means.
"""

from __future__ import annotations

import posix
import time

from twelve.factors.guardrails.actions import links
from twelve.interfaces.hooks import notation, trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMA = "twelve.phase.v1"
LIMIT = 20_000


def path(state: str, root: str) -> str:
    """The file of one work tree, given by its real path."""
    return f"{state}/phase/{trail.short(root)}.json"


def standing(state: str, root: str) -> dict[str, Any] | None:
    """Where the work in `root` stands; None = unknown."""
    real = links.real(root)
    try:
        descriptor = posix.open(path(state, real), posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NOFOLLOW)
    except OSError:
        return None
    try:
        stamped = notation.read(posix.read(descriptor, LIMIT))
    except (OSError, notation.Malformed):
        return None
    finally:
        posix.close(descriptor)
    expires = stamped.get("expires")
    if stamped.get("schema") != SCHEMA or stamped.get("root") != real or not isinstance(expires, int | float):
        return None
    return stamped if expires > time.time() else None
