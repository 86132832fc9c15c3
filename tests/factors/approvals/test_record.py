"""Answers to people's questions: once, for one digest, in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from twelve.factors.approvals import record, request, signature
from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.model.errors import TwelveError
from twelve.model.settings import ApprovalSettings

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SUBJECT = request.subject(RequestKind.PLAN, "run", "plan")


def asked(state: Path, *, now: datetime = NOON, subject: str = SUBJECT) -> record.Standing:
    return record.ask(
        state, run="run", kind=RequestKind.PLAN, subject=subject, question="may it?", about="plan", settings=ApprovalSettings(), now=now
    )


def test_asking_twice_leaves_one_pending_request(tmp_path: Path) -> None:
    first, second = asked(tmp_path), asked(tmp_path, now=NOON + timedelta(minutes=1))
    assert first.request == second.request
    assert [item.request.id for item in record.pending(tmp_path, run="run", now=NOON)] == [first.request.id]


def test_an_answer_is_given_once(tmp_path: Path) -> None:
    id = asked(tmp_path).request.id
    record.answer(tmp_path, id, granted=True, reason="", by="ana", now=NOON)
    with pytest.raises(TwelveError, match="already answered"):
        record.answer(tmp_path, id, granted=False, reason="changed my mind", by="ana", now=NOON)
    assert record.find(tmp_path, id, now=NOON + timedelta(days=3)).status is RequestStatus.GRANTED


def test_expiry_is_not_denial_and_leads_to_a_new_request(tmp_path: Path) -> None:
    id = asked(tmp_path).request.id
    later = NOON + timedelta(hours=25)
    assert record.find(tmp_path, id, now=later).status is RequestStatus.EXPIRED
    with pytest.raises(TwelveError, match="expired"):
        record.answer(tmp_path, id, granted=True, reason="", by="ana", now=later)
    assert asked(tmp_path, now=later).request.id == f"{id}-2"


def test_a_decision_for_another_digest_counts_for_nothing(tmp_path: Path) -> None:
    id = asked(tmp_path).request.id
    record.answer(tmp_path, id, granted=True, reason="", by="ana", now=NOON)
    path = tmp_path / "decisions" / f"{id}.json"
    path.write_text(path.read_text().replace(SUBJECT, "0" * 64))
    assert record.find(tmp_path, id, now=NOON).status is RequestStatus.PENDING


def test_overdue_is_shown_before_expiry(tmp_path: Path) -> None:
    id = asked(tmp_path).request.id
    assert not record.find(tmp_path, id, now=NOON + timedelta(hours=3)).overdue
    assert record.find(tmp_path, id, now=NOON + timedelta(hours=5)).overdue


def test_a_rejection_needs_a_reason(tmp_path: Path) -> None:
    with pytest.raises(TwelveError, match="needs a reason"):
        record.answer(tmp_path, asked(tmp_path).request.id, granted=False, reason="  ", by="ana", now=NOON)


@pytest.mark.parametrize("id", ["../../etc/passwd", "plan-zzzzzzzz", "", "plan-12345678\n", "PLAN-12345678"])
def test_odd_request_ids_are_refused_in_words(tmp_path: Path, id: str) -> None:
    with pytest.raises(TwelveError):
        record.find(tmp_path, id, now=NOON)


def test_a_damaged_request_is_an_error_a_person_can_read(tmp_path: Path) -> None:
    id = asked(tmp_path).request.id
    (tmp_path / "requests" / f"{id}.json").write_text("{")
    with pytest.raises(TwelveError, match="damaged"):
        record.find(tmp_path, id, now=NOON)


def test_no_method_alone_claims_to_be_enforced() -> None:
    assert {signature.tier(method) for method in signature.Method} == {signature.Tier.ADVISORY, signature.Tier.SIGNED}
    assert signature.tier(signature.Method.TYPED_CHALLENGE) is signature.Tier.ADVISORY


def test_a_standing_approval_is_worth_no_more_than_what_gave_it() -> None:
    assert signature.tier(signature.Method.STANDING) is signature.Tier.ADVISORY


def test_parts_of_a_subject_cannot_run_into_each_other() -> None:
    assert request.subject(RequestKind.PLAN, "ab", "c") != request.subject(RequestKind.PLAN, "a", "bc")
