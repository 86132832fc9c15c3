"""One running child: feeds it, listens to it, bounds it, ends it. The policy shared by `processes.run` and `async_processes.run`."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from twelve.system import process_group

LINGER_S = 0.5
"""Seconds a left-over child may keep the output open after its parent ended: time for the tail of a pipeline to flush."""

REAP_S = 5.0
"""Seconds a killed process gets to disappear; one stuck in the kernel is given up after that."""

FLOOD_FACTOR = 8
"""Output beyond the kept amount is dropped; beyond this many times that amount the process is killed."""

_CHUNK = 1 << 16


class Capture:
    """Keeps all of a stream up to a limit, beyond it the first and the last half."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.total = 0
        self._head_limit = limit // 2
        self._tail_limit = limit - self._head_limit
        self._head = bytearray()
        self._tail = bytearray()

    def add(self, data: bytes) -> None:
        self.total += len(data)
        room = self._head_limit - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > 2 * self._tail_limit + _CHUNK:
            del self._tail[: len(self._tail) - self._tail_limit]

    @property
    def truncated(self) -> bool:
        return self.total > self.limit

    def value(self) -> bytes:
        if not self.truncated:
            return bytes(self._head + self._tail)
        tail = self._tail[len(self._tail) - self._tail_limit :]
        note = f"\n[... {self.total - self.limit} bytes left out ...]\n".encode()
        return bytes(self._head) + note + bytes(tail)


class Supervisor:
    """Owns one child from its start to the end of everything it started."""

    def __init__(
        self,
        child: subprocess.Popen[bytes],
        mark: str,
        *,
        deadline: float,
        timeout_s: float,
        output_limit: int,
        stdin: bytes,
        on_output: Callable[[bytes], None] | None,
        on_start: Callable[[int], None] | None,
        wake: int | None,
        sweep: bool,
        grace_s: float,
    ) -> None:
        self.child = child
        self.stdout = Capture(output_limit)
        self.stderr = Capture(output_limit)
        self.reason = ""
        self.timed_out = False
        self._mark = mark
        self._deadline = deadline
        self._timeout_s = timeout_s
        self._flood = output_limit * FLOOD_FACTOR
        self._stdin = memoryview(stdin)
        self._on_output = on_output
        self._on_start = on_start
        self._wake = wake
        self._sweep = sweep
        self._grace_s = grace_s
        self._kill_at: float | None = None
        self._give_up_at: float | None = None
        self._ended_at: float | None = None
        self._selector = selectors.DefaultSelector()
        self._open = 0
        self._pidfd: int | None = None
        self._descendants: dict[int, str] = {}

    def supervise(self) -> int | None:
        """Wait until the child and all it started are gone; its exit code, None when it could not be killed."""
        process_group.remember(self.child.pid, self._mark)
        try:
            self._listen()
            if self._on_start is not None:
                self._on_start(self.child.pid)
            self._loop()
        finally:
            self._finish()
            code = self._reap()
        return code

    def _listen(self) -> None:
        for stream, capture in ((self.child.stdout, self.stdout), (self.child.stderr, self.stderr)):
            assert stream is not None  # noqa: S101 - opened as a pipe by the caller
            os.set_blocking(stream.fileno(), False)
            self._selector.register(stream, selectors.EVENT_READ, capture)
            self._open += 1
        if self.child.stdin is not None:
            os.set_blocking(self.child.stdin.fileno(), False)
            self._selector.register(self.child.stdin, selectors.EVENT_WRITE, "stdin")
        if self._wake is not None:
            self._selector.register(self._wake, selectors.EVENT_READ, "wake")
        with suppress(AttributeError, OSError):  # Linux only; elsewhere the loop asks every few milliseconds
            self._pidfd = os.pidfd_open(self.child.pid)
            self._selector.register(self._pidfd, selectors.EVENT_READ, "exit")

    def _loop(self) -> None:
        pause = 0.001
        while True:
            now = time.monotonic()
            self._keep_time(now)
            if self._done(now):
                return
            wait = self._next_moment() - now
            if self._pidfd is None and self._ended_at is None:
                wait, pause = min(wait, pause), min(pause * 1.5, 0.05)
            for key, _ in self._selector.select(max(wait, 0)):
                self._handle(key)
            if self._ended_at is None and _has_exited(self.child):
                self._note_exit()

    def _handle(self, key: selectors.SelectorKey) -> None:
        if isinstance(key.data, Capture):
            self._read(key.fileobj, key.data)
        elif key.data == "stdin":
            self._feed()
        elif key.data == "wake":
            self._selector.unregister(key.fileobj)
            self._stop("stopped on request")
        # "exit" only wakes the loop

    def _read(self, stream: object, capture: Capture) -> None:
        data = b""
        with suppress(BlockingIOError):
            data = os.read(stream.fileno(), _CHUNK)  # type: ignore[attr-defined]
            if not data:
                self._close(stream)
        if data:
            capture.add(data)
            if capture is self.stdout and self._on_output is not None:
                self._on_output(data)
            if capture.total > self._flood:
                self._stop(f"killed after more than {self._flood} bytes of output")

    def _feed(self) -> None:
        stream = self.child.stdin
        if stream is None or stream.closed:
            return
        try:
            written = os.write(stream.fileno(), self._stdin[:_CHUNK])
        except BlockingIOError:
            return
        except OSError:  # the child closed its input: its right
            written = len(self._stdin)
        self._stdin = self._stdin[written:]
        if not self._stdin:
            self._close(stream)

    def _close(self, stream: object) -> None:
        self._selector.unregister(stream)  # type: ignore[arg-type]
        if stream is not self.child.stdin:
            self._open -= 1
        with suppress(OSError):
            stream.close()  # type: ignore[attr-defined]

    def _stop(self, reason: str) -> None:
        if self._kill_at is not None or self.reason:
            return
        self.reason = reason
        self._kill_at = time.monotonic() + self._grace_s
        # Noted while the chain of parents is whole: once the leader is dead its descendants have no known parent.
        self._descendants = process_group.identified(process_group.descendants(self.child.pid))
        process_group.signal_group(self.child.pid, signal.SIGTERM)

    def _keep_time(self, now: float) -> None:
        if self._ended_at is None and now >= self._deadline and not self.reason:
            self.timed_out = True
            self._stop(f"timeout after {self._timeout_s:g} s")
        if self._kill_at is not None and now >= self._kill_at and self._give_up_at is None:
            process_group.signal_everything(self.child.pid, self._mark, signal.SIGKILL)
            self._give_up_at = now + REAP_S

    def _next_moment(self) -> float:
        if self._ended_at is not None:
            return self._ended_at + LINGER_S
        if self._give_up_at is not None:
            return self._give_up_at
        return self._kill_at if self._kill_at is not None else self._deadline

    def _note_exit(self) -> None:
        self._ended_at = time.monotonic()
        if self._pidfd is not None:
            self._selector.unregister(self._pidfd)
        if self.child.stdin is not None and not self.child.stdin.closed:
            self._close(self.child.stdin)

    def _done(self, now: float) -> bool:
        if self._ended_at is not None:
            return self._open == 0 or now >= self._ended_at + LINGER_S
        return self._give_up_at is not None and now >= self._give_up_at

    def _finish(self) -> None:
        """Kill what is left, while the unreaped leader still keeps its process id from being given to a stranger."""
        if self._ended_at is None:
            process_group.signal_everything(self.child.pid, self._mark, signal.SIGKILL)
        else:
            process_group.signal_group(self.child.pid, signal.SIGKILL)
            if self._sweep or self._open or self.reason:
                process_group.signal_marked(self._mark, signal.SIGKILL)
        process_group.signal_identified(self._descendants, signal.SIGKILL)
        for stream in (self.child.stdin, self.child.stdout, self.child.stderr):
            _shut(stream)
        if self._pidfd is not None:
            os.close(self._pidfd)
        self._selector.close()
        process_group.forget(self.child.pid)

    def _reap(self) -> int | None:
        try:
            return self.child.wait(REAP_S)
        except subprocess.TimeoutExpired:
            # Stuck in the kernel. Tell Popen it is over, or its destructor warns for ever about a process nobody can end.
            self.child.returncode = -signal.SIGKILL
            return None


def _has_exited(child: subprocess.Popen[bytes]) -> bool:
    """Whether the child ended, without reaping it where the system allows (see `_finish`)."""
    if hasattr(os, "waitid"):
        try:
            return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:  # somebody ignores SIGCHLD in this process
            return True
    return child.poll() is not None


def _shut(stream: IO[bytes] | None) -> None:
    if stream is not None and not stream.closed:
        with suppress(OSError):
            stream.close()
