"""Which workers of this machine are alive, seen through the locks they hold; cheap enough for `twelve runs`."""

from __future__ import annotations

from pathlib import Path

from twelve.system import files


def folder(state: Path) -> Path:
    return state / "workers"


def path(state: Path, executor: str) -> Path:
    return folder(state) / f"{executor}.lock"


def alive(state: Path, executor: str) -> bool:
    """Whether a process holds this executor's lock now. The lock is dropped by the system when its holder dies."""
    place = path(state, executor)
    if not executor or not place.exists():
        return False
    lock = files.FileLock(place, blocking=False)
    if not lock.acquire():
        return True
    lock.release()
    return False
