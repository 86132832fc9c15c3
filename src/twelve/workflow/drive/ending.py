"""How a segment ends: done, failed, cancelled, escalated, or waiting for a person. Said once, kept where `runs` reads it."""

from __future__ import annotations

from pathlib import Path

from msgspec import structs

from twelve.workflow import stamp
from twelve.workflow.drive import desk as desks
from twelve.workflow.drive import worktree
from twelve.workflow.drive.desk import Desk
from twelve.workflow.drive.flow import Json
from twelve.workflow.drive.projection import RunState, RunStatus


def park(desk: Desk, run: str, number: int, told: Json) -> Json:
    """Write the end of segment `number`; a repeated call changes nothing more."""
    known = desk.runs.status(run)
    if known.segment == number and known.state not in (RunState.QUEUED, RunState.RUNNING):
        return {"state": known.state.value}
    status = _status(desk, run, number, told)
    if not status.state.over:
        # What differs from this when the run goes on is a person's work, and is kept.
        desks.open_place(desk, run, f"{number}-0")
    if status.state.over:
        stamp.forget(desk.state, Path(desk.runs.request(run).worktree), run)
        # A branch that is checked out in our tree could not be checked out in the person's.
        worktree.close_tree(desk.repository, Path(desk.runs.request(run).worktree))
    if status.state is RunState.DONE:
        worktree.forget(desk.repository, run)
    _announce(desk, status)
    desk.runs.set_status(status)
    return {"state": status.state.value}


def _status(desk: Desk, run: str, number: int, told: Json) -> RunStatus:
    known = desk.runs.status(run)
    head = desk.repository.resolve(f"refs/heads/twelve/{run}") or known.head
    if trouble := told.get("trouble"):
        state, detail = RunState.ESCALATED, f"unexpected trouble: {trouble}"
    else:
        state, detail = RunState(str(told["state"])), "; ".join(told.get("missing", []))
        if state is RunState.FAILED and desk.runs.cancellation(run):
            state, detail = RunState.CANCELLED, desk.runs.cancellation(run)
    waiting = (str(told["waiting_on"]),) if told.get("waiting_on") else ()
    return structs.replace(
        known,
        state=state,
        segment=number,
        executor=desk.executor,
        phase=str(told.get("phase") or known.phase),
        detail=detail[:2000],
        waiting_on=waiting,
        next=tuple(told.get("next", ()))[:5],
        unverified=tuple(told.get("unverified", ())),
        head=head,
    )


def _announce(desk: Desk, status: RunStatus) -> None:
    match status.state:
        case RunState.WAITING:
            desk.emit("run.parked", status.run, waits_for=status.detail, request=",".join(status.waiting_on))
        case RunState.ESCALATED:
            desk.emit("run.escalated", status.run, reason=status.detail)
        case RunState.CANCELLED:
            desk.emit("run.cancelled", status.run, reason=status.detail)
        case _:
            desk.emit("run.finished", status.run, status=status.state.value, commit=status.head)
