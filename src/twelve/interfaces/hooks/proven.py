"""Whether this guard was seen to stop something here lately: one short line when it was not, nothing when it was."""

from __future__ import annotations

import posix
import time

from twelve.interfaces.hooks import notation, occasion, seals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from twelve.interfaces.hooks.entry import Site

DAY_S = 86_400


def doubts(site: Site, client: str) -> list[str]:
    """At most one line. A driven turn gets none: its driver looks for the proof of life itself."""
    if occasion.variable("TWELVE_RUN"):
        return []
    try:
        found = notation.read(seals.read(f"{site.state}/heartbeat/proof.json"))
        marks = found.get("marks")
        mine = [mark for mark in marks if isinstance(mark, dict) and mark.get("guard") == client] if isinstance(marks, list) else []
        at, until = found.get("at_s"), found.get("until_s")
    except (OSError, notation.Malformed):
        mine, at, until = [], None, None
    if not mine or not isinstance(at, int) or not isinstance(until, int):
        return ["this guard was never seen to stop anything here: `twelve prove` fires at it"]
    if mine[0].get("outcome") != "PASS":
        return ["this guard failed when it was last tried: `twelve prove` names the cause"]
    if time.time() > until:
        return [f"this guard was last proven {int(time.time() - at) // DAY_S} days ago: `twelve prove` does it again"]
    return ["the guard was generated anew since it was proven: `twelve prove`"] if _newer(site, at) else []


def _newer(site: Site, at: int) -> bool:
    """Whether the program this very process runs was written after the trial; a second of rounding is none."""
    try:
        return posix.stat(f"{site.folder}/hook.bin").st_mtime > at + 1
    except OSError:
        return True
