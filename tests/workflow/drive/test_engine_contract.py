"""What we rely on in DBOS, and every trap of it that we know; these tests fail when an upgrade changes one."""

from __future__ import annotations

import ast
import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from dbos import DBOS, SetWorkflowID, StepOptions

from kit.forked import Child, lines, note, until
from twelve.model.errors import ConfigError, TwelveError
from twelve.workflow.drive import engine

WORKFLOW = "contract.v1"


def register(folder: Path) -> Any:
    """A workflow of two steps: `first` ends at once, `second` holds until the file `go` appears."""

    async def first() -> dict[str, str]:
        note(folder / "effects", "first")
        return {"done": "first"}

    async def second() -> dict[str, str]:
        note(folder / "effects", "second")
        while not (folder / "go").exists():
            await asyncio.sleep(0.02)
        return {"done": "second"}

    @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)
    async def contract(word: str) -> dict[str, str]:
        await DBOS.run_step_async(StepOptions(name="first"), first)
        await DBOS.run_step_async(StepOptions(name="second", preemptible=True), second)
        return {"word": word}

    return contract


def drive(database: engine.Database, folder: Path, executor: str, *, start: bool, reclaim: str = "", ends: bool = False) -> None:
    """One driving process: launch, optionally reclaim a dead executor's runs, optionally start the run, and stay."""
    contract = register(folder)
    engine.launch(database, executor)
    note(folder / "launched", executor)
    if reclaim:
        engine.reclaim(reclaim)
    if start:
        with SetWorkflowID("run.1"):
            DBOS.start_workflow(contract, "hello")
    if ends:
        result: Any = DBOS.retrieve_workflow("run.1").get_result()
        note(folder / "results", result["word"])
        return
    time.sleep(100)


def rows(database: engine.Database, query: str) -> list[Any]:
    schema = "" if not database.shared else "dbos."
    handle = sqlalchemy.create_engine(database.url)
    try:
        with handle.connect() as connection:
            return list(connection.exec_driver_sql(query.format(schema=schema)).fetchall())
    finally:
        handle.dispose()


def started(database: engine.Database, folder: Path) -> Child:
    child = Child(lambda: drive(database, folder, "one", start=True))
    until(lambda: "second" in lines(folder / "effects"))
    return child


def test_a_second_process_does_not_carry_out_a_live_step_again(database: engine.Database, tmp_path: Path) -> None:
    first = started(database, tmp_path)
    second = Child(lambda: drive(database, tmp_path, "two", start=True))
    until(lambda: "two" in lines(tmp_path / "launched"))
    time.sleep(1.2)
    assert lines(tmp_path / "effects") == ["first", "second"]
    (tmp_path / "go").touch()
    until(lambda: rows(database, "SELECT 1 FROM {schema}workflow_status WHERE status='SUCCESS'"))
    assert lines(tmp_path / "effects") == ["first", "second"]
    first.kill()
    second.kill()


def test_a_dead_workers_run_waits_until_it_is_reclaimed_and_repeats_only_the_interrupted_step(
    database: engine.Database, tmp_path: Path
) -> None:
    started(database, tmp_path).kill()
    idle = Child(lambda: drive(database, tmp_path, "idle", start=False))
    until(lambda: "idle" in lines(tmp_path / "launched"))
    time.sleep(1.2)
    assert rows(database, "SELECT status, executor_id FROM {schema}workflow_status") == [("PENDING", "one")]
    idle.kill()
    (tmp_path / "go").touch()
    assert Child(lambda: drive(database, tmp_path, "three", start=False, reclaim="one", ends=True)).wait() == 0
    assert lines(tmp_path / "effects") == ["first", "second", "second"]
    assert lines(tmp_path / "results") == ["hello"]


def test_reclaiming_a_run_that_somebody_already_took_over_changes_nothing(database: engine.Database, tmp_path: Path) -> None:
    started(database, tmp_path).kill()
    taker = Child(lambda: drive(database, tmp_path, "two", start=False, reclaim="one"))
    until(lambda: lines(tmp_path / "effects").count("second") == 2)
    late = Child(lambda: drive(database, tmp_path, "three", start=False, reclaim="one"))
    until(lambda: "three" in lines(tmp_path / "launched"))
    time.sleep(1.2)
    assert lines(tmp_path / "effects").count("second") == 2
    assert rows(database, "SELECT executor_id FROM {schema}workflow_status") == [("two",)]
    taker.kill()
    late.kill()


def test_another_repository_on_the_same_database_does_not_take_our_runs(database: engine.Database, tmp_path: Path) -> None:
    started(database, tmp_path).kill()
    other = engine.Database(url=database.url, state=database.state, application="twelve-other")
    stranger = Child(lambda: drive(other, tmp_path, "stranger", start=False, reclaim="one"))
    until(lambda: "stranger" in lines(tmp_path / "launched"))
    time.sleep(1.2)
    assert rows(database, "SELECT status, executor_id FROM {schema}workflow_status") == [("PENDING", "one")]
    stranger.kill()


def test_the_version_does_not_depend_on_the_source_or_the_environment(
    database: engine.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBOS__APPVERSION", "from-outside")
    monkeypatch.setenv("DBOS__VMID", "local")
    started(database, tmp_path).kill()
    assert rows(database, "SELECT application_version, executor_id FROM {schema}workflow_status") == [("twelve-test/1", "one")]


def test_rows_are_json_and_hold_no_pickle(database: engine.Database, tmp_path: Path) -> None:
    (tmp_path / "go").touch()
    assert Child(lambda: drive(database, tmp_path, "one", start=True, ends=True)).wait() == 0
    assert '"hello"' in rows(database, "SELECT inputs FROM {schema}workflow_input")[0][0]
    assert '"hello"' in rows(database, "SELECT output FROM {schema}workflow_output")[0][0]
    outputs = [row[0] for row in rows(database, "SELECT output FROM {schema}operation_outputs ORDER BY function_id")]
    assert [("first" in outputs[0]), ("second" in outputs[1])] == [True, True]
    kinds = rows(database, "SELECT DISTINCT serialization FROM {schema}operation_outputs")
    assert [row[0] for row in kinds] == ["portable_json"]


def test_a_run_survives_more_recoveries_than_the_engines_default_limit(database: engine.Database, tmp_path: Path) -> None:
    started(database, tmp_path).kill()
    handle = sqlalchemy.create_engine(database.url)
    with handle.begin() as connection:
        schema = "dbos." if database.shared else ""
        connection.exec_driver_sql(f"UPDATE {schema}workflow_status SET recovery_attempts = 1000")  # noqa: S608
    handle.dispose()
    (tmp_path / "go").touch()
    assert Child(lambda: drive(database, tmp_path, "two", start=False, reclaim="one", ends=True)).wait() == 0


def test_an_old_sqlite_library_tells_fractions_of_a_second(tmp_path: Path) -> None:
    made = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'runs.db'}")
    try:
        with made.connect() as connection:
            told = connection.exec_driver_sql("SELECT unixepoch('subsec')").scalar()
    finally:
        made.dispose()
    assert told is not None
    assert abs(float(told) - time.time()) < 60


def test_the_engine_says_nothing_on_the_terminal(database: engine.Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "go").touch()
    assert Child(lambda: drive(database, tmp_path, "one", start=True, ends=True)).wait() == 0
    assert capfd.readouterr() == ("", "")


def test_the_file_is_in_write_ahead_mode_before_the_engine_touches_it(tmp_path: Path) -> None:
    database = engine.database(tmp_path / "state with space?&%", "", "twelve-test")
    engine.prepare(database)
    engine.prepare(database)
    assert database.file.exists()
    assert rows(database, "PRAGMA journal_mode") == [("wal",)]
    assert rows(database, "PRAGMA synchronous") == [(2,)]


def test_drivers_that_start_at_the_same_moment_all_find_the_file_ready(tmp_path: Path) -> None:
    database = engine.database(tmp_path / "state", "", "twelve-test")

    def begin() -> None:
        while not (tmp_path / "go").exists():
            pass
        engine.prepare(database)

    drivers = [Child(begin) for _ in range(8)]
    (tmp_path / "go").touch()
    assert [driver.wait() for driver in drivers] == [0] * 8


def children(database: engine.Database, folder: Path, executor: str, *, reclaim: str = "") -> None:
    """A parent that starts one child per branch under an explicit id and gathers them in order."""

    async def effect(branch: str) -> str:
        note(folder / "effects", branch)
        while branch == "slow" and not (folder / "go").exists():
            await asyncio.sleep(0.02)
        return branch

    @DBOS.workflow(name="branch.v1", max_recovery_attempts=None)
    async def branch(name: str) -> str:
        await DBOS.run_step_async(StepOptions(name="a"), effect, name)
        await DBOS.run_step_async(StepOptions(name="b"), effect, f"{name}2")
        return name

    @DBOS.workflow(name="parent.v1", max_recovery_attempts=None)
    async def parent() -> list[str]:
        handles = []
        for name in ("quick", "slow", "other"):
            with SetWorkflowID(f"{DBOS.workflow_id}.{name}"):
                handles.append(await DBOS.start_workflow_async(branch, name))
        return [await handle.get_result() for handle in handles]

    engine.launch(database, executor)
    if reclaim:
        engine.reclaim(reclaim)
    else:
        with SetWorkflowID("run.1"):
            DBOS.start_workflow(parent)
    note(folder / "results", ",".join(DBOS.retrieve_workflow("run.1").get_result()))


def test_one_child_per_branch_with_its_own_id_recovers_in_order(database: engine.Database, tmp_path: Path) -> None:
    child = Child(lambda: children(database, tmp_path, "one"))
    until(lambda: {"quick2", "slow", "other2"} <= set(lines(tmp_path / "effects")))
    until(lambda: len(rows(database, "SELECT 1 FROM {schema}workflow_status WHERE status='SUCCESS'")) == 2)
    child.kill()
    (tmp_path / "go").touch()
    assert Child(lambda: children(database, tmp_path, "two", reclaim="one")).wait() == 0
    assert lines(tmp_path / "results") == ["quick,slow,other"]
    assert sorted(lines(tmp_path / "effects")) == ["other", "other2", "quick", "quick2", "slow", "slow", "slow2"]


def napping(database: engine.Database, folder: Path, executor: str, *, reclaim: str = "") -> None:
    """A workflow that pauses between two steps."""

    async def stamp() -> float:
        note(folder / "effects", "stamp")
        return time.time()

    @DBOS.workflow(name="napping.v1", max_recovery_attempts=None)
    async def nap() -> list[float]:
        first = await DBOS.run_step_async(StepOptions(name="first"), stamp)
        await DBOS.sleep_async(8)
        return [first, await DBOS.run_step_async(StepOptions(name="second"), stamp)]

    engine.launch(database, executor)
    if reclaim:
        engine.reclaim(reclaim)
    else:
        with SetWorkflowID("run.1"):
            DBOS.start_workflow(nap)
    stamps: Any = DBOS.retrieve_workflow("run.1").get_result()
    (folder / "slept").write_text(str(stamps[1] - stamps[0]), encoding="utf-8")


@pytest.mark.slow
def test_a_pause_goes_on_from_where_it_was_when_its_process_died(database: engine.Database, tmp_path: Path) -> None:
    child = Child(lambda: napping(database, tmp_path, "one"))
    until(lambda: lines(tmp_path / "effects"))
    time.sleep(6)
    child.kill()
    began = time.monotonic()
    assert Child(lambda: napping(database, tmp_path, "two", reclaim="one")).wait() == 0
    slept = float((tmp_path / "slept").read_text(encoding="utf-8"))
    assert slept >= 8
    assert slept < 6 + (time.monotonic() - began) + 1
    assert slept < 15, "the pause did not begin anew"
    assert lines(tmp_path / "effects") == ["stamp", "stamp"]


def test_nothing_proprietary_is_configured_or_loaded(tmp_path: Path) -> None:
    configuration = engine.configuration(engine.database(tmp_path, "", "twelve-test"), "one")
    assert not {name for name, value in configuration.items() if value and ("conductor" in name or "enterprise" in name)}
    assert configuration["enable_otlp"] is False
    assert not any(name.split(".")[0] == "dbos_enterprise" for name in sys.modules)


def test_an_unreachable_server_is_reported_without_its_password(tmp_path: Path) -> None:
    database = engine.database(tmp_path / "state", "postgresql://me:hunter2secret@127.0.0.1:9/none", "twelve-test")
    with pytest.raises(TwelveError) as caught:
        engine.launch(database, "one")
    assert "hunter2secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://me@host/db", "not a url", "sqlite:///elsewhere.db", "postgresql"])
def test_only_a_postgresql_address_is_taken_as_a_shared_database(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError):
        engine.database(tmp_path, url, "twelve-test")


def test_the_driver_uses_no_call_that_a_crash_can_confuse() -> None:
    """`recv` after `patch` corrupts a waiting run, `gather` reorders branches, `sleep` blocks a thread, retries forget."""
    banned = {"recv", "recv_async", "patch", "patch_async", "gather", "sleep", "step", "set_event", "send"}
    folder = Path(engine.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("DBOS", "asyncio"):
                assert node.attr not in banned or (node.value.id, node.attr) == ("asyncio", "sleep"), f"{path.name}:{node.lineno}"
