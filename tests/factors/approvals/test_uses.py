"""What may be used n times is used n times, by however many processes, however they die."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from twelve.factors.approvals import record, request, revoking, standing, uses
from twelve.factors.approvals.brief import Brief, Display, display, gaps
from twelve.factors.approvals.decision import Decision, Method, Revocation, SignedDecision, Tier
from twelve.factors.approvals.record import Standing, Wish
from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.model.errors import TwelveError
from twelve.model.settings import ApprovalSettings

SOURCE = str(Path(__file__).parents[3] / "src")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SUBJECT = "b" * 64


def permission(count: int = 1, **changes: Any) -> SignedDecision:
    decision = Decision(
        request="deploy-bbbbbbbb",
        subject=SUBJECT,
        granted=True,
        reason="",
        by="ana",
        method=Method.TYPED_CHALLENGE,
        tier=Tier.ADVISORY,
        at=NOON,
        uses=count,
    )
    return SignedDecision(decision=structs.replace(decision, **changes))


def test_a_permission_is_used_once_and_again_only_for_the_same_deed(tmp_path: Path) -> None:
    item = permission()
    first = uses.take(tmp_path, item, "apply 1", now=NOON)
    assert uses.take(tmp_path, item, "apply 1", now=NOON) == first
    with pytest.raises(TwelveError, match="allows nothing now"):
        uses.take(tmp_path, item, "apply 2", now=NOON)


@pytest.mark.parametrize("changes", [{"granted": False}, {"valid_until": NOON - timedelta(seconds=1)}])
def test_what_was_refused_or_is_over_allows_nothing(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(TwelveError):
        uses.take(tmp_path, permission(**changes), "x", now=NOON)


def test_a_damaged_use_counts_as_one(tmp_path: Path) -> None:
    item = permission(2)
    uses.take(tmp_path, item, "one", now=NOON)
    next((tmp_path / "uses").glob("*.1.json")).write_text("{")
    assert uses.left(tmp_path, item) == 1


PROGRAM = """
import sys, pathlib
from test_uses import permission, NOON
from twelve.factors.approvals import uses
from twelve.model.errors import TwelveError
state, number = pathlib.Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for attempt in range(20):
    try:
        uses.take(state, permission(7), f"{number}.{attempt}", now=NOON)
    except TwelveError:
        break
    (state / f"deed.{number}.{attempt}").touch()
"""


def test_killed_users_never_make_it_more_than_allowed(tmp_path: Path) -> None:
    """Eight processes race for seven uses while a third of them is killed: never more deeds than uses, never an eighth use."""
    environment = {**os.environ, "PYTHONPATH": f"{SOURCE}:{Path(__file__).parent}:{Path(__file__).parents[2]}"}
    dice = random.Random(12)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path), str(number)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for number in range(8)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == b"ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write(b"\n")
        racer.stdin.flush()
    for racer in dice.sample(racers, 3):
        time.sleep(dice.random() * 0.002)
        racer.send_signal(signal.SIGKILL)
    for racer in racers:
        racer.communicate(timeout=60)
    used, deeds = len(uses.taken(tmp_path, permission(7))), len(list(tmp_path.glob("deed.*")))
    assert used == 7
    assert deeds <= used
    assert uses.left(tmp_path, permission(7)) == 0


def asked(state: Path, *, wish: Wish | None = None, kind: RequestKind = RequestKind.PLAN, about: str = "plan") -> Standing:
    subject = request.subject(kind, about)
    return record.ask(
        state, run="", kind=kind, subject=subject, question="?", about=about, settings=ApprovalSettings(), wish=wish, now=NOON
    )


def answer(state: Path, found: Standing, by: str, *, granted: bool = True) -> Decision:
    return record.answer(state, found.request.id, granted=granted, reason="r", by=by, now=NOON)


def test_several_approvers_are_different_people_who_did_not_make_it(tmp_path: Path) -> None:
    found = asked(tmp_path, wish=Wish(approvers=2, authors=("dee@example.org",)))
    answer(tmp_path, found, "Ana <ana@example.org>")
    half = record.find(tmp_path, found.request.id, now=NOON)
    assert (half.status, half.lacking) == (RequestStatus.PENDING, 1)
    with pytest.raises(TwelveError, match="already answered"):
        answer(tmp_path, found, "Ana Other Name <ANA@example.org>")
    with pytest.raises(TwelveError, match="made this change"):
        answer(tmp_path, found, "Dee <dee@example.org>")
    answer(tmp_path, found, "bo@example.org")
    assert record.find(tmp_path, found.request.id, now=NOON).status is RequestStatus.GRANTED


def test_one_refusal_outweighs_every_approval_so_far(tmp_path: Path) -> None:
    found = asked(tmp_path, wish=Wish(approvers=3))
    answer(tmp_path, found, "ana")
    answer(tmp_path, found, "bo", granted=False)
    assert record.find(tmp_path, found.request.id, now=NOON).status is RequestStatus.REJECTED
    with pytest.raises(TwelveError, match="already answered"):
        answer(tmp_path, found, "cy")


def test_of_many_answers_at_once_as_many_count_as_are_needed(tmp_path: Path) -> None:
    found = asked(tmp_path, wish=Wish(approvers=3))

    def one(number: int) -> bool:
        try:
            answer(tmp_path, found, f"p{number % 6}")
        except TwelveError:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(one, range(24))) == 3
    assert record.find(tmp_path, found.request.id, now=NOON).status is RequestStatus.GRANTED


def test_nobody_grants_what_they_asked_for(tmp_path: Path) -> None:
    found = asked(tmp_path, wish=Wish(requester="Ana <ana@example.org>"))
    with pytest.raises(TwelveError, match="asked for this"):
        answer(tmp_path, found, "ana@example.org")
    answer(tmp_path, found, "ana@example.org", granted=False)


def test_a_revoked_answer_opens_the_request_again(tmp_path: Path) -> None:
    found = asked(tmp_path)
    given = answer(tmp_path, found, "ana")
    digest = SignedDecision(decision=given).digest
    assert revoking.revoke(tmp_path, Revocation(decision=digest, request=given.request, by="ana", reason="r", at=NOON))
    assert record.find(tmp_path, found.request.id, now=NOON).status is RequestStatus.PENDING
    record.answer(tmp_path, found.request.id, granted=True, reason="", by="ana", now=NOON + timedelta(seconds=1))
    assert record.find(tmp_path, found.request.id, now=NOON).status is RequestStatus.GRANTED


@pytest.mark.parametrize(("hours", "level"), [(3, 0), (5, 1), (9, 2), (25, 3)])
def test_waiting_escalates_and_never_grants_or_denies(tmp_path: Path, hours: int, level: int) -> None:
    id = asked(tmp_path).request.id
    found = record.find(tmp_path, id, now=NOON + timedelta(hours=hours))
    assert found.level == level
    assert found.status is (RequestStatus.EXPIRED if level == 3 else RequestStatus.PENDING)


def stands(state: Path, kind: RequestKind = RequestKind.PLAN, **changes: object) -> SignedDecision:
    decision = standing.propose(
        kind, "*", hours=1, count=5, most_hours=168, reason="r", by="ana", method=Method.TYPED_CHALLENGE, tier=Tier.ADVISORY, now=NOON
    )
    item = SignedDecision(decision=structs.replace(decision, **changes))
    standing.keep(state, item)
    return item


def test_a_standing_approval_answers_nothing_it_may_not(tmp_path: Path) -> None:
    stands(tmp_path)
    for wish in (Wish(risk="high"), Wish(approvers=2), Wish(tier=Tier.SIGNED)):
        assert asked(tmp_path, wish=wish, about=str(wish)).status is RequestStatus.PENDING
    assert asked(tmp_path, kind=RequestKind.CHECKPOINT).status is RequestStatus.PENDING
    granted = asked(tmp_path, about="ordinary")
    assert granted.status is RequestStatus.GRANTED
    assert granted.decision is not None
    assert granted.decision.method is Method.STANDING
    with pytest.raises(TwelveError, match="asked each time"):
        stands(tmp_path, RequestKind.ORACLE)


def test_a_forged_standing_approval_of_a_kind_that_is_asked_each_time_answers_nothing(tmp_path: Path) -> None:
    stands(tmp_path, about=RequestKind.ORACLE.value)
    assert asked(tmp_path, kind=RequestKind.ORACLE).status is RequestStatus.PENDING


def test_asking_again_does_not_use_a_standing_approval_twice(tmp_path: Path) -> None:
    item = stands(tmp_path)
    for _ in range(3):
        assert asked(tmp_path).status is RequestStatus.GRANTED
    assert uses.left(tmp_path, item) == 4


def test_a_standing_approval_ends_with_its_time_or_its_revocation(tmp_path: Path) -> None:
    item = stands(tmp_path)
    assert standing.in_force(tmp_path, NOON + timedelta(minutes=59))
    assert not standing.in_force(tmp_path, NOON + timedelta(minutes=61))
    assert not standing.in_force(tmp_path, NOON - timedelta(minutes=1))
    revoking.revoke(tmp_path, Revocation(decision=item.digest, request="x", by="ana", reason="r", at=NOON))
    assert not standing.in_force(tmp_path, NOON)


def test_a_diff_is_shown_by_its_size_and_gaps_of_a_brief_are_named() -> None:
    assert [display(lines) for lines in (0, 49, 50, 499, 500)] == [
        Display.INLINE,
        Display.INLINE,
        Display.SUMMARY_AND_DIFF,
        Display.SUMMARY_AND_DIFF,
        Display.SUMMARY,
    ]
    assert gaps(Brief(summary="s", rollback="r")) == ("findings", "approach", "alternatives", "impact", "hazards")
