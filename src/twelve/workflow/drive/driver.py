"""One driving process: its lease, its engine, the runs it starts and the dead workers' runs it takes over."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dbos import DBOS, SetWorkflowID

from twelve.model.errors import Trouble, TwelveError
from twelve.system import clock, redact
from twelve.workflow.drive import engine, flow, lease, signals, strays
from twelve.workflow.drive.projection import Runs, RunState, RunStatus

POLL_S = 0.2
"""How often a waiting process looks at the run's status, seconds (ours)."""
KEEP_S = 2.0
"""How often the lease is checked and dead workers are looked for, seconds (ours)."""
UNFINISHED = ("PENDING", "ENQUEUED", "DELAYED")
LOST = 75
"""Exit code of a worker that lost its lease: temporary failure, as in sysexits."""


class Driver:
    """Use through `driving`."""

    def __init__(self, database: engine.Database, runs: Runs, held: lease.Lease) -> None:
        self.database = database
        self.runs = runs
        self.lease = held
        self._ended = threading.Event()

    @property
    def executor(self) -> str:
        return self.lease.executor

    def begin(self, run: str) -> int:
        """Start the run's next segment, or do nothing when it is started already. Returns the segment's number.

        The workflow id follows from run and number, so any number of processes may call this at once.
        """
        number = following(self.runs.status(run))
        known = DBOS.get_workflow_status(self.workflow(run, number))
        if known is not None and known.status not in UNFINISHED and not self.runs.status(run).state.over:
            # It ended without saying how, e.g. by an error of the engine itself; what it did is in the entries.
            number += 1
        with SetWorkflowID(self.workflow(run, number)):
            DBOS.start_workflow(flow.segment, run, number)
        return number

    def workflow(self, run: str, number: int) -> str:
        return f"{self.database.application}:{run}.{number}"

    def reclaim(self) -> tuple[str, ...]:
        """Take over what dead workers left unfinished; their agents are ended first. Returns the dead workers."""
        holders = {holder for holder in engine.holders().values() if holder != self.executor}
        dead = tuple(sorted(holder for holder in holders if self.lease.dead(holder)))
        for holder in dead:
            strays.kill(holder)
            engine.reclaim(holder)
        return dead

    def mine(self) -> tuple[str, ...]:
        """Unfinished workflows this process carries out."""
        return tuple(workflow for workflow, holder in engine.holders().items() if holder == self.executor)

    def follow(self, run: str, number: int, *, reclaim: bool = False) -> RunStatus:
        """Wait until segment `number` of `run` has ended, whoever drives it."""
        checked = clock.monotonic()
        handle: Any = DBOS.retrieve_workflow(self.workflow(run, number))
        while True:
            if handle.get_status().status not in UNFINISHED:
                _ended(handle)
                return self.runs.status(run)
            if reclaim and clock.monotonic() - checked > KEEP_S:
                self.reclaim()
                checked = clock.monotonic()
            self._ended.wait(POLL_S)

    def rest(self, seconds: float) -> None:
        """Do nothing for a while."""
        self._ended.wait(seconds)

    def drain(self) -> None:
        """Wait until nothing this process took over is left undriven."""
        while self.mine():
            self._ended.wait(POLL_S)

    def keep(self) -> None:
        """Watch over the lease in the background. A worker that lost it stops at once: somebody may have taken over."""
        thread = threading.Thread(target=self._keep, name="lease-keeper", daemon=True)
        thread.start()

    def _keep(self) -> None:
        while not self._ended.wait(KEEP_S):
            if not self.lease.alive():
                signals.leave(self.executor, LOST)

    def close(self) -> None:
        self._ended.set()


def _ended(handle: Any) -> None:
    """Raise TwelveError when the segment could not even write down how it ended."""
    try:
        result = handle.get_result()
    except Exception as bug:  # noqa: BLE001 - whatever the engine raises, a person is told
        result = {"trouble": f"{type(bug).__name__}: {bug}"}
    if isinstance(result, dict) and result.get("trouble"):
        raise TwelveError(
            "the run stopped and could not record why",
            why=redact.redact(str(result["trouble"]))[:1000],
            next="put right what is named, then resume the run; no finished step is lost",
            kind=Trouble.TOOL,
        )


def following(status: RunStatus) -> int:
    """The segment to drive next: the unfinished one, or the one after the last wait."""
    if status.state in (RunState.QUEUED, RunState.RUNNING):
        return max(1, status.segment)
    return status.segment + 1


@contextmanager
def driving(database: engine.Database, runs: Runs, effects: Callable[[str], flow.Effects], say: Callable[[], None]) -> Iterator[Driver]:
    """A running driver. `effects` is given the executor's name; `say` tells a person what an interrupt means.

    Leaving the block ends the engine without waiting; whatever is unfinished goes on from its last step.
    """
    executor = lease.new_executor()
    held = lease.take(database, executor)
    strays.mark(executor)
    signals.arm(executor, say)
    flow.bind(effects(executor))
    engine.launch(database, executor)
    driver = Driver(database, runs, held)
    driver.keep()
    try:
        yield driver
    finally:
        driver.close()
        os.environ.pop(strays.MARK, None)
        engine.shut_down()
        held.release()
