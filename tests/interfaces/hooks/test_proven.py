"""A session begins with one line when the guard was not seen to stop anything lately, and with none when it was."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kit.hooks import Guarded, guarded

DAY_S = 86_400


@pytest.fixture
def place(tmp_path: Path) -> Guarded:
    made = guarded(tmp_path)
    for name in ("hook.bin", "hook.py"):
        os.utime(made.state / name, (1_600_000_000, 1_600_000_000))
    return made


def words(place: Guarded, **env: str) -> str:
    started = place.event("SessionStart", source="startup", env=env)
    assert started.code == 0
    return str(started.object["hookSpecificOutput"]["additionalContext"]) if started.out else ""


def test_a_guard_that_was_fired_at_needs_no_word(place: Guarded) -> None:
    place.proven("claude")
    assert words(place) == ""


def test_a_guard_nobody_fired_at_is_named_in_one_short_line(place: Guarded) -> None:
    told = words(place)
    assert "never seen to stop anything" in told
    assert "\n" not in told
    assert len(told) < 160
    place.proven("codex")
    assert "never seen" in words(place)
    place.proven("claude")
    record = place.state / "heartbeat/proof.json"
    record.write_text(record.read_text().replace(str(place.root), "/another/work/tree"))
    assert "never seen" in words(place)


def test_a_trial_that_failed_is_told(place: Guarded) -> None:
    place.proven("claude", outcome="FAIL")
    assert "failed when it was last tried" in words(place)


@pytest.mark.parametrize(("age_days", "days", "told"), [(6, 7, ""), (8, 7, "last proven 8 days ago"), (2, 1, "last proven 2 days ago")])
def test_a_trial_counts_for_as_long_as_the_policy_says(place: Guarded, age_days: int, days: float, told: str) -> None:
    place.proven("claude", age_s=age_days * DAY_S, days=days)
    assert told in words(place)
    assert bool(told) == bool(words(place))


def test_a_hook_generated_anew_is_unproven(place: Guarded) -> None:
    place.proven("claude", age_s=60)
    os.utime(place.state / "hook.bin")
    assert "generated anew" in words(place)


def test_a_damaged_record_proves_nothing(place: Guarded) -> None:
    place.proven("claude")
    for text in ("", "[]", '{"marks": 1}', json.dumps({"marks": [{"guard": "claude", "outcome": "PASS"}]})):
        (place.state / "heartbeat/proof.json").write_text(text)
        assert "never seen" in words(place)


def test_a_driven_turn_is_not_told(place: Guarded) -> None:
    assert words(place, TWELVE_RUN="20260102T030405Z-a-task-0a1b") == ""


def test_the_record_is_no_sign_of_somebody_at_work(place: Guarded) -> None:
    """Otherwise what a person edits after proving would look like tampering in the next session."""
    place.proven("claude")
    assert words(place) == ""
    for name in ("claude", "proof.json"):
        os.utime(place.state / "heartbeat" / name, (1_600_000_000, 1_600_000_000))
    os.utime(place.state / "heartbeat/proof.json")
    (place.root / ".mcp.json").write_text("{}")
    assert words(place) == ""
