"""Killed, interrupted, suspended and competing drivers: nothing finished is repeated, nothing of ours is doubled."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kit import loop
from kit.crashing import Crashing
from kit.forked import Child, lines, until
from twelve.factors.approvals import record
from twelve.model.phase import Preset
from twelve.workflow.drive import engine, strays
from twelve.workflow.drive.projection import RunState

pytestmark = pytest.mark.slow

EXPECTED = ["docs(prime)", "docs(research)", "docs(plan)", "feat(fix-add)", "docs(implement)", "docs(learn)"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    """Where runs are kept: "" for the SQLite file."""
    return str(request.getfixturevalue("postgres").database()) if request.param == "postgres" else ""


def slow(seconds: float = 3.0) -> list[dict[str, Any]]:
    """The honest agent, whose work takes a while after it has begun to change the tree."""
    actions = [{"append": {"path": "calc.py", "text": "# half\n"}}, {"wait": seconds}, {"delete": {"path": "calc.py"}}]
    whole = {"write": {"path": "calc.py", "text": "def add(a, b):\n    return a + b\n"}}
    turn = {"phase": "implement", "actions": [*actions, whole, {"say": "done"}]}
    return [turn, *(item for item in loop.honest() if item["phase"] != "implement")]


def working(case: Crashing) -> None:
    """Wait until the agent is at work in implement."""
    until(lambda: any(word.endswith(":work") for word in lines(case.begun)), 60)
    until(lambda: strays.find(lines(case.executors)[-1]), 20)
    time.sleep(0.3)


def types(case: Crashing) -> list[str]:
    return [subject.split(":")[0] for subject in case.subjects()]


def test_a_run_killed_while_its_agent_works_is_finished_by_the_next_driver(tmp_path: Path, url: str) -> None:
    case = Crashing(tmp_path, url, slow())
    first = Child(case.drive)
    working(case)
    first.kill()
    (executor,) = lines(case.executors)
    assert strays.find(executor), "the agent outlives a kill -9 of its driver"
    second = Child(case.drive)
    assert second.wait(90) == 0
    assert case.status.state is RunState.DONE
    assert types(case) == EXPECTED
    assert not strays.find(executor), "the old agent was ended before the new one began"
    begun = Counter(lines(case.begun))
    assert {key: count for key, count in begun.items() if count > 1} == {next(key for key in begun if key.endswith(":work")): 2}
    assert case.repository.show(f"twelve/{case.run}", "calc.py") == b"def add(a, b):\n    return a + b\n"


def test_an_interrupt_ends_the_agent_and_the_process_at_once_and_the_run_goes_on_later(tmp_path: Path) -> None:
    case = Crashing(tmp_path, "", slow(20))
    child = Child(case.drive)
    working(case)
    (executor,) = lines(case.executors)
    began = time.monotonic()
    os.kill(child.pid, signal.SIGINT)
    assert child.wait(20) == 130
    assert time.monotonic() - began < 10
    assert not strays.find(executor)
    loop.script(tmp_path)
    assert Child(case.drive).wait(90) == 0
    assert types(case) == EXPECTED


def test_two_drivers_of_one_run_carry_out_each_effect_once(tmp_path: Path, url: str) -> None:
    case = Crashing(tmp_path, url)
    children = [Child(case.drive), Child(case.drive)]
    assert [child.wait(120) for child in children] == [0, 0]
    assert case.status.state is RunState.DONE
    assert types(case) == EXPECTED
    assert max(Counter(lines(case.begun)).values()) == 1


def test_a_worker_takes_over_from_a_killed_one_and_goes_on_after_an_answer(tmp_path: Path, url: str) -> None:
    case = Crashing(tmp_path, url, [*loop.honest(asking=True)[:3], *slow(1.0)])
    doomed, heir = Child(case.work), Child(case.work)
    until(lambda: len(lines(case.begun)) >= 2, 60)
    doomed.kill()
    until(lambda: case.status.state is RunState.WAITING, 90)
    (asked,) = record.pending(case.repository.state_dir, run=case.run)
    record.answer(case.repository.state_dir, asked.request.id, granted=True, reason="yes", by="test")
    until(lambda: case.status.state is RunState.DONE, 90)
    assert types(case) == EXPECTED
    heir.kill()


def test_a_suspended_worker_keeps_its_run(tmp_path: Path) -> None:
    case = Crashing(tmp_path, "", slow(0.5), Preset.FULL)
    child = Child(case.drive)
    working(case)
    os.kill(child.pid, signal.SIGSTOP)
    other = Child(case.work)
    until(lambda: len(lines(case.executors)) == 2)
    time.sleep(2)
    assert not [word for word, count in Counter(lines(case.begun)).items() if count > 1]
    os.kill(child.pid, signal.SIGCONT)
    assert child.wait(90) == 0
    assert types(case) == EXPECTED
    other.kill()


def test_a_cancellation_reaches_the_process_that_drives(tmp_path: Path) -> None:
    case = Crashing(tmp_path, "", slow(60))
    child = Child(case.drive)
    working(case)
    case.runs.cancel(case.run, "not needed any more", "test")
    assert child.wait(60) == 0
    assert case.status.state is RunState.CANCELLED
    assert not strays.find(lines(case.executors)[0])


@pytest.mark.postgres
def test_a_run_that_rests_goes_on_in_another_database(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    case = Crashing(tmp_path, "", loop.honest(asking=True))
    assert Child(case.drive).wait(90) == 0
    (asked,) = record.pending(case.repository.state_dir, run=case.run)
    record.answer(case.repository.state_dir, asked.request.id, granted=True, reason="yes", by="test")
    case.database = engine.database(case.repository.state_dir, request.getfixturevalue("postgres").database(), case.database.application)
    assert Child(case.drive).wait(90) == 0
    assert case.status.state is RunState.DONE
    assert types(case) == EXPECTED
