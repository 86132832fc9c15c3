"""A claim at the end of a turn is held against what the session did, and blocked at most a few times."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kit.hooks import Answer, Guarded, guarded


@pytest.fixture
def place(tmp_path: Path) -> Guarded:
    return guarded(tmp_path)


def ran(place: Guarded, command: str, *, failed: bool = False, stdout: str = "5 passed") -> None:
    event = "PostToolUseFailure" if failed else "PostToolUse"
    told: dict[str, Any] = {"error": "Exit code 1"} if failed else {"tool_response": {"stdout": stdout, "stderr": "", "interrupted": False}}
    place.event(event, tool_name="Bash", tool_input={"command": command}, **told)


def edited(place: Guarded) -> None:
    path = str(place.root / "src/a.py")
    place.event("PostToolUse", tool_name="Write", tool_input={"file_path": path, "content": "x"}, tool_response={"type": "update"})


def stop(place: Guarded, words: str, **fields: Any) -> Answer:
    return place.event("Stop", last_assistant_message=words, **{"stop_hook_active": False, **fields})


def test_a_claim_with_a_later_success_is_let_through(place: Guarded) -> None:
    edited(place)
    ran(place, "pytest -q")
    assert stop(place, "All tests pass.") == Answer(code=0, out="", err="")


def test_a_claim_nobody_saw_a_result_for_is_blocked_once(place: Guarded) -> None:
    first = stop(place, "All tests pass.")
    assert (first.code, first.err, first.object["decision"]) == (0, "", "block")
    assert "no such result was seen" in first.object["reason"]
    assert stop(place, "All tests pass.").out == ""
    assert [event["decision"] for event in place.journal()] == ["deny", "unsupported"]


def test_an_edit_after_the_tests_makes_the_claim_stale(place: Guarded) -> None:
    ran(place, "pytest -q")
    edited(place)
    assert "edited after" in stop(place, "All tests pass.").object["reason"]


def test_a_failed_run_does_not_support_a_claim(place: Guarded) -> None:
    ran(place, "pytest -q", failed=True)
    assert "not a success" in stop(place, "All tests pass.").object["reason"]


def test_a_block_that_is_being_worked_off_is_not_repeated(place: Guarded) -> None:
    assert stop(place, "All tests pass.", stop_hook_active=True).out == ""


def test_a_session_is_blocked_three_times_at_most_however_many_claims_it_makes(place: Guarded) -> None:
    words = ["All tests pass.", "Lint is clean.", "The build succeeds.", "All gates passed.", "Pushed to origin."]
    assert sum(bool(stop(place, text).out) for text in words) == 3


def test_a_sub_agents_claim_counts_and_compaction_is_left_alone(place: Guarded) -> None:
    told: dict[str, Any] = {"last_assistant_message": "All tests pass.", "stop_hook_active": False, "agent_id": "a1"}
    assert place.event("SubagentStop", agent_type="", **told).out == ""
    assert place.event("SubagentStop", agent_type="general-purpose", **told).object["decision"] == "block"


def test_words_without_a_claim_are_let_through(place: Guarded) -> None:
    assert stop(place, "I could not run the tests.").out == ""


def test_the_other_clients_are_asked_the_same_way(place: Guarded) -> None:
    told = place.event("AfterAgent", "gemini", prompt="p", prompt_response="All tests pass.", stop_hook_active=False)
    assert told.object["decision"] == "block"
    told = place.event("Stop", "codex", session_id="s-2", last_assistant_message="All tests pass.", stop_hook_active=False)
    assert told.object["decision"] == "block"


@pytest.mark.parametrize("command", ["pytest --co", "true || pytest", "cd /tmp && pytest", "cargo test --no-run", "echo '5 passed'"])
def test_a_run_that_ran_nothing_here_does_not_support_a_claim(place: Guarded, command: str) -> None:
    edited(place)
    ran(place, command, stdout="")
    assert stop(place, "All tests pass.").object["decision"] == "block"


def test_a_run_elsewhere_or_of_nothing_does_not_undo_one_that_was_seen(place: Guarded) -> None:
    ran(place, "pytest -q")
    ran(place, "cd /tmp && pytest", stdout="1 failed")
    ran(place, "make -n test", stdout="")
    assert stop(place, "All tests pass.").out == ""
