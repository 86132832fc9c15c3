"""Engine processes for tests: the parent imports the engine once, children are forked from it and may be killed.

A child is forked before any engine exists in the parent, so nothing of the engine is shared.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Child:
    """A forked process running one function."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.status: int | None = None
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                signal.alarm(120)
                function(*args)
                code = 0
            except BaseException:  # noqa: BLE001 - a forked child must never return into the test runner
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self, timeout_s: float = 60) -> int:
        """Exit code, or minus the signal that ended it."""
        deadline = time.monotonic() + timeout_s
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise AssertionError("the child did not end in time")
            else:
                time.sleep(0.02)
        return self.status


def until(condition: Callable[[], Any], timeout_s: float = 30) -> Any:
    """Poll until `condition` holds; fails the test otherwise."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split() if path.exists() else []


def note(path: Path, word: str) -> None:
    """Append one word; a single write, so that concurrent children never mix."""
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(fd, f"{word}\n".encode())
    os.close(fd)
