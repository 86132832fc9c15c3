"""From a repository to a driving process; what `run`, `resume` and `worker` share. Loads the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from twelve.factors.approvals import record
from twelve.model.settings import Settings
from twelve.system import git
from twelve.workflow import compose
from twelve.workflow.drive import driver, engine
from twelve.workflow.drive.driver import Driver
from twelve.workflow.drive.effects import DriveEffects
from twelve.workflow.drive.projection import Runs, RunState, RunStatus

IDLE_S = 1.0
"""How often an idle worker looks for work, seconds (ours)."""


@contextmanager
def driving(
    repository: git.Repository, settings: Settings, *, say: Callable[[str], None], interrupted: Callable[[], None]
) -> Iterator[Driver]:
    """A driver for this repository, on the database its policy names. Raises TwelveError when that cannot be used."""
    database = engine.database(repository.state_dir, settings.run.database_url, compose.application(repository))

    def effects(executor: str) -> DriveEffects:
        return DriveEffects(compose.desk(repository, settings, executor, say))

    with driver.driving(database, compose.runs(repository), effects, interrupted) as made:
        yield made


def drive(made: Driver, run: str, *, reclaim: bool = False) -> RunStatus:
    """Drive one run to its next rest, and with it whatever this process took over from dead workers."""
    if reclaim:
        made.reclaim()
    number = made.begin(run)
    status = made.follow(run, number, reclaim=reclaim)
    made.drain()
    return status


def ready(runs: Runs, run: str) -> bool:
    """Whether a worker may start the run's next segment: it is new, or its question was answered, or it is to be ended."""
    status = runs.status(run)
    if status.state in (RunState.QUEUED, RunState.RUNNING):
        return True
    if status.state.over:
        return False
    if runs.cancellation(run):
        return True
    if status.state is not RunState.WAITING:
        return False
    open_requests = {item.request.id for item in record.pending(runs.root.parent, run=run)}
    return not open_requests.intersection(status.waiting_on)


def work(made: Driver, *, once: bool, say: Callable[[str], None], rest: Callable[[float], None] | None = None) -> None:
    """Drive every run that is ready, for ever; with `once`, until nothing is left to do."""
    pause = rest or made.rest
    begun: dict[str, int] = {}
    while True:
        for dead in made.reclaim():
            say(f"took over from worker {dead}, which is gone")
        for run in made.runs.all():
            if ready(made.runs, run) and begun.get(run) != driver.following(made.runs.status(run)):
                begun[run] = made.begin(run)
                say(f"driving {run}")
        if once and not made.mine() and not any(ready(made.runs, run) for run in made.runs.all()):
            return
        pause(IDLE_S)
