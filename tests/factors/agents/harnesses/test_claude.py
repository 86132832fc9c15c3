"""Claude Code's success rule and accounting, without the client: every shape its result event was seen to have."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.agents.harness import Hooks, Turn, TurnStatus
from twelve.factors.agents.harnesses import claude
from twelve.model.settings import HarnessSettings

GOOD: dict[str, Any] = {
    "type": "result",
    "subtype": "success",
    "is_error": False,
    "terminal_reason": "completed",
    "stop_reason": "end_turn",
    "num_turns": 2,
    "result": "Done.",
}


def turn(tmp_path: Path = Path(), **fields: Any) -> Turn:
    return Turn(prompt="p", workdir=tmp_path, logs=tmp_path / "logs", timeout_s=20, **fields)


@pytest.mark.parametrize(
    ("change", "exit_code", "status"),
    [
        ({}, 0, TurnStatus.DONE),
        ({}, 1, TurnStatus.FAILED),
        ({}, None, TurnStatus.FAILED),
        ({"is_error": True, "api_error_status": 401, "result": "Invalid API key"}, 1, TurnStatus.BAD_CREDENTIALS),
        ({"is_error": True, "api_error_status": 529, "result": "API Error: 529"}, 1, TurnStatus.OVERLOADED),
        ({"is_error": True, "api_error_status": None, "result": "who knows"}, 1, TurnStatus.FAILED),
        ({"is_error": True, "stop_reason": "refusal", "result": "I can't"}, 1, TurnStatus.REFUSED),
        ({"stop_reason": "refusal"}, 0, TurnStatus.REFUSED),
        ({"subtype": "error_max_turns", "is_error": True, "terminal_reason": "max_turns", "result": None}, 1, TurnStatus.MAX_TURNS),
        ({"subtype": "error_max_budget_usd", "is_error": True}, 1, TurnStatus.OVER_BUDGET),
        ({"terminal_reason": "hook_stopped", "result": ""}, 0, TurnStatus.FAILED),
        ({"terminal_reason": "tool_deferred"}, 0, TurnStatus.FAILED),
        ({"terminal_reason": None}, 0, TurnStatus.FAILED),
        ({"num_turns": 0, "result": "operation blocked by hook"}, 0, TurnStatus.FAILED),
        ({"result": ""}, 0, TurnStatus.EMPTY),
        ({"result": " \n"}, 0, TurnStatus.EMPTY),
        ({"is_error": None}, 0, TurnStatus.FAILED),
        ({"is_error": "false"}, 0, TurnStatus.FAILED),
    ],
)
def test_each_result_means_exactly_one_thing(change: dict[str, Any], exit_code: int | None, status: TurnStatus) -> None:
    assert claude.verdict({**GOOD, **change}, exit_code, schema=False)[0] is status


def test_a_client_too_old_to_say_why_it_ended_is_told_so() -> None:
    old = {key: value for key, value in GOOD.items() if key != "terminal_reason"}
    status, detail = claude.verdict(old, 0, schema=False)
    assert status is TurnStatus.FAILED
    assert "terminal_reason" in detail


def test_a_schema_that_was_asked_for_must_be_met() -> None:
    assert claude.verdict(GOOD, 0, schema=True)[0] is TurnStatus.FAILED
    assert claude.verdict({**GOOD, "structured_output": {}}, 0, schema=True)[0] is TurnStatus.DONE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
)


@given(st.dictionaries(st.sampled_from([*GOOD, "api_error_status", "errors"]), JSON), st.integers(min_value=-9, max_value=255))
def test_no_hostile_result_becomes_success_by_accident(change: dict[str, Any], exit_code: int) -> None:
    result = {**GOOD, **change}
    status, _ = claude.verdict(result, exit_code, schema=False)
    if status is TurnStatus.DONE:
        assert exit_code == 0
        assert result["is_error"] is False
        assert result["terminal_reason"] == "completed"
        assert str(result["result"]).strip()


def assistant(identity: str, tokens: int, *, model: str = "m") -> dict[str, Any]:
    usage = {"input_tokens": tokens, "output_tokens": 1, "cache_read_input_tokens": 2, "cache_creation_input_tokens": 3}
    return {"type": "assistant", "message": {"id": identity, "model": model, "usage": usage, "content": [{"type": "text", "text": "x"}]}}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1_000)), max_size=30))
def test_each_message_counts_once_and_its_last_record_wins(records: list[tuple[int, int]]) -> None:
    reading = claude.Reading(turn())
    for identity, tokens in records:
        list(reading.feed(assistant(f"msg_{identity}", tokens)))
    assert reading.usage().input == sum(dict(records).values())
    assert reading.usage().output == len(dict(records))


def test_per_model_totals_include_sub_agents_and_go_first() -> None:
    reading = claude.Reading(turn())
    list(reading.feed(assistant("msg_1", 5)))
    main = {"inputTokens": 10, "outputTokens": 4, "cacheReadInputTokens": 3, "cacheCreationInputTokens": 2}
    list(reading.feed({**GOOD, "total_cost_usd": 0.25, "modelUsage": {"opus": main, "haiku": {"inputTokens": 1, "outputTokens": 1}}}))
    usage = reading.usage()
    assert (usage.input, usage.output, usage.cache_read, usage.cache_write, usage.cost_usd) == (11, 5, 3, 2, 0.25)


def test_after_a_broken_stream_the_messages_are_counted_instead_of_an_empty_result() -> None:
    reading = claude.Reading(turn())
    list(reading.feed(assistant("msg_1", 7)))
    list(reading.feed({**GOOD, "usage": {"input_tokens": 0}, "modelUsage": {}}))
    assert reading.usage().input == 7


def test_made_up_messages_of_the_client_itself_cost_nothing() -> None:
    reading = claude.Reading(turn())
    list(reading.feed(assistant("msg_1", 7, model="<synthetic>")))
    assert reading.usage().total == 0


@given(JSON)
def test_hostile_events_are_read_without_an_exception(value: Any) -> None:
    reading = claude.Reading(turn(hooks=Hooks(settings={}, proof="p")))
    for kind in ("system", "assistant", "result", "user", ""):
        list(reading.feed({"type": kind, "message": value, "subtype": value, "modelUsage": value, "usage": value, "stdout": value}))
    for subtype in ("init", "api_retry", "hook_response"):
        list(reading.feed({"type": "system", "subtype": subtype, "error_status": value, "error": value, "stdout": value}))
    reading.usage()


def test_the_users_own_arguments_replace_our_permissions_and_come_last() -> None:
    argv = claude.arguments(turn(), HarnessSettings(args=("--permission-mode=plan", "--allowedTools", "Read")))
    assert "acceptEdits" not in argv
    assert claude.TOOLS not in argv
    assert argv[-3:] == ["--permission-mode=plan", "--allowedTools", "Read"]


def test_hooks_travel_inline_with_the_switch_that_a_project_cannot_turn_off() -> None:
    hooks = Hooks(settings={"hooks": {}, "disableAllHooks": True}, proof="p")
    argv = claude.arguments(turn(hooks=hooks), HarnessSettings())
    assert json.loads(argv[argv.index("--settings") + 1])["disableAllHooks"] is False


def program(tmp_path: Path, text: str) -> HarnessSettings:
    """A stand-in client: a shell script with the given lines."""
    path = tmp_path / "client"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return HarnessSettings(command=(str(path),))


RETRY = json.dumps({"type": "system", "subtype": "api_retry", "error_status": 401, "error": "authentication_failed"})


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("exit 0", TurnStatus.BROKEN_STREAM),
        ("exit 3", TurnStatus.FAILED),
        ("echo 'Not logged in' >&2; exit 1", TurnStatus.BAD_CREDENTIALS),
        ("kill -9 $$", TurnStatus.CRASHED),
        ("exec no-such-interpreter", TurnStatus.MISSING_CLIENT),
        (f"for i in 1 2 3; do echo '{RETRY}'; done; sleep 60", TurnStatus.BAD_CREDENTIALS),
        (f"echo '{json.dumps(GOOD)}'; exit 0", TurnStatus.DONE),
        (f"echo '{json.dumps(GOOD)}'; exit 9", TurnStatus.FAILED),
        (f"echo '{json.dumps(GOOD)}'; echo '{json.dumps({**GOOD, 'result': ''})}'", TurnStatus.EMPTY),
        (f"printf %s '{json.dumps(GOOD)[:40]}'", TurnStatus.BROKEN_STREAM),
    ],
)
def test_what_the_process_does_outweighs_what_it_says(tmp_path: Path, text: str, status: TurnStatus) -> None:
    result = asyncio.run(claude.take_turn(turn(tmp_path), program(tmp_path, text)))
    assert result.status is status
    assert result.done or result.detail


def test_a_client_that_is_not_there_is_missing(tmp_path: Path) -> None:
    result = asyncio.run(claude.take_turn(turn(tmp_path), HarnessSettings(command=("no-such-client",))))
    assert result.status is TurnStatus.MISSING_CLIENT
    assert not result.transient


def test_a_work_tree_that_is_gone_is_a_failure_with_its_path(tmp_path: Path) -> None:
    result = asyncio.run(claude.take_turn(turn(tmp_path / "gone"), program(tmp_path, "exit 0")))
    assert result.status is TurnStatus.FAILED
    assert "gone" in result.detail
