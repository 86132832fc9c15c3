"""The order in which steps are carried out: needs first, otherwise as written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Needing(Protocol):
    """Anything with an id that needs others first."""

    @property
    def id(self) -> str: ...

    @property
    def needs(self) -> tuple[str, ...]: ...


N = TypeVar("N", bound=Needing)


def order(steps: Sequence[N]) -> tuple[N, ...]:
    """Steps that can be ordered, needs first and stable; those in or behind a circle are left out. Unknown needs are ignored."""
    known = {step.id for step in steps}
    done: list[N] = []
    waiting = list(steps)
    while True:
        names = {step.id for step in done}
        ready = next((step for step in waiting if all(need in names or need not in known for need in step.needs)), None)
        if ready is None:
            return tuple(done)
        done.append(ready)
        waiting.remove(ready)


def cycle(steps: Sequence[Needing]) -> tuple[str, ...]:
    """Ids along one circle of needs, first one repeated at the end; empty without a circle."""
    ordered = {step.id for step in order(steps)}
    stuck = {step.id: step for step in steps if step.id not in ordered}
    if not stuck:
        return ()
    trail = [next(iter(stuck))]
    while True:
        # Every stuck step needs another stuck one, so the walk must come around.
        following = next(need for need in stuck[trail[-1]].needs if need in stuck)
        if following in trail:
            return (*trail[trail.index(following) :], following)
        trail.append(following)
