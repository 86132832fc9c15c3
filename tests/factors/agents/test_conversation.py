"""What is common to all clients: transcripts without secrets, bounded lines, an environment without a parent session."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.agents import conversation
from twelve.factors.agents.harness import Turn, TurnEvent
from twelve.model.settings import HarnessSettings

SECRET = "correct-horse-battery-staple"


def hold(tmp_path: Path, code: str, *, read: Any = None, **fields: Any) -> tuple[conversation.Ending, list[dict[str, Any]]]:
    """Hold a conversation with a Python one-liner; also returns the events its reader saw."""
    seen: list[dict[str, Any]] = []

    def remember(event: dict[str, Any]) -> Iterator[TurnEvent]:
        seen.append(event)
        return iter(read(event) if read else ())

    turn = Turn(**{"prompt": "hello", "workdir": tmp_path, "logs": tmp_path / "logs", "timeout_s": 20.0, **fields})
    env = conversation.environment(turn, HarnessSettings())
    argv = [sys.executable, "-c", code]
    ending = asyncio.run(conversation.hold(argv, turn, env=env, read=remember, on_event=lambda _: None, stop=None))
    return ending, seen


def lines(ending: conversation.Ending) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ending.transcript.read_text().splitlines()]


def test_events_are_read_and_other_lines_are_kept_as_noise(tmp_path: Path) -> None:
    ending, seen = hold(tmp_path, "print('starting up'); print('{\"type\": \"a\"}'); print('{broken'); print('[1]'); print('{\"n\": 1}')")
    assert seen == [{"type": "a"}]
    assert [line["type"] for line in lines(ending)] == ["output", "a", "output", "output", "output"]
    assert "starting up" in ending.noise
    assert "{broken" in ending.noise


def test_what_a_client_says_on_standard_error_is_in_its_transcript(tmp_path: Path) -> None:
    ending, _ = hold(tmp_path, "import sys; print('working'); sys.exit('no licence file')")
    assert [(line["type"], line["text"]) for line in lines(ending)] == [("output", "working"), ("stderr", "no licence file")]


def test_secrets_of_the_environment_are_hidden_in_everything_that_is_kept(tmp_path: Path) -> None:
    code = f'import sys; print(\'{{"type": "a", "deep": ["{SECRET}"]}}\'); print(\'{SECRET}\'); sys.stderr.write(\'{SECRET}\')'
    ending, _ = hold(tmp_path, code, env={"MY_SERVICE_TOKEN": SECRET}, prompt=f"use {SECRET}")
    kept = ending.noise + "".join(path.read_text() for path in (tmp_path / "logs").iterdir())
    assert SECRET not in kept
    assert kept.count("[redacted]") >= 4


def test_the_transcript_and_the_prompt_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    hold(tmp_path, "print('x')")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "logs").iterdir()} == {0o600}


def test_a_repeated_turn_keeps_the_transcript_of_the_one_that_was_cut_short(tmp_path: Path) -> None:
    first, _ = hold(tmp_path, "print('first')")
    second, _ = hold(tmp_path, "print('second')")
    assert first.transcript != second.transcript
    assert "first" in first.transcript.read_text()


@pytest.mark.parametrize(
    "text",
    [r'{"type": "a", "t": "\ud800"}', '{"type": "a", "x": ' + "[" * 900 + "]" * 900 + "}", '{"type": "a", "n": ' + "9" * 5_000 + "}"],
)
def test_hostile_json_breaks_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "out").write_text(text + "\n")
    ending, _ = hold(tmp_path, f"print(open({str(tmp_path / 'out')!r}).read())", prompt="lone \ud800 surrogate")
    assert ending.execution.exit_code == 0
    assert lines(ending)


@given(st.binary(max_size=200), st.integers(min_value=1, max_value=7))
def test_lines_are_the_same_however_the_stream_is_cut(data: bytes, size: int) -> None:
    whole, cut = conversation.Lines(), conversation.Lines()
    expected = [*whole.feed(data), *whole.end()]
    pieces = [line for i in range(0, len(data), size) for line in cut.feed(data[i : i + size])]
    assert [*pieces, *cut.end()] == expected


def test_one_endless_line_is_dropped_and_the_next_one_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "LINE_LIMIT", 10)
    stream = conversation.Lines()
    assert stream.feed(b"x" * 30) == []
    assert stream.feed(b"y" * 30 + b"\nnext\n") == [b"next"]
    assert stream.dropped >= 1


@pytest.mark.parametrize(
    "name", ["CLAUDECODE", "CLAUDE_CODE_SESSION_ID", "CODEX_THREAD_ID", "GEMINI_CLI", "AI_AGENT", "TWELVE__RUN__DATABASE_URL"]
)
def test_a_client_learns_neither_of_a_parent_session_nor_of_our_own_settings(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "1")
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "/kept")
    env = conversation.environment(Turn(prompt="", workdir=tmp_path, logs=tmp_path), HarnessSettings())
    assert name not in env
    assert env["CLAUDE_CONFIG_DIR"] == "/kept"
    assert env["PATH"] == os.environ["PATH"]


def test_settings_go_over_the_inherited_environment_and_the_turn_over_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A", "inherited")
    turn = Turn(prompt="", workdir=tmp_path, logs=tmp_path, env={"B": "turn"})
    env = conversation.environment(turn, HarnessSettings(env={"A": "settings", "B": "settings"}))
    assert (env["A"], env["B"]) == ("settings", "turn")


def test_a_listener_that_breaks_is_reported_and_the_client_is_gone(tmp_path: Path) -> None:
    def broken(_: dict[str, Any]) -> list[TurnEvent]:
        raise RuntimeError("listener")

    with pytest.raises(RuntimeError, match="listener"):
        hold(tmp_path, 'import time; print(\'{"type": "a"}\', flush=True); time.sleep(60)', read=broken)
