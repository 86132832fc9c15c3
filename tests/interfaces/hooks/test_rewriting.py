"""Settings that would take the guard away do not come into force; others do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kit.hooks import Answer, Guarded, guarded
from twelve.workflow.fastpath import registration


@pytest.fixture
def place(tmp_path: Path) -> Guarded:
    made = guarded(tmp_path)
    write(made, settings(made))
    made.event("SessionStart", source="startup")
    return made


def settings(place: Guarded) -> dict[str, Any]:
    return {"hooks": registration.hooks("claude", registration.command(place.repository, "claude"))}


def write(place: Guarded, value: object, name: str = ".claude/settings.local.json") -> Path:
    path = place.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


def changed(place: Guarded, path: Path) -> Answer:
    return place.event("ConfigChange", source="local_settings", file_path=str(path))


def test_a_change_that_leaves_our_hooks_in_place_is_let_through(place: Guarded) -> None:
    path = write(place, {**settings(place), "permissions": {"allow": ["Bash(ls)"]}})
    assert changed(place, path) == Answer(code=0, out="", err="")


@pytest.mark.parametrize("text", ["{}", "", "{broken", '{"hooks": {}}', '{"hooks": {"PreToolUse": []}}'])
def test_losing_our_hooks_is_refused(place: Guarded, text: str) -> None:
    answer = changed(place, write(place, text))
    assert answer.blocked
    assert "protect-policy" in answer.err


def test_deleting_the_file_is_refused(place: Guarded) -> None:
    path = place.root / ".claude/settings.local.json"
    path.unlink()
    assert changed(place, path).blocked


def test_a_narrowed_matcher_and_an_unknown_type_are_refused(place: Guarded) -> None:
    narrowed = settings(place)
    narrowed["hooks"]["PreToolUse"][0]["matcher"] = "Bas"
    assert changed(place, write(place, narrowed)).blocked
    odd = settings(place)
    odd["hooks"]["Stop"].append({"hooks": [{"type": "telepathy"}]})
    assert changed(place, write(place, odd)).blocked


def test_turning_hooks_off_is_refused_in_any_file(place: Guarded) -> None:
    path = write(place, {"disableAllHooks": True}, ".claude/settings.json")
    assert changed(place, path).blocked
    assert changed(place, write(place, {**settings(place), "disableAllHooks": True})).blocked


def test_another_settings_file_may_change_freely(place: Guarded) -> None:
    assert changed(place, write(place, {"model": "x"}, ".claude/settings.json")).out == ""
