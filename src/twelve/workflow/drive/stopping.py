"""Ending a run from outside: a record its driver honours, or, when nobody drives it, the ending itself."""

from __future__ import annotations

from pathlib import Path

from msgspec import structs

from twelve.model.errors import TwelveError
from twelve.system import git, journal, redact
from twelve.workflow.drive import presence, strays, worktree
from twelve.workflow.drive.projection import Runs, RunState


def cancel(repository: git.Repository, runs: Runs, log: journal.Journal, run: str, *, reason: str, by: str) -> bool:
    """End `run`. True when it is over now, False when its driver will end it at its next look.

    Raises TwelveError when it is over already.
    """
    status = runs.status(run)
    if status.state.over:
        raise TwelveError(f"run {run} is {status.state.value} already", next="start a new run when it is wanted again")
    runs.cancel(run, redact.redact(reason), by)
    driven = status.state is RunState.RUNNING and presence.alive(runs.root.parent, status.executor)
    if driven:
        return False
    strays.kill(status.executor)
    worktree.close_tree(repository, Path(runs.request(run).worktree))
    runs.set_status(structs.replace(status, state=RunState.CANCELLED, detail=runs.cancellation(run), waiting_on=(), next=()))
    log.emit("run.cancelled", run=run, reason=runs.cancellation(run))
    return True
