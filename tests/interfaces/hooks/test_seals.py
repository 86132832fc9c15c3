"""What slipped past: protected files are compared after every call, and a difference nobody allowed is told and kept."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from kit.hooks import Answer, Guarded, guarded

FILES = {"twelve.toml": "", "src/a.py": "x\n", ".github/workflows/ci.yml": "on: push\n", ".claude/settings.json": '{"model": "x"}'}


@pytest.fixture
def place(tmp_path: Path) -> Guarded:
    made = guarded(tmp_path, FILES)
    made.event("SessionStart", source="startup")
    return made


def after(place: Guarded, tool: str = "Bash", **given: Any) -> Answer:
    tool_input = given or {"command": "python3 build.py"}
    return place.event(
        "PostToolUse", tool_name=tool, tool_input=tool_input, tool_response={"stdout": "", "stderr": "", "interrupted": False}
    )


def tampers(place: Guarded) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((place.state / "tamper").glob("*.json"))]


def test_nothing_changed_nothing_said(place: Guarded) -> None:
    assert after(place) == Answer(code=0, out="", err="")
    (place.root / "src/a.py").write_text("y\n")
    assert after(place).out == ""


@pytest.mark.parametrize(
    ("path", "content", "change"),
    [
        ("twelve.toml", "[guard]\n", "changed"),
        ("twelve.toml", None, "deleted"),
        (".codex/hooks.json", "{}", "created"),
        (".github/workflows/ci.yml", "on: never\n", "changed"),
        (".github/workflows/evil.yml", "on: push\n", "created"),
        (".git/hooks/pre-commit", "#!/bin/sh\n", "created"),
        (".claude/settings.json", '{"disableAllHooks": true}', "changed"),
        (".claude/settings.json", "{broken", "changed"),
    ],
)
def test_a_change_behind_the_guards_back_is_told_once_and_kept(place: Guarded, path: str, content: str | None, change: str) -> None:
    target = place.root / path
    if content is None:
        target.unlink()
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
    answer = after(place)
    assert answer.blocked
    assert change in answer.err
    assert "tampered" in answer.err
    assert tampers(place)[0]["change"] == change
    assert any(event["name"] == "guard.tampered" for event in place.journal())
    assert after(place).out == ""
    assert "wait" in place.event("SessionStart", source="resume").object["hookSpecificOutput"]["additionalContext"]


def test_a_touched_file_with_the_same_content_is_no_change(place: Guarded) -> None:
    os.utime(place.root / "twelve.toml", (1, 1))
    assert after(place).out == ""
    assert tampers(place) == []


def test_a_permission_the_client_notes_down_for_a_person_is_no_change(place: Guarded) -> None:
    (place.root / ".claude/settings.json").write_text('{"model": "x", "permissions": {"allow": ["Bash(ls)"]}}')
    assert after(place).out == ""


def test_a_call_that_was_asked_about_and_ran_explains_its_own_change(place: Guarded) -> None:
    ci = place.root / ".github/workflows/ci.yml"
    ci.write_text("on: [push]\n")
    assert after(place, "Write", file_path=str(ci), content="on: [push]\n").out == ""


def test_a_call_the_policy_refuses_explains_nothing(place: Guarded) -> None:
    policy = place.root / "twelve.toml"
    policy.write_text("[guard]\n")
    assert after(place, "Write", file_path=str(policy), content="[guard]\n").blocked


def test_a_second_session_does_not_cover_the_tracks_of_the_first(place: Guarded) -> None:
    place.call("Bash", command="python3 build.py")
    (place.root / "twelve.toml").write_text("[guard]\n")
    place.event("SessionStart", source="startup", session_id="s-2")
    assert [record["path"] for record in tampers(place)] == [str(place.root / "twelve.toml")]


def test_what_a_person_changed_while_nobody_was_at_work_is_theirs(place: Guarded) -> None:
    (place.root / ".github/workflows/ci.yml").write_text("on: [push]\n")
    long_ago = time.time() - 7_200
    os.utime(place.state / "heartbeat" / "claude", (long_ago, long_ago))
    place.event("SessionStart", source="startup", session_id="s-2")
    assert tampers(place) == []
    assert after(place).out == ""


def test_looking_tools_are_not_followed_by_a_comparison(place: Guarded) -> None:
    (place.root / "twelve.toml").write_text("[guard]\n")
    assert after(place, "Read", file_path=str(place.root / "src/a.py")).out == ""
    assert after(place).blocked
