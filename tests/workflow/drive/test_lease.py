from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from kit.forked import Child, until
from twelve.model.errors import TwelveError
from twelve.workflow.drive import engine, lease


def hold(database: engine.Database, executor: str, ready: Path) -> None:
    held = lease.take(database, executor)
    ready.write_text(held.executor, encoding="utf-8")
    time.sleep(60)


def test_every_process_gets_a_name_of_its_own() -> None:
    assert len({lease.new_executor() for _ in range(200)}) == 200


def test_a_living_workers_lease_cannot_be_taken_and_a_killed_ones_can(database: engine.Database, tmp_path: Path) -> None:
    child = Child(lambda: hold(database, "worker", tmp_path / "ready"))
    until((tmp_path / "ready").exists)
    with lease.take(database, "observer") as observer:
        assert not observer.dead("worker")
        with pytest.raises(TwelveError):
            lease.take(database, "worker")
        os.kill(child.pid, signal.SIGSTOP)
        assert not observer.dead("worker"), "a suspended process is not a dead one"
        os.kill(child.pid, signal.SIGCONT)
        child.kill()
        assert until(lambda: observer.dead("worker"))
        assert observer.dead("worker"), "asking again gives the same answer"
        assert observer.alive()


def test_nobody_is_dead_to_themselves(database: engine.Database) -> None:
    with lease.take(database, "me") as held:
        assert not held.dead("me")


def test_a_worker_that_left_properly_counts_as_gone(database: engine.Database) -> None:
    with lease.take(database, "observer") as observer:
        with lease.take(database, "short"):
            assert not observer.dead("short")
        assert until(lambda: observer.dead("short"))


@pytest.mark.postgres
def test_a_lost_connection_means_a_lost_lease(postgres: object, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue("postgres")
    database = engine.database(tmp_path, server.database(), "twelve-test")
    held = lease.take(database, "mine")
    assert held.alive()
    server.control("-m", "immediate", "restart")
    assert not held.alive()
    held.release()
