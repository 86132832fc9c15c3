"""Decisions in git notes: several writers, damaged lines, revocations."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from kit import repos
from twelve.factors.approvals import notes
from twelve.factors.approvals.decision import Decision, Method, Revocation, SignedDecision, Tier

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def signed(request: str, subject: str = "a" * 64) -> SignedDecision:
    return SignedDecision(
        decision=Decision(
            request=request,
            subject=subject,
            granted=True,
            reason="",
            by="ana",
            method=Method.TYPED_CHALLENGE,
            tier=Tier.ADVISORY,
            at=MOMENT,
        )
    )


def test_decisions_are_read_back_from_their_commit_and_by_what_they_are_about(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a": "1\n"})
    first, second = signed("plan-00000001"), signed("plan-00000002", "b" * 64)
    commit = notes.write(repository, [first, second])
    assert commit == repository.head()
    assert notes.read(repository, commit) == (first, second)
    assert notes.find(repository, "b" * 64) == (second,)
    assert notes.read(repository, repository.empty_tree) == ()


def test_damaged_and_foreign_lines_hide_no_decision(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a": "1\n"})
    notes.write(repository, [signed("plan-00000001")])
    junk = [b"{", b"[]", b'{"schema":"twelve.signed-decision.v1"}', b"\xff\xfe", b"[" * 5000, b"x" * 200_000]
    repository.notes_append(notes.REF, "HEAD", junk)
    assert [item.decision.request for item in notes.everything(repository)] == ["plan-00000001"]


def test_a_revoked_decision_no_longer_counts(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a": "1\n"})
    item = signed("plan-00000001")
    commit = notes.write(repository, [item])
    notes.revoke(repository, Revocation(decision=item.digest, request="plan-00000001", by="bo", reason="mistake", at=MOMENT))
    assert notes.read(repository, commit) == ()
    assert notes.revoked(repository)[item.digest].reason == "mistake"


def test_a_repository_without_a_commit_keeps_decisions_too(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path)
    notes.write(repository, [signed("plan-00000001")])
    assert len(notes.everything(repository)) == 1
