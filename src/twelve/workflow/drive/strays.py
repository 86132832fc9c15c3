"""Processes a driving process left behind: agents live in sessions of their own and outlive a kill -9.

Everything a driver starts inherits `TWELVE_DRIVER=<executor>` in its environment. Whoever takes over a
dead executor's runs first ends what still carries its name, so no old agent writes beside the new one.
A process that clears its environment *and* leaves its group escapes this; nothing short of a container
would hold it.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from twelve.system import clock, processes

MARK = "TWELVE_DRIVER"
GRACE_S = 2.0
"""Time between asking a group to end and making it, seconds (ours)."""


def mark(executor: str) -> None:
    """From now on, every child of this process carries our name."""
    os.environ[MARK] = executor


def find(executor: str) -> tuple[int, ...]:
    """Process ids, other than our own and our ancestors, that carry `executor`'s mark."""
    needle = f"{MARK}={executor}".encode()
    ours = set(_ancestors())
    return tuple(pid for pid, environment in environments() if pid not in ours and needle in environment.split(b"\0"))


def kill(executor: str, *, grace_s: float = GRACE_S) -> int:
    """End every stray of `executor` with its whole process group. Returns how many processes were found."""
    found = find(executor)
    _signal(found, signal.SIGTERM)
    deadline = clock.monotonic() + grace_s
    while (left := find(executor)) and clock.monotonic() < deadline:
        time.sleep(0.05)
    _signal(left, signal.SIGKILL)
    return len(found)


def _signal(pids: tuple[int, ...], number: signal.Signals) -> None:
    own_group = os.getpgrp()
    for pid in pids:
        try:
            group = os.getpgid(pid)
            if group not in (own_group, 0, 1):
                os.killpg(group, number)
            else:
                os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def environments() -> Iterator[tuple[int, bytes]]:
    """(pid, NUL-separated environment) of every process we may look at."""
    root = Path("/proc")
    if not (root / "self" / "environ").exists():
        yield from _listed()
        return
    for entry in root.iterdir():
        if entry.name.isdigit():
            try:
                yield int(entry.name), (entry / "environ").read_bytes()
            except OSError:
                continue


def _listed() -> Iterator[tuple[int, bytes]]:
    """The same where there is no /proc: `ps -E` prints the environment after the command, blank-separated."""
    listing = processes.run(["ps", "-axwwEo", "pid=,command="], cwd=Path("/"), timeout_s=10)
    for line in listing.stdout.splitlines():
        pid, _, rest = line.strip().partition(b" ")
        if pid.isdigit():
            yield int(pid), rest.replace(b" ", b"\0")


def _ancestors() -> Iterator[int]:
    pid = os.getpid()
    while pid > 1:
        yield pid
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            yield os.getppid()
            return
        pid = int(stat.rpartition(")")[2].split()[1])
