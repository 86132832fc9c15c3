from __future__ import annotations

from typing import Any

import pytest

from kit import gating
from twelve.factors.gates import suites
from twelve.model.errors import ConfigError, Trouble, TwelveError

TABLES: dict[str, dict[str, Any]] = {
    "lint": {"kind": "ruff"},
    "unit": {"kind": "python_tests", "needs": ["lint"]},
    "slow": {"command": ["true"], "cost": "performance", "phase": ["learn"]},
    "plans": {"command": ["true"], "phase": ["plan", "implement"]},
}


def _ids(suite: str, **sections: object) -> list[str]:
    return [gate.id for gate in suites.select(gating.settings(TABLES, **sections), suite)]


def test_quick_is_what_is_cheap_and_full_is_all() -> None:
    assert _ids("quick") == ["lint", "unit"]
    assert _ids("full") == ["lint", "unit", "slow", "plans"]


def test_a_suite_that_is_written_down_wins_and_brings_needs() -> None:
    assert _ids("quick", suites={"quick": ["unit"]}) == ["lint", "unit"]
    assert _ids("full", suites={"full": ["slow"]}) == ["slow"]


def test_a_phase_is_a_suite() -> None:
    assert _ids("plan") == ["plans"]
    assert _ids("learn") == ["slow"]
    assert _ids("prime") == []


def test_a_suite_with_an_unknown_gate_is_refused() -> None:
    with pytest.raises(ConfigError, match="ghost"):
        _ids("quick", suites={"quick": ["lint", "ghost"]})


def test_an_unknown_suite_or_gate_is_a_question_not_a_crash() -> None:
    with pytest.raises(TwelveError, match="suite 'fast'") as refused:
        _ids("fast")
    assert refused.value.kind is Trouble.USAGE
    with pytest.raises(TwelveError) as unknown:
        suites.named(gating.settings(TABLES), ["lnt"])
    assert "did you mean 'lint'" in unknown.value.next


def test_what_stays_in_the_history_is_judged_before_every_commit() -> None:
    policy = gating.settings({"a": gating.command("true", cost="human"), "s": {"kind": "secrets"}, "l": {"kind": "large_files"}})
    assert [gate.id for gate in suites.lasting(policy)] == ["s", "l"]
