"""Foreign runs: strict, whole or not at all, redacted, and never twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import repos
from twelve.interfaces.cli import exits, main
from twelve.model.errors import TwelveError
from twelve.system import git, journal
from twelve.workflow import ingest

SECRET = "ghp_" + "a1B2" * 9
RUN: dict[str, Any] = {
    "schema": "twelve.foreign-run.v1",
    "id": "42",
    "tool": "other",
    "task": "fix it",
    "status": "succeeded",
    "started": "2026-01-02T03:04:05Z",
    "commits": ["abcdef1"],
    "gates": [{"name": "tests", "outcome": "PASS", "command": ["make", "test"]}],
    "usage": {"input_tokens": 5, "output_tokens": 7, "cost_usd": 0.1},
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> git.Repository:
    made = repos.new_repository(tmp_path, {"a.txt": "a"})
    monkeypatch.chdir(made.root)
    return made


def events(repository: git.Repository) -> list[dict[str, Any]]:
    return list(journal.read(repository.state_dir / "journal"))


def offer(text: str, name: str = "runs.json") -> int:
    Path(name).write_text(text)
    return main.main(["ingest", name])


def test_a_run_becomes_one_event_that_says_it_is_a_claim(repository: git.Repository) -> None:
    assert offer(json.dumps(RUN)) == exits.PASS
    (event,) = events(repository)
    assert event["name"] == "run.ingested"
    assert event["record"] == "42"
    assert event["gen_ai.usage.output_tokens"] == 7
    assert event["attributes"]["claimed"][0]["outcome"] == "PASS"


def test_the_same_record_is_taken_in_once_and_a_changed_one_again(repository: git.Repository) -> None:
    offer(json.dumps([RUN, RUN]))
    offer(json.dumps(RUN))
    assert len(events(repository)) == 1
    offer(json.dumps({**RUN, "status": "failed"}))
    assert len(events(repository)) == 2


def test_json_lines_are_read_too(repository: git.Repository) -> None:
    lines = "\n".join(json.dumps({**RUN, "id": str(number)}) for number in range(3))
    assert offer(f"\ufeff{lines}\r\n\n", "runs.jsonl") == exits.PASS
    assert len(events(repository)) == 3


def test_secrets_do_not_reach_the_journal(repository: git.Repository) -> None:
    offer(json.dumps({**RUN, "task": f"use {SECRET}", "gates": [{"name": "t", "outcome": "FAIL", "detail": f"password={SECRET}"}]}))
    folder = repository.state_dir / "journal"
    assert all(SECRET not in path.read_text() for path in folder.iterdir())


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"status": "green"}, "$.status"),
        ({"extra": 1}, "extra"),
        ({"started": "yesterday"}, "$.started"),
        ({"started": "2026-01-02T03:04:05"}, "$.started"),
        ({"commits": ["main"]}, "$.commits[0]"),
        ({"usage": {"input_tokens": -1}}, "$.usage.input_tokens"),
        ({"gates": [{"name": "t", "outcome": "MAYBE"}]}, "$.gates[0].outcome"),
        ({"schema": "other"}, "schema"),
        ({"id": ""}, "$.id"),
    ],
)
def test_a_wrong_record_names_its_place_and_nothing_is_recorded(
    repository: git.Repository, capsys: pytest.CaptureFixture[str], change: dict[str, Any], place: str
) -> None:
    assert offer(json.dumps([RUN, {**RUN, **change}])) == exits.USAGE
    text = capsys.readouterr().err
    assert "record 2" in text
    assert place in text
    assert events(repository) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a": 1, "a": 2}', "[" * 100_000, "\x00", "NaN"])
def test_what_is_no_record_is_refused_in_words(repository: git.Repository, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert offer(text) in (exits.USAGE, exits.CONFIG)
    assert "Traceback" not in capsys.readouterr().err


def test_a_file_that_is_missing_is_said_in_words(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["ingest", "nothing.json"]) == exits.USAGE
    assert "nothing.json" in capsys.readouterr().err


def test_the_published_schema_accepts_and_refuses_the_same() -> None:
    schema = msgspec.json.schema(ingest.ForeignRun)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(RUN, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**RUN, "status": "green"}, schema)


SCALAR = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(SCALAR, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_json_is_taken_or_refused_but_never_crashes(value: Any) -> None:
    with pytest.raises(TwelveError):
        ingest.parse(json.dumps(value), name="runs.json")
