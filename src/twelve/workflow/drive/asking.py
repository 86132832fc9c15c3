"""Putting a question to a person: one request file about exactly one digest, however often the effect is repeated."""

from __future__ import annotations

from twelve.factors.approvals import record
from twelve.factors.approvals.request import RequestKind
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
        wish=briefing.wish(gathering.picture(place), move.kind, place.settings, see=_see(place, move)),
    )
    request = standing.request
    place.desk.emit("approval.requested", place.run, request=request.id, subject=request.subject, question=request.question)
    return place.entry("ask", started, detail=request.question, data={"request": request.id, "kind": move.kind.value})


def _see(place: Place, move: Ask) -> tuple[str, ...]:
    """Commands that show what is being asked about."""
    if move.kind is RequestKind.PLAN:
        return briefing.see_plan(place.request.branch, place.run)
    if move.kind is RequestKind.DIFF:
        return (f"git diff {place.request.base[:12]} {worktree.kept(place.run)} -- . ':!.twelve'",)
    return ()
