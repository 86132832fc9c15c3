"""The durable engine, DBOS, started and stopped in one place. Everything it needs said twice is said here.

Traps this module closes (each has a contract test in `tests/workflow/drive/test_engine_contract.py`):
a shared executor id runs a live step twice, so ids are unique; a version hashed from the source strands
runs on every edit, so the version is constant; pickled rows cannot be read by another build, so rows are
JSON; the default journal costs a full sync per commit, so the file is created in WAL first; thirty log
lines and an advertisement do not belong on a terminal, so the log goes to a file at level ERROR; from Python
3.12 on it asks SQLite for fractions of a second, which a library before 3.42 answers with nothing.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import Any

import sqlalchemy
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, error
from msgspec import Struct

from twelve.model.errors import ConfigError, Trouble, TwelveError
from twelve.system import files, processes, redact

VERSION = "1"
"""Never derived from source. A new shape of workflow gets a new workflow *name*; old names stay registered."""

FILE_NAME = "runs.db"
LOG_NAME = "engine.log"
THREADS = 64
"""Upper bound of the engine's own thread pool; unbounded it grows by one per waiting call (ours)."""
_PATIENT = processes.RetryPolicy(attempts=8, base_s=0.05)
"""About six seconds for a file that another driver opens or closes at the same moment (ours)."""

_STEERING = ("DBOS__APPVERSION", "DBOS__VMID", "DBOS__CLOUD", "DBOS__APPID", "DBOS__CONDUCTOR_KEY", "DBOS__CONDUCTOR_URL")


class Database(Struct, frozen=True, kw_only=True):
    """Where runs are checkpointed: one SQLite file of this repository, or a PostgreSQL database by URL."""

    url: str
    state: Path
    """`<git common dir>/twelve/state`."""
    application: str
    """Scopes rows to one repository, so several may share a PostgreSQL database."""

    @property
    def shared(self) -> bool:
        """True for PostgreSQL: workers are told apart by advisory locks there, not by files."""
        return not self.url.startswith("sqlite")

    @property
    def version(self) -> str:
        """Constant for a repository; the engine wants it unique among the applications of one database."""
        return f"{self.application}/{VERSION}"

    @property
    def file(self) -> Path:
        return self.state / FILE_NAME


def database(state: Path, url: str, application: str) -> Database:
    """The database a policy asks for. `url` empty = the SQLite file in `state`.

    Raises ConfigError for a URL that is not PostgreSQL.
    """
    if not url:
        path = sqlalchemy.URL.create("sqlite", database=str(state / FILE_NAME))
        return Database(url=path.render_as_string(hide_password=False), state=state, application=application)
    try:
        parsed = sqlalchemy.make_url(url)
    except sqlalchemy.exc.ArgumentError as trouble:
        raise _bad_url(url) from trouble
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise _bad_url(url)
    psycopg = parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    return Database(url=psycopg, state=state, application=application)


def _bad_url(url: str) -> ConfigError:
    return ConfigError(
        f"[run] database_url is not a PostgreSQL address: {redact.redact(url)[:120]}",
        why="runs are kept in the repository's own SQLite file, or in PostgreSQL when several machines share them",
        next="write postgresql://user@host:5432/name, or remove the setting to use the SQLite file",
    )


def prepare(database: Database) -> None:
    """Create the SQLite file in WAL before first use; the mode is a lasting property of the file. Idempotent."""
    if database.shared:
        return
    database.state.mkdir(parents=True, exist_ok=True)
    with files.FileLock(database.state / "runs.db.lock", timeout_s=30):
        mode, _ = processes.retry(lambda _number: _write_ahead(database), _PATIENT, transient=_locked)
    if isinstance(mode, Exception):
        raise mode
    if str(mode).lower() != "wal":
        raise TwelveError(
            f"{database.file} cannot be kept in write-ahead mode (it is in {mode!r})",
            why="without it every checkpoint waits for two disk syncs, and network file systems lose locks",
            next="put the repository on a local disk, or set [run] database_url to a PostgreSQL database",
            kind=Trouble.TOOL,
        )


def _write_ahead(database: Database) -> object:
    """The mode the file is in now, or why it cannot be told."""
    engine = sqlalchemy.create_engine(database.url, connect_args={"timeout": 30})
    try:
        with engine.connect() as connection:
            return connection.exec_driver_sql("PRAGMA journal_mode=WAL").scalar()
    except sqlalchemy.exc.OperationalError as refused:
        return refused
    finally:
        engine.dispose()


def _locked(answer: object) -> bool:
    """SQLite does not wait for its time-out while another process opens, closes or switches the file."""
    return isinstance(answer, Exception) and "locked" in str(answer)


@sqlalchemy.event.listens_for(sqlalchemy.Engine, "connect")
def _tell_time(connection: Any, _record: object) -> None:
    """Teach an old SQLite library `unixepoch('subsec')`, which the engine takes for granted."""
    if not type(connection).__module__.startswith("sqlite3"):
        return
    major, minor, *_ = connection.execute("SELECT sqlite_version()").fetchone()[0].split(".")
    if (int(major), int(minor)) < (3, 42):
        connection.create_function("unixepoch", 1, lambda modifier: time.time() if modifier == "subsec" else None)


def launch(database: Database, executor: str) -> None:
    """Start the engine in this process under a unique executor id. One engine per process.

    Every workflow must be defined before: the engine looks for work at once.
    Raises TwelveError when the database cannot be reached.
    """
    for name in _STEERING:
        os.environ.pop(name, None)
    prepare(database)
    _quiet(database.state)
    DBOS(config=configuration(database, executor))
    _quiet(database.state)
    try:
        DBOS.launch()
    except (sqlalchemy.exc.SQLAlchemyError, error.DBOSException) as trouble:
        shut_down()
        raise unreachable(database.url, trouble) from trouble


def configuration(database: Database, executor: str) -> DBOSConfig:
    return DBOSConfig(
        name=database.application,
        system_database_url=database.url,
        application_version=database.version,
        executor_id=executor,
        log_level="ERROR",
        enable_otlp=False,
        serializer=DBOSPortableJSONSerializer(),
        max_executor_threads=THREADS,
        notification_listener_polling_interval_sec=1.0,
    )


def reclaim(executor: str) -> int:
    """Put the unfinished workflows of a *dead* executor back into the queue. Returns how many.

    Atomic per row and limited to rows still held by `executor`, so calling it twice, or from two
    processes, starts nothing twice. The caller has proved the executor dead (see `lease`).
    """
    return len(DBOS._recover_pending_workflows([executor]))


def holders() -> dict[str, str]:
    """Unfinished workflow id -> executor that holds it, for this repository."""
    found = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    return {row.workflow_id: row.executor_id or "" for row in found}


def shut_down() -> None:
    """Stop the engine's threads without waiting for workflows; they resume from their last checkpoint."""
    DBOS.destroy(workflow_completion_timeout_sec=0)


def unreachable(url: str, trouble: Exception) -> TwelveError:
    """A database error in words a person can act on, without the password in the URL."""
    lines = str(trouble.__cause__ or trouble).strip().splitlines() or [type(trouble).__name__]
    return TwelveError(
        f"the run database cannot be used: {sqlalchemy.make_url(url).render_as_string()}",
        why=redact.redact(lines[0])[:300],
        next="check that it is reachable and writable, then run the same command again; no finished step is lost",
        kind=Trouble.TOOL,
    )


def _quiet(state: Path) -> None:
    """Send the engine's log to a file, so that neither stdout nor stderr carries anything but our own words."""
    logger = logging.getLogger("dbos")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    state.mkdir(parents=True, exist_ok=True)
    file = logging.FileHandler(state / LOG_NAME, encoding="utf-8", delay=True)
    file.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    logger.addHandler(file)
    logger.propagate = False
