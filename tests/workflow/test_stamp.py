"""The machine's last answer lies where the guard looks, for as long as it is true."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from kit.repos import new_repository
from twelve.interfaces.hooks import phases, trail
from twelve.model.phase import Phase, Preset, Size
from twelve.model.settings import Settings
from twelve.system import clock
from twelve.workflow import stamp
from twelve.workflow.byhand import starting
from twelve.workflow.byhand.bench import Bench, view
from twelve.workflow.byhand.notebook import Notebook
from twelve.workflow.machine import Commit, State, Status

ANSWER = State(phase=Phase.PLAN, status=Status.READY, size=Size.NORMAL, moves=(Commit(phase=Phase.PLAN),))


def test_what_was_written_is_read_for_the_same_tree_only(tmp_path: Path) -> None:
    state, here, there = tmp_path / "state", tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    stamp.write(state, here, "run-1", ANSWER, by=stamp.BY_HAND)
    found = stamp.read(state, here)
    assert found is not None
    assert (found.phase, found.size, found.run, found.moves) == ("plan", "normal", "run-1", ("commit",))
    assert stamp.read(state, there) is None


def test_the_guard_finds_it_too(tmp_path: Path) -> None:
    stamp.write(tmp_path / "state", tmp_path, "run-1", ANSWER, by=stamp.DRIVE)
    found = phases.standing(str(tmp_path / "state"), os.path.realpath(tmp_path))
    assert found is not None
    assert (found["phase"], found["size"], found["run"]) == ("plan", "normal", "run-1")
    assert stamp.KEY == trail.KEY


def test_a_stamp_past_its_time_tells_the_guard_nothing(tmp_path: Path) -> None:
    state, root = tmp_path / "state", tmp_path
    stamp.write(state, root, "run-1", ANSWER, by=stamp.DRIVE)
    place = stamp.place(state, root)
    kept = msgspec.json.decode(place.read_bytes())
    place.write_bytes(msgspec.json.encode({**kept, "expires": kept["written"] - 1}))
    assert phases.standing(str(state), os.path.realpath(root)) is None
    assert stamp.read(state, root) is None


def test_a_tree_reached_through_a_link_is_the_same_tree(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    stamp.write(tmp_path / "state", tmp_path / "link", "run-1", ANSWER, by=stamp.BY_HAND)
    assert stamp.read(tmp_path / "state", tmp_path / "real") is not None


@pytest.mark.parametrize("status", [Status.DONE, Status.FAILED])
def test_a_run_that_ended_leaves_no_stamp(tmp_path: Path, status: Status) -> None:
    stamp.write(tmp_path, tmp_path, "run-1", ANSWER, by=stamp.BY_HAND)
    stamp.write(tmp_path, tmp_path, "run-1", State(phase=Phase.LEARN, status=status, size=Size.NORMAL), by=stamp.BY_HAND)
    assert stamp.read(tmp_path, tmp_path) is None


def test_the_end_of_another_run_takes_nothing_away(tmp_path: Path) -> None:
    stamp.write(tmp_path, tmp_path, "run-2", ANSWER, by=stamp.BY_HAND)
    stamp.forget(tmp_path, tmp_path, "run-1")
    assert stamp.read(tmp_path, tmp_path) is not None


@pytest.mark.parametrize("hours", [-1.0, 4.1])
def test_an_old_answer_and_one_from_the_future_say_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    stamp.write(tmp_path, tmp_path, "run-1", ANSWER, by=stamp.BY_HAND)
    later = clock.now() + timedelta(hours=hours)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert stamp.read(tmp_path, tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "twelve.phase.v9"}', "\x00" * 50])
def test_a_damaged_stamp_says_nothing_and_is_replaced(tmp_path: Path, text: str) -> None:
    place = stamp.place(tmp_path, tmp_path)
    place.parent.mkdir()
    place.write_text(text)
    assert stamp.read(tmp_path, tmp_path) is None
    stamp.write(tmp_path, tmp_path, "run-1", ANSWER, by=stamp.BY_HAND)
    assert stamp.read(tmp_path, tmp_path) is not None


def test_the_same_answer_is_not_written_again_at_once(tmp_path: Path) -> None:
    stamp.write(tmp_path, tmp_path, "run-1", ANSWER, by=stamp.BY_HAND)
    before = stamp.place(tmp_path, tmp_path).stat().st_ino
    stamp.write(tmp_path, tmp_path, "run-1", ANSWER, by=stamp.BY_HAND)
    assert stamp.place(tmp_path, tmp_path).stat().st_ino == before
    stamp.write(tmp_path, tmp_path, "run-1", State(phase=Phase.IMPLEMENT, status=Status.READY, size=Size.NORMAL), by=stamp.BY_HAND)
    found = stamp.read(tmp_path, tmp_path)
    assert found is not None
    assert found.phase == "implement"


def test_a_state_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    stamp.write(tmp_path / "file", tmp_path, "run-1", ANSWER, by=stamp.BY_HAND)
    assert stamp.read(tmp_path / "file", tmp_path) is None


def test_asking_the_machine_by_hand_leaves_its_answer(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a.txt": "a\n"})
    empty = Notebook(run="", task="", preset=Preset.FULL, asked=Size.NORMAL, size=Size.NORMAL, base="", root="")
    bench = Bench(repository=repository, settings=Settings(), book=empty, say=lambda _line: None)
    book = starting.begin(bench, "make the parser accept empty input", preset=Preset.FULL, asked=Size.NORMAL)
    state = view(Bench(repository=repository, settings=Settings(), book=book, say=lambda _line: None)).state
    found = stamp.read(repository.state_dir, repository.root)
    assert found is not None
    assert (found.run, found.phase) == (book.run, state.phase.value)
