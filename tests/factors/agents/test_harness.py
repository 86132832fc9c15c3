"""The contract between the driver and the adapters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.agents import harness
from twelve.factors.agents.harness import TRANSIENT, Turn, TurnResult, TurnStatus, Usage
from twelve.model.errors import ConfigError
from twelve.model.settings import HarnessSettings

FOLDER = Path(harness.__file__).parent / "harnesses"
REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "harnesses.md"
TALLY = st.integers(min_value=0, max_value=10**9)
USAGE = st.builds(Usage, input=TALLY, output=TALLY, cache_read=TALLY, cache_write=TALLY)


@given(USAGE)
def test_every_token_is_either_prompt_or_output_and_either_fresh_or_from_a_cache(usage: Usage) -> None:
    assert usage.prompt + usage.output == usage.total
    assert usage.fresh + usage.cache_read == usage.total


@pytest.mark.parametrize("name", sorted(harness.HARNESSES))
def test_every_name_loads_a_module_that_keeps_the_contract(name: str) -> None:
    module = harness.load(name)
    assert name == module.NAME
    assert module.SUMMARY
    assert callable(module.probe)
    assert callable(module.take_turn)


def test_every_adapter_file_is_in_the_table() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert files == set(harness.HARNESSES)


def test_an_unknown_agent_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError) as caught:
        harness.load("cursor")
    assert "claude, codex, command, gemini, replay" in caught.value.why


@pytest.mark.parametrize("name", ["claude", "codex", "gemini"])
def test_a_client_that_is_not_installed_is_missing_and_says_what_to_set(name: str) -> None:
    found = harness.load(name).probe(HarnessSettings(command=("no-such-client-here",)))
    assert not found.found
    assert f"harness.{name}" in found.reason


def test_the_reference_tells_for_every_status_whether_it_is_tried_again() -> None:
    rows = re.findall(r"^\| `(\w+)` \|[^|]+\| (\S+) \|$", REFERENCE.read_text("utf-8"), re.M)
    assert dict(rows) == {
        status.value: "–" if status is TurnStatus.DONE else "yes" if status in TRANSIENT else "no" for status in TurnStatus
    }


def test_only_done_is_success() -> None:
    assert [status for status in TurnStatus if TurnResult(status=status).done] == [TurnStatus.DONE]
    assert not TurnResult(status=TurnStatus.DONE).transient


@given(USAGE, USAGE)
def test_usage_adds_up_whichever_way_round(one: Usage, other: Usage) -> None:
    assert one.plus(other) == other.plus(one)
    assert one.plus(other).total == one.total + other.total
    assert one.plus(Usage()) == one


@given(st.text(max_size=60), st.text(max_size=60), st.integers(min_value=1, max_value=99))
def test_a_turns_label_is_always_a_safe_file_name(phase: str, step: str, number: int) -> None:
    label = Turn(prompt="", workdir=Path(), logs=Path(), phase=phase, step=step, round=number, attempt=number).label
    assert 0 < len(label) <= 80
    assert "/" not in label
    assert "." not in label
    assert label.encode("utf-8", "strict")


def test_labels_of_different_attempts_differ_even_for_very_long_steps() -> None:
    labels = {
        Turn(prompt="", workdir=Path(), logs=Path(), phase="implement", step="s" * 200, round=r, attempt=a).label
        for r in (1, 2)
        for a in (1, 2)
    }
    assert len(labels) == 4


def test_the_turn_tells_the_client_its_place_and_env_wins() -> None:
    turn = Turn(prompt="", workdir=Path(), logs=Path(), run="r", phase="plan", round=2, env={"TWELVE_PHASE": "other", "X": "1"})
    env = turn.environment()
    assert (env["TWELVE_RUN"], env["TWELVE_PHASE"], env["TWELVE_ROUND"], env["X"]) == ("r", "other", "2", "1")
