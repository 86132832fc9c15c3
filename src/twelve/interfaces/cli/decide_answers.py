"""Shared by `approve` and `reject`: find the one request that is meant, and answer it once."""

from __future__ import annotations

from pathlib import Path

from twelve.factors.approvals import record, session
from twelve.factors.approvals.decision import Decision
from twelve.interfaces.cli import terminal
from twelve.model.errors import TwelveError
from twelve.workflow import compose
from twelve.workflow.drive.projection import Runs


def decide(name: str, reason: str, *, granted: bool, as_json: bool, directory: Path) -> int:
    """Record a person's answer; no worker is needed."""
    here = terminal.session(directory)
    _refuse_agents()
    runs = compose.runs(here.repository)
    request = compose.request_of(runs, name)
    driven = request.run in runs.all()
    if driven:
        _refuse_over(runs, request.run)
    decision = record.answer(here.repository.state_dir, request.id, granted=granted, reason=reason, by=compose.person(here.repository))
    verb = "granted" if granted else "rejected"
    here.journal.emit(
        f"approval.{verb}", run=request.run, request=request.id, subject=request.subject, by=decision.by, channel=decision.method.value,
        reason=decision.reason,
    )  # fmt: skip
    terminal.show(decision, as_json=as_json, human=lambda: _told(decision, request.run if driven else "", verb))
    return 0


def _told(decision: Decision, run: str, verb: str) -> str:
    """`run` is "" for a run by hand, which nobody drives."""
    return (
        f"{decision.request} is {verb} for exactly subject {decision.subject[:12]} ({decision.tier.value}: {decision.method.value})\n"
        f"next: {f'a worker goes on by itself; without one: twelve resume {run}' if run else 'twelve next'}"
    )


def _refuse_over(runs: Runs, run: str) -> None:
    """An answer to a run that is over would promise something nobody does."""
    state = runs.status(run).state
    if state.over:
        raise TwelveError(f"run {run} is {state.value}", why="its questions need no answer any more", next="see twelve runs --all")


def _refuse_agents() -> None:
    """What an agent started may not answer for a person. Absence of a marker proves nothing, and the tier says so."""
    why = session.recognised()
    if why:
        raise TwelveError("an agent cannot answer for a person", why=why, next="a person answers from a terminal of their own")
