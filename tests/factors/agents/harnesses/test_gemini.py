"""Gemini CLI's success rule and accounting, without the client."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from twelve.factors.agents.harness import Hooks, Turn, TurnStatus
from twelve.factors.agents.harnesses import gemini
from twelve.model.settings import HarnessSettings

STATS = {"input_tokens": 100, "output_tokens": 7, "cached": 40}
GOOD = {"type": "result", "status": "success", "stats": STATS}
TOOL = {"type": "tool_use", "tool_name": "run_shell_command"}


def says(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "assistant", "content": text, "delta": True}


def trouble(text: str, severity: str = "error") -> dict[str, Any]:
    return {"type": "error", "severity": severity, "message": text}


def stand_in(tmp_path: Path, *events: dict[str, Any], end: str = "exit 0") -> HarnessSettings:
    """A stand-in client that prints the events and ends."""
    (tmp_path / "events").write_text("".join(json.dumps(event) + "\n" for event in events))
    path = tmp_path / "client"
    path.write_text(f"#!/bin/sh\ncat {tmp_path}/events\n{end}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return HarnessSettings(command=(str(path),))


def turn(tmp_path: Path, **fields: Any) -> Turn:
    return Turn(prompt="p", workdir=tmp_path, logs=tmp_path / "logs", **{"timeout_s": 20, **fields})


@pytest.mark.parametrize(
    ("events", "end", "status"),
    [
        ([says("Done."), GOOD], "exit 0", TurnStatus.DONE),
        ([says("Done."), GOOD], "exit 144", TurnStatus.FAILED),
        ([says("Done.")], "exit 0", TurnStatus.BROKEN_STREAM),
        ([GOOD], "exit 0", TurnStatus.EMPTY),
        ([says("I will look."), TOOL, GOOD], "exit 0", TurnStatus.EMPTY),
        ([TOOL, trouble("Loop detected, stopping execution", "warning"), GOOD], "exit 0", TurnStatus.MAX_TURNS),
        ([trouble("falling back to another model", "warning"), says("Done."), GOOD], "exit 0", TurnStatus.DONE),
        ([trouble("The model returned an empty response"), {**GOOD, "status": "error"}], "exit 0", TurnStatus.EMPTY),
        ([{**GOOD, "status": "error", "error": {"message": '{"code":401}'}}], "exit 145", TurnStatus.BAD_CREDENTIALS),
        ([], "exit 41", TurnStatus.BAD_CREDENTIALS),
        ([says("…")], "exit 53", TurnStatus.MAX_TURNS),
        ([], "kill -9 $$", TurnStatus.CRASHED),
    ],
)
def test_a_turn_counts_only_when_its_events_say_so(tmp_path: Path, events: list[dict[str, Any]], end: str, status: TurnStatus) -> None:
    result = asyncio.run(gemini.take_turn(turn(tmp_path), stand_in(tmp_path, *events, end=end)))
    assert result.status is status


def test_long_retries_are_named_by_what_is_retried(tmp_path: Path) -> None:
    settings = stand_in(tmp_path, end="echo 'Attempt 2 failed with status 429. Retrying with backoff...' >&2; sleep 60")
    result = asyncio.run(gemini.take_turn(turn(tmp_path, timeout_s=1), settings))
    assert (result.status, result.retries) == (TurnStatus.RATE_LIMITED, 1)


def test_streamed_pieces_of_one_answer_are_put_together_and_earlier_answers_dropped(tmp_path: Path) -> None:
    settings = stand_in(tmp_path, says("Looking."), TOOL, says("All "), says("done."), GOOD)
    result = asyncio.run(gemini.take_turn(turn(tmp_path), settings))
    assert result.text == "All done."


def test_cached_tokens_are_counted_beside_the_fresh_ones(tmp_path: Path) -> None:
    usage = asyncio.run(gemini.take_turn(turn(tmp_path), stand_in(tmp_path, says("x"), GOOD))).usage
    assert (usage.input, usage.cache_read, usage.output) == (60, 40, 7)


@pytest.mark.parametrize(
    ("args", "ours"),
    [
        ((), ["auto_edit", "run_shell_command"]),
        (("--yolo",), []),
        (("--approval-mode=plan",), []),
        (("--allowed-tools", "x"), ["auto_edit"]),
    ],
)
def test_the_users_own_approval_replaces_ours(tmp_path: Path, args: tuple[str, ...], ours: list[str]) -> None:
    argv = gemini.arguments(turn(tmp_path), HarnessSettings(args=args))
    assert [word for word in argv if word in ("auto_edit", "run_shell_command")] == ours
    assert argv[-2:] == ["-p", ""]


def test_tool_calls_beyond_the_limit_end_the_turn(tmp_path: Path) -> None:
    result = asyncio.run(gemini.take_turn(turn(tmp_path, max_turns=3), stand_in(tmp_path, *[TOOL] * 5, end="sleep 60")))
    assert result.status is TurnStatus.MAX_TURNS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
)


@given(JSON, st.sampled_from(["init", "message", "tool_use", "error", "result", "x"]))
def test_hostile_events_are_read_without_an_exception(value: Any, kind: str) -> None:
    reading = gemini.Reading(3)
    list(reading.feed({"type": kind, "role": "assistant", "content": value, "stats": value, "error": value, "message": value}))
    list(reading.feed({"type": "result", "stats": {"input_tokens": value, "cached": value}}))
    assert reading.usage().total >= 0


HOOKS = Hooks(settings={"hooks": {"BeforeTool": [{"hooks": [{"type": "command", "command": "x", "timeout": 30_000}]}]}}, proof="p")


def armed(tmp_path: Path) -> Turn:
    return Turn(prompt="p", workdir=tmp_path, logs=tmp_path / "logs", hooks=HOOKS)


@pytest.mark.parametrize("before", [None, '{"model": {"name": "m"}, "hooks": {"AfterTool": []}}', "{broken", "[]"])
def test_the_projects_settings_hold_the_hooks_for_the_turn_and_are_put_back_to_the_byte(tmp_path: Path, before: str | None) -> None:
    path = tmp_path / gemini.SETTINGS
    if before is not None:
        path.parent.mkdir()
        path.write_text(before)
    with gemini.project_settings(armed(tmp_path)):
        if before in (None, '{"model": {"name": "m"}, "hooks": {"AfterTool": []}}'):
            assert "BeforeTool" in json.loads(path.read_text())["hooks"]
        else:
            assert path.read_text() == before
    assert (path.read_text() if path.exists() else None) == before
    assert path.parent.exists() is (before is not None)


def test_what_the_agent_leaves_beside_the_settings_stays(tmp_path: Path) -> None:
    with gemini.project_settings(armed(tmp_path)):
        (tmp_path / ".gemini/note.md").write_text("n")
        (tmp_path / gemini.SETTINGS).unlink()
    assert (tmp_path / ".gemini/note.md").exists()
    assert not (tmp_path / gemini.SETTINGS).exists()


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".gemini").symlink_to(tmp_path / "elsewhere")
    with gemini.project_settings(armed(tmp_path)):
        assert list((tmp_path / "elsewhere").iterdir()) == []


def test_without_word_of_the_hooks_the_turn_is_not_armed(tmp_path: Path) -> None:
    settings = stand_in(tmp_path, {"type": "init", "session_id": "s-1"}, says("Done."), GOOD)
    turn = armed(tmp_path)
    assert asyncio.run(gemini.take_turn(turn, settings)).hooks == "no hooks"
    witnessed = structs.replace(turn, hooks=structs.replace(HOOKS, witness=lambda session: session == "s-1"))
    assert asyncio.run(gemini.take_turn(witnessed, settings)).hooks == "armed"
