"""Whether people's answers still mean something: how often they agree, and how fast.

80 to 90 of 100 approved is healthy, all approved is a gate nobody needs or nobody reads, under half means that the work
does not fit what people want (U:F08).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from msgspec import Struct

from twelve.factors.approvals.decision import Method
from twelve.factors.approvals.record import Standing
from twelve.model.settings import ApprovalSettings

WINDOW_DAYS = 30
"""Answers older than this say nothing about today (ours)."""
ENOUGH = 10
"""Fewer answers than this are no rate (ours)."""
UNREAD_SHARE = 0.5
"""From this share of unread approvals on, people wave things through (ours)."""


class State(StrEnum):
    """What the rate says."""

    TOO_FEW = "too few answers"
    HEALTHY = "healthy"
    HIGH = "high"
    LOW = "low"
    BAD = "bad"
    RUBBER_STAMP = "rubber stamp"


class Health(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.approval-health.v1"):
    """Answers people gave in the window."""

    state: State
    approved: int
    rejected: int
    expired: int
    standing: int
    """Answered by a standing approval; not counted in the rate."""
    rate: float | None
    median_s: float | None
    """Time from question to answer, seconds."""
    unread: int
    """Approvals given sooner than a person can read."""
    why: tuple[str, ...] = ()


def judge(found: Iterable[Standing], settings: ApprovalSettings, now: datetime) -> Health:
    """Health of the last 30 days."""
    recent = [item for item in found if now - item.request.created <= timedelta(days=WINDOW_DAYS)]
    answers = [(item.request, signed.decision) for item in recent for signed in item.answers]
    mine = [(request, decision) for request, decision in answers if decision.method is not Method.STANDING]
    waits = [(decision.at - request.created).total_seconds() for request, decision in mine]
    approved = sum(decision.granted for _, decision in mine)
    unread = sum(decision.granted and wait < settings.rubber_stamp_s for (_, decision), wait in zip(mine, waits, strict=True))
    state, why = _state(approved, len(mine), unread, settings)
    return Health(
        state=state,
        approved=approved,
        rejected=len(mine) - approved,
        expired=sum(item.level == 3 for item in recent),
        standing=len(answers) - len(mine),
        rate=round(approved / len(mine), 3) if mine else None,
        median_s=round(median(waits), 1) if waits else None,
        unread=unread,
        why=tuple(why),
    )


def _state(approved: int, total: int, unread: int, settings: ApprovalSettings) -> tuple[State, Sequence[str]]:
    if total < ENOUGH:
        return State.TOO_FEW, (f"{total} answers in {WINDOW_DAYS} days; a rate begins at {ENOUGH}",)
    rate, (low, high) = approved / total, settings.healthy_rate
    why = [f"{approved} of {total} approved; {low:.0%} to {high:.0%} is healthy"]
    if approved and unread / approved >= UNREAD_SHARE:
        return State.RUBBER_STAMP, [*why, f"{unread} approvals came within {settings.rubber_stamp_s:g} s: nobody reads that fast"]
    if approved == total:
        return State.RUBBER_STAMP, [*why, "nothing was ever rejected: ask less often, or read more closely"]
    if rate < settings.bad_rate:
        return State.BAD, [*why, "most proposals are refused: say earlier what is wanted"]
    if low <= rate <= high:
        return State.HEALTHY, why
    return (State.HIGH if rate > high else State.LOW), why
