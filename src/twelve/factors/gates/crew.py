"""A few threads that judge gates. `concurrent.futures` would do, but brings logging along and costs every verb that knows gates."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

from twelve.factors.gates.definition import Gate
from twelve.model.verdict import Verdict


class Crew:
    """Judges what it is given, at most `size` gates at a time. Answers come in the order they are ready.

    `end` must be called; what was given and not yet begun is then dropped.
    """

    def __init__(self, judge: Callable[[Gate], Verdict], size: int) -> None:
        self._judge = judge
        self._size = max(1, size)
        self._given: SimpleQueue[Gate | None] = SimpleQueue()
        self._ready: SimpleQueue[Verdict | BaseException] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._over = False
        self._pending = 0

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._pending > 0

    def give(self, gate: Gate) -> None:
        """Have a gate judged as soon as a thread is free."""
        self._pending += 1
        if len(self._threads) < min(self._size, self._pending):
            self._threads.append(threading.Thread(target=self._work, name=f"gate-{len(self._threads)}"))
            self._threads[-1].start()
        self._given.put(gate)

    def take(self) -> Verdict:
        """The next answer, waited for. Raises what the judge raised."""
        answer = self._ready.get()
        self._pending -= 1
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def stop(self) -> None:
        """Begin nothing more; what runs goes on."""
        self._over = True
        for _thread in self._threads:
            self._given.put(None)

    def end(self) -> None:
        """Begin nothing more and wait for what runs."""
        self.stop()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (gate := self._given.get()) is not None and not self._over:
            try:
                self._ready.put(self._judge(gate))
            except BaseException as failure:  # noqa: BLE001 - raised again by take()
                self._ready.put(failure)
