"""A scripted model that looks at the world between two calls: before it answers, it tells what came of the last one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from kit import modelviews
from kit.fakemodel import FakeModel, Handler, State

Look = Callable[[int, str], None]
"""Called with the number of the call that has just been answered, from 0, and everything the model was told since."""
_HISTORIES = ("messages", "input", "contents")


class _Looking(State):
    """Progress that also says what each request brought."""

    def __init__(self, scenario: dict[str, Any], look: Look) -> None:
        super().__init__(scenario)
        self._look = look
        self._asked = 0
        self._seen: dict[str, int] = {}
        self._told: list[str] = []

    def choose(self, view: modelviews.View) -> tuple[int, str, str, dict[str, Any], dict[str, int]]:
        lane = next((lane for lane in self.lanes if lane.matches(view)), self.side if view.side else self.main)
        if lane is not self.side:
            self._told.append(self._news(lane.name, view.body))
        if lane is self.main:
            if self._asked:
                self._look(self._asked - 1, "\n".join(self._told))
            self._asked += 1
            self._told.clear()
        return super().choose(view)

    def _news(self, lane: str, body: dict[str, Any]) -> str:
        items: list[Any] = next((body[name] for name in _HISTORIES if isinstance(body.get(name), list)), [])
        start = self._seen.get(lane, 0)
        self._seen[lane] = len(items)
        # The last item before may have been added to: a client puts notes beside the result they belong to.
        return json.dumps(items[max(0, start) :], ensure_ascii=False)


class WatchedModel(FakeModel):
    """`with WatchedModel(scenario, look) as model:`; each turn of the scenario makes one call."""

    def __init__(self, scenario: dict[str, Any], look: Look) -> None:
        super().__init__(scenario)
        self.state = _Looking(scenario, look)
        self.server.RequestHandlerClass = type("BoundHandler", (Handler,), {"state": self.state})
