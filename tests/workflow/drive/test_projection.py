from __future__ import annotations

from pathlib import Path

import pytest

from kit.forked import Child
from twelve.model.errors import TwelveError
from twelve.workflow.drive import presence
from twelve.workflow.drive.driver import following
from twelve.workflow.drive.projection import Entry, RunRequest, Runs, RunState, RunStatus


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path)


def made(runs: Runs, run: str) -> str:
    assert runs.create(RunRequest(run=run, task="t"))
    return run


def test_a_run_is_created_once(runs: Runs) -> None:
    made(runs, "20261120T000000Z-a-1111")
    assert not runs.create(RunRequest(run="20261120T000000Z-a-1111", task="another"))
    assert runs.request("20261120T000000Z-a-1111").task == "t"


def test_an_effect_is_recorded_once_and_the_first_record_counts(runs: Runs) -> None:
    run = made(runs, "r")
    assert runs.add(run, Entry(key="1-1", move="commit", commit="first")).commit == "first"
    assert runs.add(run, Entry(key="1-1", move="commit", commit="second")).commit == "first"
    assert len(runs.entries(run)) == 1


def test_concurrent_writers_of_one_effect_leave_one_record(runs: Runs, tmp_path: Path) -> None:
    run = made(runs, "r")
    children = [Child(lambda n=n: [runs.add(run, Entry(key=f"1-{k}", move="x", detail=str(n))) for k in range(1, 30)]) for n in range(4)]
    assert [child.wait() for child in children] == [0] * 4
    assert [entry.key for entry in runs.entries(run)] == [f"1-{k}" for k in range(1, 30)]


def test_runs_are_found_by_an_unambiguous_beginning_or_end(runs: Runs) -> None:
    first, second = made(runs, "20261120T000000Z-fix-1111"), made(runs, "20261121T000000Z-fix-2222")
    assert runs.find("1111") == first
    assert runs.find("20261121") == second
    for name in ("", "2026", "nothing", "../x"):
        with pytest.raises(TwelveError):
            runs.find(name)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"schema": "twelve.run.v1"}', b'{"schema": "other.v9", "run": "r"}', b"\xff\xfe"])
def test_a_damaged_record_is_told_and_never_guessed(runs: Runs, content: bytes) -> None:
    run = made(runs, "r")
    (runs.folder(run) / "request.json").write_bytes(content)
    with pytest.raises(TwelveError, match="damaged"):
        runs.request(run)


@pytest.mark.parametrize("run", ["../../etc", "/etc", "a\0b"])
def test_a_run_id_cannot_lead_out_of_the_state(runs: Runs, run: str) -> None:
    with pytest.raises(TwelveError):
        runs.folder(run)


def test_a_cancellation_is_recorded_once_and_a_damaged_one_still_cancels(runs: Runs) -> None:
    run = made(runs, "r")
    assert runs.cancellation(run) == ""
    assert runs.cancel(run, "first", "me")
    assert not runs.cancel(run, "second", "me")
    assert runs.cancellation(run) == "first"
    (runs.folder(run) / "cancel.json").write_bytes(b"{")
    assert runs.cancellation(run)


@pytest.mark.parametrize(
    ("state", "segment", "expected"),
    [(RunState.QUEUED, 0, 1), (RunState.RUNNING, 2, 2), (RunState.WAITING, 1, 2), (RunState.ESCALATED, 3, 4)],
)
def test_a_rest_is_followed_by_a_new_segment_and_a_crash_by_the_same(state: RunState, segment: int, expected: int) -> None:
    assert following(RunStatus(run="r", state=state, segment=segment)) == expected


def test_presence_is_seen_through_the_lock(tmp_path: Path) -> None:
    assert not presence.alive(tmp_path, "")
    assert not presence.alive(tmp_path, "nobody")
