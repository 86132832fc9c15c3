"""Nothing that happened is lost, whoever writes and however they die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import typing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType, structs

from twelve.model import event_schema, events
from twelve.model.errors import TwelveError
from twelve.model.verdict import Outcome
from twelve.system import journal
from twelve.system.journal import Journal

VALIDATOR = jsonschema.Draft202012Validator(event_schema.schema())
WRITER = """
import sys
from pathlib import Path
from twelve.system.journal import Journal
journal = Journal(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    journal.emit("phase.started", run=sys.argv[2], attempt=number + 1)
    print(number, flush=True)
"""


def _writer(folder: Path, run: str, count: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), run, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_an_event_is_one_line_with_envelope_and_conventional_names(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 20, 9, 22, 43, tzinfo=UTC)
    Journal(tmp_path / "j", clock=lambda: moment).emit(
        "agent.turn.finished", run="r", agent="claude", status="done", model="m", input_tokens=3, session_id="s", error="timeout"
    )
    (fragment,) = (tmp_path / "j").iterdir()
    assert fragment.name.startswith(f"20261120T092243Z-{os.getpid()}-")
    assert json.loads(fragment.read_text()) == {
        "schema": "twelve.event.v1",
        "name": "agent.turn.finished",
        "ts": "2026-11-20T09:22:43.000000Z",
        "pid": os.getpid(),
        "seq": 1,
        "run": "r",
        "status": "done",
        "gen_ai.agent.name": "claude",
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.request.model": "m",
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.conversation.id": "s",
        "error.type": "timeout",
    }


def test_a_journal_that_never_speaks_leaves_no_file(tmp_path: Path) -> None:
    Journal(tmp_path / "j")
    assert not (tmp_path / "j").exists()
    assert journal.read_all(tmp_path / "j") == journal.Reading(events=(), torn=0, fragments=0)


def test_unknown_names_and_wrong_types_are_bugs_and_write_nothing(tmp_path: Path) -> None:
    speaker = Journal(tmp_path)
    with pytest.raises(ValueError, match="there is no event"):
        speaker.emit("run.begun")
    with pytest.raises(ValueError, match="outcome"):
        speaker.emit("gate.finished", gate="g", outcome="GREEN")
    with pytest.raises(TypeError, match="gate"):
        speaker.emit("gate.started")
    assert list(journal.read(tmp_path)) == []


def test_fields_nobody_declared_are_kept_apart(tmp_path: Path) -> None:
    Journal(tmp_path).emit("run.started", task="t", host="h", attributes={"k": Path("p")}, **{"gen_ai.agent.name": "codex"})
    (event,) = journal.read(tmp_path)
    assert event["attributes"] == {"host": "h", "k": "p"}
    assert event["gen_ai.agent.name"] == "codex"


def test_secrets_are_gone_before_the_line_is_written(tmp_path: Path) -> None:
    key = "ghp_" + "a1B2" * 9
    Journal(tmp_path).emit("run.started", task=f"use {key}", env={"DB_PASSWORD": "correct horse", "n": 1})
    text = next(tmp_path.iterdir()).read_text()
    assert key not in text
    assert "correct horse" not in text


def test_no_event_grows_beyond_what_a_reader_accepts(tmp_path: Path) -> None:
    deep: Any = "x"
    for _ in range(500):
        deep = [deep]
    Journal(tmp_path).emit(
        "run.finished", status="x" * 1_000_000, deep=deep, wide=list(range(100_000)), many={str(n): "y" * 9_000 for n in range(150)}
    )
    assert journal.read_all(tmp_path).torn == 0
    (event,) = journal.read(tmp_path)
    assert len(event["status"]) <= journal.FIELD_LIMIT
    assert "[cut:" in event["status"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
FIELDS: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(max_size=30),
    int: st.integers(0, 2**60),
    float: st.floats(0, 1e9),
    bool: st.booleans(),
    Outcome: st.sampled_from(Outcome),
    UnsetType: st.just(UNSET),
}


def _field(kind: Any) -> st.SearchStrategy[Any]:
    if typing.get_origin(kind) is dict:
        return st.dictionaries(st.text(max_size=9), JSON, max_size=3)
    if typing.get_origin(kind) is tuple:
        return st.lists(st.text(max_size=9), max_size=3).map(tuple)
    return st.one_of([FIELDS[part] for part in typing.get_args(kind) or (kind,)])


def _events(kind: type[events.Event]) -> st.SearchStrategy[events.Event]:
    return st.builds(kind, **{found.name: _field(found.type) for found in structs.fields(kind)})


@given(st.sampled_from(events.TYPES), st.data())
def test_every_event_that_can_be_built_validates_against_the_published_schema(
    tmp_path_factory: pytest.TempPathFactory, kind: type[events.Event], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    event = data.draw(_events(kind))
    Journal(folder).record(event)
    Journal(folder).emit(str(kind.__struct_config__.tag), **{name: getattr(event, name) for name in kind.__struct_fields__})
    for line in journal.read(folder):
        VALIDATOR.validate(line)
    assert len(list(journal.read(folder))) == 2


@pytest.mark.parametrize(
    "change",
    [{"name": "run.begun"}, {"seq": 0}, {"ts": "2026-11-20"}, {"schema": "twelve.event.v2"}, {"task": 1}, {"surprise": 1}, {"task": None}],
)
def test_the_published_schema_refuses_what_is_not_an_event(tmp_path: Path, change: dict[str, Any]) -> None:
    Journal(tmp_path).emit("run.started", task="t")
    (event,) = journal.read(tmp_path)
    VALIDATOR.validate(event)
    assert not VALIDATOR.is_valid({**event, **change})
    for key in set(change) - {"surprise"}:
        assert not VALIDATOR.is_valid({other: value for other, value in event.items() if other != key})


def test_processes_writing_at_once_lose_nothing(tmp_path: Path) -> None:
    writers = [_writer(tmp_path, f"r{n}", 200) for n in range(4)]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    reading = journal.read_all(tmp_path)
    assert (reading.torn, reading.fragments) == (0, 4)
    for n in range(4):
        assert [event.get("attempt", 1) for event in reading.events if event["run"] == f"r{n}"] == list(range(1, 201))
    assert list(reading.events) == sorted(reading.events, key=lambda event: event["ts"])


def test_a_killed_process_loses_no_event_it_had_confirmed(tmp_path: Path) -> None:
    for attempt in range(5):
        folder = tmp_path / str(attempt)
        writer = _writer(folder, "r", 100_000)
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
        for _ in range(attempt * 7 + 1):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        confirmed = attempt * 7 + 1 + len([line for line in writer.stdout.read().splitlines() if line])
        writer.communicate()
        reading = journal.read_all(folder)
        assert [event["seq"] for event in reading.events] == list(range(1, len(reading.events) + 1))
        assert len(reading.events) >= confirmed - 1
        assert reading.torn <= 1


def test_a_forked_child_writes_a_fragment_of_its_own(tmp_path: Path) -> None:
    program = """
import os, sys
from pathlib import Path
from twelve.system.journal import Journal
journal = Journal(Path(sys.argv[1]))
journal.emit("run.started", task="parent")
journal._opening.acquire()  # what another thread of the parent might hold at the moment of the fork
child = os.fork()
if child == 0:
    journal.emit("run.started", task="child")
    os._exit(0)
journal._opening.release()
os.waitpid(child, 0)
journal.emit("run.resumed")
"""
    subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], check=True, timeout=60, env={**os.environ, "PYTHONPATH": ":".join(sys.path)}
    )
    reading = journal.read_all(tmp_path)
    assert [(event["name"], event["seq"]) for event in reading.events] == [("run.started", 1), ("run.started", 1), ("run.resumed", 2)]
    assert reading.fragments == 2
    assert len({event["pid"] for event in reading.events}) == 2


def test_threads_share_a_fragment_without_mixing_lines(tmp_path: Path) -> None:
    speaker = Journal(tmp_path)

    def talk() -> None:
        for _ in range(50):
            speaker.emit("run.resumed", reason="x" * 500)

    threads = [threading.Thread(target=talk) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reading = journal.read_all(tmp_path)
    assert (reading.fragments, reading.torn) == (1, 0)
    assert [event["seq"] for event in reading.events] == list(range(1, 201))


@given(st.integers(0, 400), st.binary(max_size=60))
def test_a_torn_or_foreign_line_hides_no_other(tmp_path_factory: pytest.TempPathFactory, keep: int, garbage: bytes) -> None:
    folder = tmp_path_factory.mktemp("journal")
    speaker = Journal(folder)
    speaker.emit("run.started", task="t" * 100)
    (fragment,) = folder.iterdir()
    whole = fragment.read_bytes()
    fragment.write_bytes(whole + garbage.replace(b"\n", b"") + b"\n" + whole + whole[:keep])
    assert [event["task"] for event in journal.read(folder)][:2] == ["t" * 100] * 2


def test_after_a_failed_write_the_next_event_starts_a_fresh_fragment(tmp_path: Path) -> None:
    speaker = Journal(tmp_path / "j")
    speaker.emit("run.started", task="t")
    (fragment,) = (tmp_path / "j").iterdir()
    kept = fragment.read_bytes()
    fragment.unlink()
    fragment.mkdir()
    with pytest.raises(TwelveError) as refused:
        speaker.emit("run.resumed")
    assert refused.value.why
    fragment.rmdir()
    fragment.write_bytes(kept + kept[:20])
    speaker.emit("run.finished", status="done")
    reading = journal.read_all(tmp_path / "j")
    assert [event["name"] for event in reading.events] == ["run.started", "run.finished"]
    assert (reading.torn, reading.fragments) == (1, 2)


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "j").write_text("in the way")
    with pytest.raises(TwelveError) as refused:
        Journal(tmp_path / "j").emit("run.started", task="t")
    assert refused.value.why
    assert refused.value.next


@given(st.lists(st.integers(-5, 5), max_size=12))
def test_a_clock_that_is_set_back_does_not_reorder_what_one_process_wrote(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    moment = [datetime(2026, 11, 20, tzinfo=UTC)]
    speaker = Journal(folder, clock=lambda: moment[0])
    for step in steps:
        moment[0] += timedelta(seconds=step)
        speaker.emit("run.resumed")
    assert [event["seq"] for event in journal.read(folder)] == list(range(1, len(steps) + 1))


def test_events_of_several_processes_are_merged_by_time(tmp_path: Path) -> None:
    moment = [datetime(2026, 11, 20, tzinfo=UTC)]
    one, two = Journal(tmp_path, clock=lambda: moment[0]), Journal(tmp_path, clock=lambda: moment[0])
    for number, speaker in enumerate([one, two, two, one, two, one]):
        moment[0] += timedelta(milliseconds=500)
        speaker.emit("phase.started", attempt=number + 2)
    assert [event["attempt"] for event in journal.read(tmp_path)] == [2, 3, 4, 5, 6, 7]


def test_links_and_folders_between_the_fragments_are_ignored(tmp_path: Path) -> None:
    Journal(tmp_path / "j").emit("run.started", task="t")
    (tmp_path / "other.jsonl").write_text(next((tmp_path / "j").iterdir()).read_text())
    (tmp_path / "j" / "0-link.jsonl").symlink_to(tmp_path / "other.jsonl")
    (tmp_path / "j" / "0-folder.jsonl").mkdir()
    os.mkfifo(tmp_path / "j" / "0-pipe.jsonl")
    assert len(list(journal.read(tmp_path / "j"))) == 1


def test_emitting_is_cheap(tmp_path: Path) -> None:
    speaker = Journal(tmp_path)
    speaker.emit("run.started", task="t")
    started = time.process_time()
    for _ in range(500):
        speaker.emit("gate.finished", gate="tests", outcome="PASS", duration_s=1.5, findings=0)
    assert (time.process_time() - started) / 500 < 0.002
