from __future__ import annotations

import msgspec

from kit import gating
from twelve.factors.gates import budgets
from twelve.model.verdict import Outcome, Report, Verdict

VERDICT = Verdict(
    gate="g",
    kind="command",
    required=True,
    report=Report(outcome=Outcome.PASS, summary=""),
    definition="",
    subject="",
    inputs="",
    started="",
    duration_s=1.5,
)


def test_going_over_the_budget_of_its_cost_is_told_with_both_figures() -> None:
    (cheap,) = gating.gates(g=gating.command("x", cost="syntax"))
    assert "1.5 s, more than the 1 s of cost syntax" in budgets.over(cheap, VERDICT)


def test_within_budget_cached_or_human_says_nothing() -> None:
    (cheap,) = gating.gates(g=gating.command("x", cost="syntax"))
    (unit,) = gating.gates(g=gating.command("x", cost="unit"))
    (human,) = gating.gates(g=gating.command("x", cost="human"))
    long = msgspec.structs.replace(VERDICT, duration_s=90_000)
    assert budgets.over(unit, VERDICT) == ""
    assert budgets.over(human, long) == ""
    assert budgets.over(cheap, msgspec.structs.replace(VERDICT, cached=True)) == ""
