"""Uses of a permission: each is a file that only one process can create, so n uses stay n however many ask at once.

`<state>/uses/<first 16 of the decision's digest>.<n>.json`, n from 1. A use is recorded before the deed: whoever dies
between the two has used it up, or comes back with the same key and gets the same use again.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from twelve.factors.approvals.decision import SignedDecision
from twelve.model.errors import Trouble, TwelveError
from twelve.system import clock, files

LIMIT = 20_000
"""Largest file of a use, bytes (ours)."""
MOST_USES = 1000
"""More uses than this are none: what is allowed a thousand times is a rule (ours)."""


class Use(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.use.v1"):
    """One use of one permission."""

    decision: str
    """Digest of the decision."""
    number: int
    key: str
    """What it was used for; the same key is the same use."""
    at: datetime


def take(state: Path, signed: SignedDecision, key: str, *, now: datetime | None = None) -> Use:
    """Use a granted permission once for `key`. Raises TwelveError when it was refused, is over or used up."""
    moment = now or clock.now()
    known = taken(state, signed)
    again = next((use for use in known if use.key == key), None)
    if again:
        return again
    if not signed.decision.granted:
        raise _refused(signed, "it was rejected")
    if signed.decision.valid_until and moment > signed.decision.valid_until:
        raise _refused(signed, "its time is over")
    for number in range(1, min(signed.decision.uses, MOST_USES) + 1):
        use = Use(decision=signed.digest, number=number, key=key, at=moment)
        if files.create_exclusive(_path(state, signed, number), msgspec.json.encode(use)):
            return use
        there = _read(_path(state, signed, number))
        if there and there.key == key:
            return there
    raise _refused(signed, f"all of its {signed.decision.uses} uses are taken" if signed.decision.uses > 1 else "it was used already")


def taken(state: Path, signed: SignedDecision) -> tuple[Use, ...]:
    """Uses so far, in order."""
    paths = [_path(state, signed, number) for number in range(1, min(signed.decision.uses, MOST_USES) + 1)]
    return tuple(use for path in paths if path.is_file() and (use := _read(path)) is not None)


def left(state: Path, signed: SignedDecision) -> int:
    """How often it may still be used. A damaged file counts as a use."""
    allowed = min(signed.decision.uses, MOST_USES)
    return allowed - sum(_path(state, signed, number).exists() for number in range(1, allowed + 1))


def _read(path: Path) -> Use | None:
    try:
        return msgspec.json.decode(files.read_bounded(path, LIMIT), type=Use)
    except (msgspec.MsgspecError, TwelveError):
        return None


def _path(state: Path, signed: SignedDecision, number: int) -> Path:
    return state / "uses" / f"{signed.digest[:16]}.{number}.json"


def _refused(signed: SignedDecision, why: str) -> TwelveError:
    return TwelveError(
        f"{signed.decision.request} allows nothing now", why=why, next="ask for it again, and let a person answer", kind=Trouble.WAITING
    )
