"""The loop by itself: what ends it, what it repeats, and that errors never leave a step as exceptions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from twelve.model.errors import TwelveError
from twelve.workflow.drive import flow
from twelve.workflow.drive.flow import Json


class Played:
    """Effects that follow a list; whatever is left over is a mistake of the loop."""

    def __init__(self, decisions: Sequence[Json | Exception], outcomes: Sequence[Json | Exception]) -> None:
        self.decisions, self.outcomes = list(decisions), list(outcomes)
        self.keys: list[str] = []
        self.parked: Json = {}
        self.pauses: list[float] = []

    async def decide(self, run: str, key: str) -> Json:
        return self._next(self.decisions)

    async def perform(self, run: str, key: str, told: Json) -> Json:
        self.keys.append(key)
        return self._next(self.outcomes)

    async def park(self, run: str, number: int, told: Json) -> Json:
        self.parked = told
        return {"state": "parked"}

    def _next(self, items: list[Json | Exception]) -> Json:
        item = items.pop(0)
        if isinstance(item, Exception):
            raise item
        return item

    def drive(self, number: int = 1) -> Json:
        async def step(_name: str, effect: Callable[..., Awaitable[Json]], *arguments: Any) -> Json:
            return await flow.as_data(effect, *arguments)

        async def sleep(seconds: float) -> None:
            self.pauses.append(seconds)

        return asyncio.run(flow.drive(self, step, sleep, "run", number))


MOVE: Json = {"over": False, "name": "work"}
OVER: Json = {"over": True, "state": "done"}
FINE: Json = {"ok": True, "pause_s": 0}


def test_moves_are_made_until_the_machine_says_it_is_over() -> None:
    played = Played([MOVE, MOVE, OVER], [FINE, FINE])
    assert played.drive(3) == {"state": "parked"}
    assert played.keys == ["3-1", "3-2"]
    assert played.parked == OVER
    assert played.pauses == []


def test_a_pause_is_asked_of_the_engine_not_of_the_thread() -> None:
    played = Played([MOVE, OVER], [{"ok": False, "pause_s": 4.0}])
    played.drive()
    assert played.pauses == [4.0]


@pytest.mark.parametrize("trouble", [TwelveError("disk full"), OSError("disk full"), ValueError("disk full")])
def test_three_unexpected_errors_in_a_row_go_to_a_person_with_backoff_between(trouble: Exception) -> None:
    played = Played([MOVE] * 3, [trouble] * 3)
    played.drive()
    assert "disk full" in played.parked["trouble"]
    assert played.pauses == [4.0, 8.0]


def test_an_unexpected_error_that_passes_is_forgotten() -> None:
    bad = OSError("busy")
    played = Played([MOVE] * 6 + [OVER], [bad, bad, FINE, bad, bad, FINE])
    played.drive()
    assert played.parked == OVER


def test_trouble_while_deciding_makes_no_move() -> None:
    played = Played([TwelveError("damaged")] * 3, [])
    played.drive()
    assert played.keys == []
    assert "damaged" in played.parked["trouble"]


def test_moves_that_lead_nowhere_come_to_an_end() -> None:
    played = Played([MOVE] * flow.MOVES, [FINE] * flow.MOVES)
    played.drive()
    assert "without coming to rest" in played.parked["trouble"]


def test_secrets_in_an_error_are_not_kept() -> None:
    played = Played([OSError("token ghp_abcdefghijklmnopqrstuvwxyz0123456789")] * 3, [])
    played.drive()
    assert "ghp_abcdefghijklmnopqrstuvwxyz0123456789" not in str(played.parked)
