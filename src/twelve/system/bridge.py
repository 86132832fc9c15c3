"""A blocking call inside asyncio, in a thread of its own, that can be told to stop."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")
V = TypeVar("V")


class Bridge(Generic[T]):
    """Carries one call through a thread of its own; a shared pool could be full of calls that wait for this one."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._future: asyncio.Future[T] = loop.create_future()
        self._read_end, self._write_end = os.pipe()
        self._failure: BaseException | None = None

    def forwarded(self, listener: Callable[[V], None] | None) -> Callable[[V], None] | None:
        """The listener, called in the loop instead of the thread; its first exception ends the call and is raised to the caller."""
        if listener is None:
            return None

        def in_loop(value: V) -> None:
            if self._failure is None:
                try:
                    listener(value)
                except Exception as error:  # noqa: BLE001 - raised again by carry()
                    self._failure = error
                    self._wake()

        return lambda value: self._tell(in_loop, value)

    async def carry(self, call: Callable[[int], T], stop: asyncio.Event | None) -> T:
        """The answer of `call`, which gets a descriptor that becomes readable when it should end.

        That is when `stop` is set, the caller is cancelled or a listener failed.
        """
        threading.Thread(target=self._work, args=(call,), name="twelve-bridge", daemon=True).start()
        watcher = asyncio.ensure_future(self._watch(stop)) if stop is not None else None
        try:
            await asyncio.wait([self._future])
        except asyncio.CancelledError:
            self._wake()
            await self._settled()
            raise
        finally:
            if watcher is not None:
                watcher.cancel()
            if self._future.done():
                os.close(self._read_end)
                os.close(self._write_end)
        if self._failure is not None:
            raise self._failure
        return self._future.result()

    async def _settled(self) -> None:
        """Wait out the killing even when cancelled again: returning earlier would leave a running program behind."""
        while not self._future.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([self._future])

    async def _watch(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake()

    def _wake(self) -> None:
        with suppress(OSError):
            os.write(self._write_end, b"x")

    def _work(self, call: Callable[[int], T]) -> None:
        try:
            answer = call(self._read_end)
        except BaseException as error:  # noqa: BLE001 - belongs to the waiting coroutine
            self._tell(self._fail, error)
        else:
            self._tell(self._succeed, answer)

    def _tell(self, function: Callable[[V], None], value: V) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(function, value)

    def _succeed(self, answer: T) -> None:
        if not self._future.done():
            self._future.set_result(answer)

    def _fail(self, error: BaseException) -> None:
        if not self._future.done():
            self._future.set_exception(error)
