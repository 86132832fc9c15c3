"""Whether this guard was seen to stop something here lately: one short line when it was not, nothing when it was."""

from __future__ import annotations

import posix
import time

from twelve.interfaces.hooks import notation, occasion, seals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.interfaces.hooks.entry import Site

DAY_S = 86_400


def doubts(site: Site, client: str, root: str) -> list[str]:
    """At most one line. A driven turn gets none: its driver looks for the proof of life itself."""
    if occasion.variable("TWELVE_RUN"):
        return []
    mark = _mark(site, client, root)
    at, until = mark.get("at_s"), mark.get("until_s")
    if not isinstance(at, int) or not isinstance(until, int):
        return ["this guard was never seen to stop anything here: `twelve prove` fires at it"]
    if mark.get("outcome") != "PASS":
        return ["this guard failed when it was last tried: `twelve prove` names the cause"]
    if time.time() > until:
        return [f"this guard was last proven {int(time.time() - at) // DAY_S} days ago: `twelve prove` does it again"]
    return ["the guard was generated anew since it was proven: `twelve prove`"] if _newer(site, at) else []


def _mark(site: Site, client: str, root: str) -> dict[str, Any]:
    """What is recorded about this client's guard in this work tree; empty when nothing is, or nothing that can be read."""
    try:
        marks = notation.read(seals.read(f"{site.state}/heartbeat/proof.json")).get("marks")
    except (OSError, notation.Malformed):
        return {}
    for mark in marks if isinstance(marks, list) else ():
        if isinstance(mark, dict) and mark.get("guard") == client and mark.get("root") == root:
            return mark
    return {}


def _newer(site: Site, at: int) -> bool:
    """Whether the program this very process runs was written after the trial; a second of rounding is none."""
    try:
        return posix.stat(f"{site.folder}/hook.bin").st_mtime > at + 1
    except OSError:
        return True
