"""What the share and the speed of answers say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from twelve.factors.approvals import health
from twelve.factors.approvals.decision import Decision, Method, SignedDecision, Tier
from twelve.factors.approvals.record import Request, Standing
from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.model.settings import ApprovalSettings

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def answered(number: int, *, granted: bool, wait_s: float = 600, method: Method = Method.TYPED_CHALLENGE, days: int = 1) -> Standing:
    asked = NOON - timedelta(days=days)
    request = Request(
        id=f"plan-{number:08x}", run="", kind=RequestKind.PLAN, subject="s", question="?", created=asked, overdue=asked, expires=asked
    )
    decision = Decision(
        request=request.id,
        subject="s",
        granted=granted,
        reason="",
        by="ana",
        method=method,
        tier=Tier.ADVISORY,
        at=asked + timedelta(seconds=wait_s),
    )
    return Standing(request=request, status=RequestStatus.GRANTED, decision=decision, answers=(SignedDecision(decision=decision),))


@pytest.mark.parametrize(
    ("yes", "no", "wait_s", "state"),
    [
        (5, 0, 600, health.State.TOO_FEW),
        (17, 3, 600, health.State.HEALTHY),
        (8, 2, 600, health.State.HEALTHY),
        (19, 1, 600, health.State.HIGH),
        (20, 0, 600, health.State.RUBBER_STAMP),
        (17, 3, 2, health.State.RUBBER_STAMP),
        (12, 8, 600, health.State.LOW),
        (4, 8, 600, health.State.BAD),
    ],
)
def test_the_rate_and_the_speed_name_the_state(yes: int, no: int, wait_s: float, state: health.State) -> None:
    found = [answered(number, granted=number < yes, wait_s=wait_s) for number in range(yes + no)]
    told = health.judge(found, ApprovalSettings(), NOON)
    assert told.state is state
    assert (told.approved, told.rejected) == (yes, no)


def test_old_answers_and_standing_approvals_do_not_count() -> None:
    old = [answered(number, granted=True, days=31) for number in range(20)]
    beforehand = [answered(number, granted=True, method=Method.STANDING) for number in range(20)]
    told = health.judge([*old, *beforehand], ApprovalSettings(), NOON)
    assert (told.state, told.standing, told.rate) == (health.State.TOO_FEW, 20, None)
