"""Ending a process together with everything it started: its group, its descendants, and daemons that left both."""

from __future__ import annotations

import os
import secrets
import signal
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

MARK = "TWELVE_INTERNAL_EXECUTION"
"""Environment variable every child carries, so that a daemon that left its session is still known as ours."""

GRACE_S = 2.0
"""Seconds between asking a group to end and killing it."""

_PROC = "/proc"
_CHUNK = 1 << 16
_live: dict[int, str] = {}
_live_lock = threading.Lock()


def new_mark() -> str:
    """A mark for one execution, extending our own so that an outer execution also recognises our children."""
    return f"{os.environ.get(MARK, '')}:{secrets.token_hex(8)}"


def remember(pid: int, mark: str) -> None:
    with _live_lock:
        _live[pid] = mark


def forget(pid: int) -> None:
    with _live_lock:
        _live.pop(pid, None)


def signal_group(pid: int, number: int) -> None:
    """Signal a process group led by `pid`; a group that is gone or not ours is left alone."""
    if pid <= 1 or pid == os.getpgrp():
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def signal_everything(pid: int, mark: str, number: int) -> None:
    """Signal the group, the descendants of its leader wherever they went, and all that carry the mark."""
    strays = list(descendants(pid))
    signal_group(pid, number)
    for stray in strays:
        _signal(stray, number)
    signal_marked(mark, number)


def signal_marked(mark: str, number: int) -> None:
    """Signal all that carry the mark; asked after the group is dead, so that nothing is left to fork new ones."""
    for stray in marked(mark):
        _signal(stray, number)


def kill_group(pid: int, *, grace_s: float = GRACE_S) -> None:
    """End the group led by `pid`: SIGTERM, up to `grace_s` seconds of patience, then SIGKILL. Blocks that long at most."""
    strays = identified(descendants(pid))
    signal_group(pid, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while time.monotonic() < deadline and _group_alive(pid):
        time.sleep(0.02)
    signal_everything(pid, "", signal.SIGKILL)
    signal_identified(strays, signal.SIGKILL)


def kill_all() -> None:
    """Kill at once everything this process is running; for the last moment before a hard exit."""
    with _live_lock:
        running = list(_live.items())
    for pid, mark in running:
        signal_everything(pid, mark, signal.SIGKILL)


def started_at(pid: int) -> str | None:
    """Something that tells this process from a later one with the same id; None when it is gone or the system does not say."""
    fields = _stat(pid)
    return fields[19] if fields and fields[0] != "Z" else None


def identified(pids: Iterable[int]) -> dict[int, str]:
    """Process ids with what `started_at` says of each, to be signalled later."""
    return {pid: start for pid in pids if (start := started_at(pid)) is not None}


def signal_identified(processes: Mapping[int, str], number: int) -> None:
    """Signal those that are still the same processes."""
    for pid, start in processes.items():
        if started_at(pid) == start:
            _signal(pid, number)


def marked(mark: str) -> Iterator[int]:
    """Processes of ours whose environment carries the mark. Empty where there is no /proc (macOS)."""
    token = mark.rpartition(":")[2].encode()
    if not token:
        return
    for pid in _processes():
        if token in _told(f"{_PROC}/{pid}/environ"):
            yield pid


def descendants(pid: int) -> Iterator[int]:
    """Children, their children and so on, as far as the parent chain is unbroken."""
    children: dict[int, list[int]] = {}
    for other in _processes():
        if fields := _stat(other):
            children.setdefault(int(fields[1]), []).append(other)
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            yield child
            waiting.append(child)


def with_mark(environment: Mapping[str, str], mark: str) -> dict[str, str]:
    return {**environment, MARK: mark}


def _processes() -> Iterator[int]:
    with suppress(OSError):
        yield from (int(name) for name in os.listdir(_PROC) if name.isdigit())


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the state on; the name before it may itself contain spaces and brackets."""
    return _told(f"{_PROC}/{pid}/stat").decode("utf-8", "replace").rpartition(")")[2].split()


def _told(path: str) -> bytes:
    """What the kernel says there; nothing when the process is gone or not ours. Plain calls: every execution ends with one per process."""
    parts = []
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        while data := os.read(descriptor, _CHUNK):
            parts.append(data)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
    return b"".join(parts)


def _signal(pid: int, number: int) -> None:
    if pid > 1 and pid != os.getpid():
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _group_alive(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
