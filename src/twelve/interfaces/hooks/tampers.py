"""Differences nobody allowed, kept for a person: a record of each and a line in the journal."""

from __future__ import annotations

import posix
import time

from twelve.interfaces.hooks import notation, seals, trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from twelve.interfaces.hooks.occasion import Occasion
    from twelve.interfaces.hooks.seals import Difference


def write_down(entry: Difference, seen: Occasion, state: str) -> None:
    """Keep one difference."""
    name, change, before, now = entry
    moment = time.time_ns()
    place = told((name,), seen.root)
    record = {
        "schema": "twelve.tamper.v1",
        "path": name,
        "change": change,
        "before": before,
        "after": now,
        "root": seen.root,
        "client": seen.client,
        "tool": trail.plain(seen.tool),
        "session": trail.short(seen.session),
        "at": trail.stamp(moment),
    }
    seals.keep(f"{state}/tamper/{moment}-{trail.short(name)}.json", record)
    tool = trail.plain(seen.tool)
    trail.record(state, "guard.tampered", seen.session, path=place[:200], change=change, client=seen.client, tool=tool)


def doubted(state: str, path: str) -> bool:
    """Whether a record nobody has settled names this file: what it grants does not count until a person has looked."""
    end = f"-{trail.short(path)}.json"
    try:
        return any(name.endswith(end) for name in posix.listdir(f"{state}/tamper"))
    except OSError:
        return False


def told_by_git(names: Iterable[str]) -> list[Difference]:
    """What git's hooks wrote down, from their records."""
    found = []
    for name in names:
        try:
            record = notation.read(seals.read(name))
        except (OSError, notation.Malformed):
            continue
        if record.get("client") == "git":
            found.append((str(record.get("path"))[:200], str(record.get("change"))[:200], "", ""))
    return found


def waiting(state: str) -> int:
    """How many differences wait for a person."""
    try:
        return sum(1 for name in posix.listdir(f"{state}/tamper") if name.endswith(".json"))
    except OSError:
        return 0


def told(names: Iterable[str], root: str) -> str:
    """Paths as a person reads them, few of them."""
    shown = [name.removeprefix(root + "/") for name in names]
    return ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")


def reason(strange: list[Difference], root: str) -> str:
    """What the model is told."""
    what = "; ".join(f"{told((name,), root)} was {change}" for name, change, _, _ in strange[:5])
    return (
        f"Protected files are not what they were: {what} [tampered]. Why: no allowed call did that. Next: stop, tell the person what "
        "happened and wait; it is recorded, and `twelve verify` refuses it until a person has looked."
    )
