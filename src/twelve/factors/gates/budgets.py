"""How long a gate of each cost should take at most; going over is shown, it does not change a verdict."""

from __future__ import annotations

from twelve.factors.gates.definition import Gate
from twelve.model.gate import Cost
from twelve.model.verdict import Verdict

BUDGET_S = {Cost.SYNTAX: 1.0, Cost.UNIT: 10.0, Cost.INTEGRATION: 60.0, Cost.SECURITY: 120.0, Cost.PERFORMANCE: 300.0}
"""Seconds per cost (SPEC IV, from U:F04); people have no budget."""


def over(gate: Gate, verdict: Verdict) -> str:
    """What to tell about a gate that took longer than its cost allows, or ""."""
    budget = BUDGET_S.get(gate.cost)
    if budget is None or verdict.cached or verdict.duration_s <= budget:
        return ""
    took = f"{gate.id} took {verdict.duration_s:.1f} s, more than the {budget:g} s of cost {gate.cost.value}"
    return f"{took}: give it a dearer cost or less to do"
