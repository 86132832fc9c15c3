"""A run, on one screen: ask the machine, make its first move, ask again.

A run is a chain of *segments*. A segment ends when the run is over or a person has to answer; the answer,
or `twelve resume`, starts the next. So a run that waits holds no worker, no queue slot and no thread, and
may be continued by another version or on another database: everything it knows is in git and in its
entries. The body below is control flow only. Effects happen inside steps, each step is one checkpoint, an
agent attempt is one step, and no exception crosses a checkpoint: replayed ones come back as another class.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, Protocol

from dbos import DBOS, StepOptions

from twelve.model.errors import TwelveError
from twelve.system import redact

Json = dict[str, Any]
TROUBLES = 3
"""Unexpected errors in a row, with backoff between, before a person is told (S2)."""
PAUSE_S = 2.0
MOVES = 1_000
"""Moves of one segment before a person is told that it leads nowhere (ours: fifty steps with twenty moves each)."""


class Effects(Protocol):
    """What the flow does to the world. Every call may happen again with the same key and must then change nothing more."""

    async def decide(self, run: str, key: str) -> Json:
        """Gather facts and judge them: `over`, `name`, and what `perform` needs."""
        ...

    async def perform(self, run: str, key: str, told: Json) -> Json:
        """Make the move; `pause_s` says how long to wait before asking again."""
        ...

    async def park(self, run: str, number: int, told: Json) -> Json:
        """Write down how the segment ended."""
        ...


class _Bound:
    effects: Effects


def bind(effects: Effects) -> None:
    """Give the flow its effects; once per process, before the engine starts."""
    _Bound.effects = effects


Step = Callable[..., Awaitable[Json]]
Sleep = Callable[[float], Awaitable[None]]


@DBOS.workflow(name="segment.v1", max_recovery_attempts=None)
async def segment(run: str, number: int) -> Json:
    """Drive `run` until it is over or waits, every step and every pause a checkpoint."""
    return await drive(_Bound.effects, _step, DBOS.sleep_async, run, number)


async def drive(effects: Effects, step: Step, sleep: Sleep, run: str, number: int) -> Json:
    """The loop itself; `step(name, effect, *arguments)` and `sleep(seconds)` are what makes it durable."""
    troubles = 0
    for turn in count(1):
        key = f"{number}-{turn}"
        told = await step("decide", effects.decide, run, key)
        if told.get("over"):
            break
        done = told if told.get("trouble") else await step(str(told["name"]), effects.perform, run, key, told)
        troubles = troubles + 1 if done.get("trouble") else 0
        if troubles >= TROUBLES:
            told = done
            break
        if turn >= MOVES:
            told = {"trouble": f"{MOVES} moves without coming to rest"}
            break
        pause = PAUSE_S * 2.0**troubles if troubles else float(done.get("pause_s", 0))
        if pause:
            await sleep(pause)
    return await step("park", effects.park, run, number, told)


async def _step(name: str, effect: Callable[..., Awaitable[Json]], *args: Any) -> Json:
    return await DBOS.run_step_async(StepOptions(name=name, preemptible=True), as_data, effect, *args)


async def as_data(effect: Callable[..., Awaitable[Json]], *args: Any) -> Json:
    """The effect's answer, or its error as an answer. Runs inside the step."""
    try:
        return await effect(*args)
    except TwelveError as trouble:
        return {"trouble": redact.redact(str(trouble)), "pause_s": 0}
    except Exception as bug:  # noqa: BLE001 - an exception would change its class when replayed
        return {"trouble": redact.redact(f"{type(bug).__name__}: {bug}")[:2000], "pause_s": 0}
