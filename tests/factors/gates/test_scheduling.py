from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import gating
from twelve.factors.gates import scheduling
from twelve.factors.gates.definition import Gate
from twelve.model.verdict import Outcome, Report, Verdict

COSTS = ["syntax", "unit", "integration", "security", "performance", "human"]


def _answer(gate: Gate, outcome: Outcome = Outcome.PASS, reason: str = "") -> Verdict:
    report = Report(outcome=outcome, summary="", reason=reason)
    return Verdict(
        gate=gate.id, kind="command", required=gate.required, report=report, definition="", subject="", inputs="", started="", duration_s=0
    )


def _work(gates: tuple[Gate, ...], red: set[str], *, fail_fast: bool = True, jobs: int = 2) -> tuple[dict[str, Verdict], list[str]]:
    ran: list[str] = []

    def judge(gate: Gate) -> Verdict:
        ran.append(gate.id)
        return _answer(gate, Outcome.FAIL if gate.id in red else Outcome.PASS)

    answers = scheduling.work(
        gates,
        judge,
        lambda gate, reason: _answer(gate, Outcome.SKIP, reason),
        lambda fresh: (fresh, ""),
        jobs=jobs,
        fail_fast=fail_fast,
        on_interrupt=lambda: None,
    )
    return answers, ran


@st.composite
def policies(draw: st.DrawFn) -> tuple[Gate, ...]:
    names = [f"g{number}" for number in range(draw(st.integers(1, 8)))]
    tables = {}
    for at, name in enumerate(names):
        needs = draw(st.lists(st.sampled_from(names[:at]), unique=True, max_size=3)) if at else []
        need = draw(st.sampled_from(["required", "optional"]))
        tables[name] = gating.command("true", cost=draw(st.sampled_from(COSTS)), needs=needs, need=need)
    return gating.gates(**tables)


@given(policies(), st.data())
def test_needs_come_first_and_every_gate_gets_an_answer(gates: tuple[Gate, ...], data: st.DataObject) -> None:
    red = set(data.draw(st.lists(st.sampled_from([gate.id for gate in gates]), unique=True)))
    fail_fast = data.draw(st.booleans())
    answers, ran = _work(gates, red, fail_fast=fail_fast, jobs=data.draw(st.integers(1, 4)))
    assert set(answers) == {gate.id for gate in gates}
    for gate in gates:
        if gate.id in ran:
            assert all(answers[need].passed for need in gate.settings.needs)
        else:
            assert answers[gate.id].outcome is Outcome.SKIP
            assert answers[gate.id].report.reason
    # Nothing is left out without a cause: with nothing red, everything ran.
    if not red:
        assert sorted(ran) == sorted(answers)


def test_cheap_gates_run_first_and_a_red_one_stops_dearer_ones() -> None:
    gates = gating.gates(dear=gating.command("x", cost="performance"), cheap=gating.command("x", cost="syntax"))
    answers, ran = _work(gates, {"cheap"})
    assert ran == ["cheap"]
    assert answers["dear"].report.reason == "not reached: cheap was FAIL"
    assert answers["dear"].blocks
    assert _work(gates, {"cheap"}, fail_fast=False)[1] == ["cheap", "dear"]


def test_a_red_optional_gate_does_not_stop_the_others() -> None:
    gates = gating.gates(cheap=gating.command("x", cost="syntax", need="optional"), dear=gating.command("x", cost="human"))
    assert _work(gates, {"cheap"})[1] == ["cheap", "dear"]


def test_a_cheap_gate_waits_for_a_dear_one_it_needs() -> None:
    gates = gating.gates(cheap=gating.command("x", cost="syntax", needs=["dear"]), dear=gating.command("x", cost="human"))
    assert _work(gates, set())[1] == ["dear", "cheap"]
    answers, _ = _work(gates, {"dear"}, fail_fast=False)
    assert answers["cheap"].report.reason == "needs dear, which was FAIL"


def test_equal_ranks_run_side_by_side() -> None:
    gates = gating.gates(a=gating.command("x"), b=gating.command("x"))
    both = threading.Barrier(2, timeout=10)

    def judge(gate: Gate) -> Verdict:
        both.wait()
        return _answer(gate)

    answers = scheduling.work(
        gates,
        judge,
        lambda gate, reason: _answer(gate, Outcome.SKIP, reason),
        lambda fresh: (fresh, ""),
        jobs=2,
        fail_fast=True,
        on_interrupt=lambda: None,
    )
    assert len(answers) == 2


def test_an_interrupt_ends_what_runs_and_is_passed_on() -> None:
    gates = gating.gates(a=gating.command("x"), b=gating.command("x", cost="human"))
    ended = threading.Event()

    def settle(_fresh: list[Verdict]) -> tuple[list[Verdict], str]:
        raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        scheduling.work(
            gates,
            _answer,
            lambda gate, reason: _answer(gate, Outcome.SKIP, reason),
            settle,
            jobs=1,
            fail_fast=True,
            on_interrupt=ended.set,
        )
    assert ended.is_set()
    assert time.monotonic() - began < 5
