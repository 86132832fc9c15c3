"""Who is alive: a lock that the operating system or the database drops when its holder dies.

The engine itself never notices a dead worker; its runs stay PENDING for ever. So every driving process
holds one lease under its unique executor id, and whoever can take another's lease has proved it dead.
No clock and no heartbeat is compared, so a suspended laptop or a skewed clock proves nothing false.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import sqlalchemy
from sqlalchemy.pool import NullPool

from twelve.model.errors import Trouble, TwelveError
from twelve.system import files
from twelve.workflow.drive import engine, presence


def new_executor() -> str:
    """A name no other process has or had: pid for people, randomness for certainty."""
    return f"{os.getpid()}-{secrets.token_hex(6)}"


class Lease(Protocol):
    """Held from before the engine starts until the process ends."""

    executor: str

    def alive(self) -> bool:
        """Whether this lease is still ours. False means: stop agents and leave, somebody may have taken over."""
        ...

    def dead(self, executor: str) -> bool:
        """Whether no living process holds `executor`'s lease."""
        ...

    def release(self) -> None: ...


class _Held:
    """Context manager shared by both kinds."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()

    def release(self) -> None:
        raise NotImplementedError


class FileLease(_Held):
    """`flock` on `<state>/workers/<executor>.lock`: for processes of one machine."""

    def __init__(self, state: Path, executor: str) -> None:
        self.state = state
        self.executor = executor
        presence.folder(state).mkdir(parents=True, exist_ok=True)
        self._lock = files.FileLock(self._path(executor), blocking=False)
        if not self._lock.acquire():
            raise _taken(executor)

    def alive(self) -> bool:
        return True

    def dead(self, executor: str) -> bool:
        path = self._path(executor)
        if executor == self.executor:
            return False
        if not path.exists():
            return True
        lock = files.FileLock(path, blocking=False)
        if not lock.acquire():
            return False
        # Its name is never used again, so nobody can lock a file of that name after this.
        path.unlink(missing_ok=True)
        lock.release()
        return True

    def release(self) -> None:
        self._path(self.executor).unlink(missing_ok=True)
        self._lock.release()

    def _path(self, executor: str) -> Path:
        return presence.path(self.state, executor)


class AdvisoryLease(_Held):
    """A PostgreSQL session lock on a connection of its own: for processes of many machines.

    Needs a direct connection; a pooler in transaction mode hands the session to somebody else. The file lock
    is held as well, for `twelve runs` on this machine; only the database decides who is dead.
    """

    def __init__(self, url: str, state: Path, executor: str) -> None:
        self.executor = executor
        self._local = FileLease(state, executor)
        self._engine = sqlalchemy.create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        try:
            self._connection = self._engine.connect()
            taken = self._try(executor)
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise engine.unreachable(url, error) from error
        if not taken:
            raise _taken(executor)

    def alive(self) -> bool:
        try:
            return self._connection.exec_driver_sql("SELECT 1").scalar() == 1
        except sqlalchemy.exc.SQLAlchemyError:
            return False

    def dead(self, executor: str) -> bool:
        if executor == self.executor or not self._try(executor):
            return False
        self._connection.execute(sqlalchemy.text("SELECT pg_advisory_unlock(:key)"), {"key": _key(executor)})
        return True

    def release(self) -> None:
        self._connection.close()
        self._engine.dispose()
        self._local.release()

    def _try(self, executor: str) -> bool:
        query = sqlalchemy.text("SELECT pg_try_advisory_lock(:key)")
        return bool(self._connection.execute(query, {"key": _key(executor)}).scalar())


def take(database: engine.Database, executor: str) -> FileLease | AdvisoryLease:
    """This process's lease on its executor id. Raises TwelveError when it is held or the database is away."""
    if database.shared:
        return AdvisoryLease(database.url, database.state, executor)
    return FileLease(database.state, executor)


def _key(executor: str) -> int:
    """A signed 64-bit number, as PostgreSQL wants; two of 2^32 workers collide with probability 1/2."""
    return int.from_bytes(hashlib.sha256(f"twelve-worker:{executor}".encode()).digest()[:8], "big", signed=True)


def _taken(executor: str) -> TwelveError:
    return TwelveError(
        f"worker {executor} is already running",
        why="two processes under one name would both carry out the same step",
        next="start the command again; each start makes a name of its own",
        kind=Trouble.TOOL,
    )
