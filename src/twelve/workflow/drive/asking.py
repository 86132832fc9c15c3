"""Putting a question to a person: one request file about exactly one digest, however often the effect is repeated."""

from __future__ import annotations

from twelve.factors.approvals import keys, notes, record
from twelve.factors.approvals.decision import Method
from twelve.factors.approvals.request import RequestKind
from twelve.factors.approvals.ruling import Judge
from twelve.system import clock
from twelve.workflow import briefing
from twelve.workflow.drive import gathering, worktree
from twelve.workflow.drive.desk import Place
from twelve.workflow.drive.projection import Entry
from twelve.workflow.machine import Ask


async def ask(place: Place, move: Ask) -> Entry:
    """Create the request, or find the standing one about the same subject."""
    started = clock.monotonic()
    standing = record.ask(
        place.desk.state,
        run=place.run,
        kind=move.kind,
        subject=move.subject,
        question=move.question,
        about=move.about,
        settings=place.settings.approvals,
        wish=briefing.wish(
            gathering.picture(place),
            move.kind,
            place.settings,
            signers_text=keys.listed(place.desk.repository),
            see=_see(place, move),
        ),
    )
    request = standing.request
    place.desk.emit("approval.requested", place.run, request=request.id, subject=request.subject, question=request.question)
    _tell_standing(place, standing)
    return place.entry("ask", started, detail=request.question, data={"request": request.id, "kind": move.kind.value})


def _tell_standing(place: Place, found: record.Standing) -> None:
    """An answer a person gave beforehand is recorded like any other."""
    decision = found.decision
    if decision is None or decision.method is not Method.STANDING:
        return
    notes.write(place.desk.repository, found.answers)
    place.desk.emit("approval.used", place.run, request=decision.standing, key=found.request.id)
    place.desk.emit(
        "approval.granted",
        place.run,
        request=found.request.id,
        subject=decision.subject,
        by=decision.by,
        channel=decision.method.value,
        reason=decision.reason,
        tier=decision.tier.value,
        judge=Judge.PERSON.value,
    )


def _see(place: Place, move: Ask) -> tuple[str, ...]:
    """Commands that show what is being asked about."""
    if move.kind is RequestKind.PLAN:
        return briefing.see_plan(place.request.branch, place.run)
    if move.kind is RequestKind.DIFF:
        return (f"git diff {place.request.base[:12]} {worktree.kept(place.run)} -- . ':!.twelve'",)
    return ()
