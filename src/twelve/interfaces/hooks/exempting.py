"""Rules a person set aside for a while: which findings they take away, and that each use is counted.

The files are those of `factors.guardrails.exemptions`, whose first lines describe them.
"""

from __future__ import annotations

import posix
import time

from twelve.factors.guardrails.actions.action import DELETE, PRIVILEGE, READ, WRITE
from twelve.factors.guardrails.policy.decision import ALLOW, ASK, DENY, ORDER, Decision
from twelve.interfaces.hooks import notation, requests, tampers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.interfaces.hooks.entry import Site
    from twelve.interfaces.hooks.occasion import Occasion

NEVER = ("forge-evidence",)
"""What proves that a person decided cannot depend on who asks."""
_ABOUT_PATHS = (READ, WRITE, DELETE, PRIVILEGE)
_JOINTS = ";|&\n`$<>(){}"
_ENDS = "/" + _JOINTS
MOST = 50
"""Exemptions looked at (ours)."""


def applied(decision: Decision, seen: Occasion, site: Site) -> tuple[Decision, tuple[str, ...]]:
    """The decision without the findings that are set aside, and the ids that did it.

    Nothing is used up unless that lets the call through: an exemption from one of two rules helps nobody.
    """
    if decision.verdict not in (ASK, DENY):
        return decision, ()
    known = _active(site.state)
    stopping = [found for found in decision.findings if found.decision in (ASK, DENY)]
    chosen = [next((one for one in known if _covers(one, found, seen)), None) for found in stopping]
    if not known or None in chosen:
        return decision, ()
    used = {str(one["id"]): one for one in chosen if one is not None}
    if not all(_use(site.state, one) for one in used.values()):
        return decision, ()
    rest = tuple(found for found in decision.findings if found not in stopping)
    strongest = max((found.decision for found in rest), key=ORDER.index, default=ALLOW)
    return Decision(strongest, rest), tuple(used)


def _active(state: str) -> list[dict[str, Any]]:
    try:
        names = sorted(name for name in posix.listdir(f"{state}/exemptions") if name.endswith(".json"))[:MOST]
    except OSError:
        return []
    now = time.time()
    trusted = [path for name in names if not tampers.doubted(state, path := f"{state}/exemptions/{name}")]
    found = [requests.load(path) for path in trusted]
    return [one for one in found if one and _sound(one) and one["from"] <= now < one["expires"]]


def _sound(one: dict[str, Any]) -> bool:
    numbers = all(type(one.get(name)) is int for name in ("from", "expires", "uses"))
    return numbers and all(isinstance(one.get(name), str) and one[name] for name in ("id", "rule", "scope")) and "/" not in one["id"]


def _covers(one: dict[str, Any], found: Finding, seen: Occasion) -> bool:
    if one["rule"] != found.rule or found.rule in NEVER:
        return False
    action = found.action
    scope = str(one["scope"])
    if getattr(action, "kind", "") in _ABOUT_PATHS:
        return matches(str(getattr(action, "path", "")).removeprefix(seen.root + "/"), scope)
    command = seen.tool_input.get("command")
    return isinstance(command, str) and matches(command, scope, command=True)


def _use(state: str, one: dict[str, Any]) -> bool:
    """Counted by files only one process can create; 0 means any number within its time."""
    if one["uses"] == 0:
        return True
    used = notation.write({"at": int(time.time())}).encode()
    return any(requests.create(f"{state}/exemptions/{one['id']}.{number}.used", used) for number in range(1, one["uses"] + 1))


def matches(text: str, glob: str, *, command: bool = False) -> bool:
    """Whether all of `text` fits: `?` one sign, `*` any signs of one name, `**` any at all.

    In a command line either matches what stays within one simple command: what was granted for one must not cover a second.
    """
    reached = {0}
    place = 0
    while place < len(glob) and reached:
        sign = glob[place]
        if sign != "*":
            reached = {at + 1 for at in reached if at < len(text) and (text[at] == sign or (sign == "?" and text[at] not in _ENDS))}
            place += 1
            continue
        twice = glob.startswith("**", place)
        stops = _JOINTS if command else "" if twice else "/"
        reached = {end for at in reached for end in range(at, _stop(text, at, stops) + 1)}
        place += 2 if twice else 1
    return len(text) in reached


def _stop(text: str, at: int, stops: str) -> int:
    while at < len(text) and text[at] not in stops:
        at += 1
    return at
