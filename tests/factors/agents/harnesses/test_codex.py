"""Codex CLI's success rule and accounting, without the client."""

from __future__ import annotations

import asyncio
import json
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.agents.harness import Hooks, Turn, TurnStatus
from twelve.factors.agents.harnesses import codex
from twelve.model.settings import HarnessSettings

COMPLETED = {"type": "turn.completed", "usage": {"input_tokens": 100, "cached_input_tokens": 40, "output_tokens": 7}}
WORDS = {"type": "item.completed", "item": {"type": "agent_message", "text": "Done."}}
CALL = {"type": "item.completed", "item": {"type": "command_execution", "command": "ls", "exit_code": 0}}


def turn(tmp_path: Path, **fields: Any) -> Turn:
    return Turn(prompt="p", workdir=tmp_path, logs=tmp_path / "logs", **{"timeout_s": 20, **fields})


def failed(message: str) -> dict[str, Any]:
    return {"type": "turn.failed", "error": {"message": message}}


def stand_in(tmp_path: Path, *events: dict[str, Any], end: str = "exit 0") -> HarnessSettings:
    """A stand-in client that prints the events and ends."""
    (tmp_path / "events").write_text("".join(json.dumps(event) + "\n" for event in events))
    path = tmp_path / "client"
    path.write_text(f"#!/bin/sh\ncat {tmp_path}/events\n{end}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return HarnessSettings(command=(str(path),))


@pytest.mark.parametrize(
    ("events", "end", "status"),
    [
        ([WORDS, COMPLETED], "exit 0", TurnStatus.DONE),
        ([WORDS, COMPLETED], "exit 1", TurnStatus.FAILED),
        ([COMPLETED], "exit 0", TurnStatus.EMPTY),
        ([WORDS], "exit 0", TurnStatus.BROKEN_STREAM),
        ([], "exit 0", TurnStatus.BROKEN_STREAM),
        ([WORDS, failed("unexpected status 401 Unauthorized")], "exit 1", TurnStatus.BAD_CREDENTIALS),
        ([WORDS, failed("last status: 429 Too Many Requests")], "exit 1", TurnStatus.RATE_LIMITED),
        ([WORDS, failed("content_filter")], "exit 1", TurnStatus.REFUSED),
        ([WORDS, COMPLETED, failed("stream disconnected before completion")], "exit 1", TurnStatus.BROKEN_STREAM),
        ([WORDS, COMPLETED], "kill -9 $$", TurnStatus.CRASHED),
    ],
)
def test_a_turn_counts_only_when_it_completed_with_words(
    tmp_path: Path, events: list[dict[str, Any]], end: str, status: TurnStatus
) -> None:
    result = asyncio.run(codex.take_turn(turn(tmp_path), stand_in(tmp_path, *events, end=end)))
    assert result.status is status


def test_a_client_that_reconnects_for_ever_is_stopped_by_our_time_limit_and_named_by_its_error(tmp_path: Path) -> None:
    again = {"type": "error", "message": "Reconnecting... 4/5 (unexpected status 503 Service Unavailable)"}
    result = asyncio.run(codex.take_turn(turn(tmp_path, timeout_s=1), stand_in(tmp_path, again, end="sleep 60")))
    assert result.status is TurnStatus.OVERLOADED
    assert result.retries == 1
    assert "503" in result.detail


def test_tool_calls_beyond_the_limit_end_the_turn(tmp_path: Path) -> None:
    settings = stand_in(tmp_path, *[CALL] * 5, WORDS, COMPLETED, end="sleep 60")
    result = asyncio.run(codex.take_turn(turn(tmp_path, max_turns=3), settings))
    assert result.status is TurnStatus.MAX_TURNS
    assert result.duration_s < 15


def test_cached_tokens_are_counted_beside_the_fresh_ones(tmp_path: Path) -> None:
    usage = asyncio.run(codex.take_turn(turn(tmp_path), stand_in(tmp_path, WORDS, COMPLETED))).usage
    assert (usage.input, usage.cache_read, usage.output, usage.total) == (60, 40, 7, 107)


def test_the_prompt_is_read_from_standard_input_and_the_sandbox_is_on(tmp_path: Path) -> None:
    argv = codex.arguments(turn(tmp_path, model="m"), HarnessSettings(args=("-c", "x=1")))
    assert argv[-1] == "-"
    assert argv[argv.index("--sandbox") + 1] == "workspace-write"
    assert "--sandbox" not in codex.arguments(turn(tmp_path), HarnessSettings(args=("--sandbox=read-only",)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
)


@given(JSON, st.sampled_from(["thread.started", "turn.completed", "turn.failed", "error", "item.completed", "x"]))
def test_hostile_events_are_read_without_an_exception(value: Any, kind: str) -> None:
    reading = codex.Reading(3)
    list(reading.feed({"type": kind, "item": value, "usage": value, "error": value, "message": value}))
    list(reading.feed({"type": kind, "item": {"type": value, "text": value}, "usage": {"input_tokens": value}}))
    assert reading.usage.total >= 0


def test_hooks_are_settings_of_this_process_and_survive_odd_texts(tmp_path: Path) -> None:
    command = "/a 'b/py\"thon' -I \\ é"
    groups = [{"matcher": "", "hooks": [{"type": "command", "command": command, "timeout": 30}]}]
    hooks = Hooks(settings={"hooks": {"PreToolUse": groups, "Stop": groups}}, proof="p")
    turn = Turn(prompt="p", workdir=tmp_path, logs=tmp_path / "logs", hooks=hooks)
    argv = codex.arguments(turn, HarnessSettings())
    assert codex.TRUST in argv
    given = [argv[place + 1] for place, word in enumerate(argv) if word == "-c"]
    assert tomllib.loads("\n".join(given)) == {"hooks": {"PreToolUse": groups, "Stop": groups}}
    plain = codex.arguments(Turn(prompt="p", workdir=tmp_path, logs=tmp_path / "logs"), HarnessSettings())
    assert codex.TRUST not in plain
