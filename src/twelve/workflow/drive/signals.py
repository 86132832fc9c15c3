"""Leaving at once: Ctrl-C ends the agents and the process, and the run continues from its last step.

The engine joins its threads at exit, so an orderly stop would wait for the running step. Being safe
against kill -9 anyway, the driver does not wait.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

from twelve.workflow.drive import strays

GRACE_S = 0.5
"""How long agents get to end by themselves before they are killed, seconds (ours)."""


def leave(executor: str, code: int) -> None:
    """End this process's agents and then the process, without running any clean-up of the engine."""
    strays.kill(executor, grace_s=GRACE_S)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
    os._exit(code)


def arm(executor: str, say: Callable[[], None]) -> None:
    """On SIGINT, SIGTERM and SIGHUP: call `say`, kill the agents, exit with 128 + signal number."""

    def handler(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)
        try:
            say()
        finally:
            leave(executor, 128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)
