"""Artefacts and what was told become facts: nothing is believed, nothing is forgotten."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from twelve.model.gate import GateSettings
from twelve.model.phase import Phase, Size
from twelve.model.settings import Settings
from twelve.model.verdict import Outcome
from twelve.workflow import artefacts, facts, machine
from workflow.phases.samples import PLAN, PRIME, RESEARCH, RUN, TINY, put

POLICY = Settings(gates={"tests": GateSettings(command=("true",)), "style": GateSettings(command=("true",))})


def told(**fields: Any) -> facts.Told:
    given: dict[str, Any] = {
        "run": RUN,
        "task": "mend it",
        "base": "t0",
        "subject": "t0",
        "files": frozenset({"src/parser.py"}),
        "telemetry": 1,
    }
    gate = facts.Applicable(gate="tests", required=True)
    return facts.Told(**{**given, "applicable": {"full": (gate,), "quick": (gate,)}, **fields})


def planned(root: Path) -> None:
    for name, fields in (("prime", PRIME), ("research", RESEARCH), ("plan", PLAN)):
        put(root, name, fields)


def test_the_plan_becomes_steps_oracles_and_criteria(tmp_path: Path) -> None:
    planned(tmp_path)
    found = facts.gather(tmp_path, told(), POLICY).facts
    assert [(step.id, step.needs) for step in found.steps] == [("test", ()), ("mend", ("test",))]
    assert [gate.gate for gate in found.steps[0].gates] == ["tests", "validation:test:0"]
    assert found.oracles == (machine.OracleFacts(path="tests/test_commas.py", creator="test", current="missing"),)
    assert [item.id for item in found.criteria] == ["c1"]
    assert not found.phases[Phase.PLAN].artefact.findings


def test_a_verdict_counts_only_for_the_content_it_judged(tmp_path: Path) -> None:
    planned(tmp_path)
    fact = machine.GateFact(gate="tests", outcome=Outcome.PASS, subject="t0")
    now = facts.gather(tmp_path, told(verdicts={("tests", "t0"): fact}), POLICY).facts
    later = facts.gather(tmp_path, told(verdicts={("tests", "t0"): fact}, subject="t1"), POLICY).facts
    assert now.phases[Phase.IMPLEMENT].gates[0].outcome is Outcome.PASS
    assert later.phases[Phase.IMPLEMENT].gates[0].outcome is None


def test_whether_a_gate_is_required_is_the_policys_to_say(tmp_path: Path) -> None:
    planned(tmp_path)
    claimed = machine.GateFact(gate="tests", required=False, outcome=Outcome.SKIP, subject="t0")
    found = facts.gather(tmp_path, told(verdicts={("tests", "t0"): claimed}), POLICY).facts
    assert found.phases[Phase.IMPLEMENT].gates[0].required


def test_a_closing_counts_under_its_own_plan_and_with_all_gates(tmp_path: Path) -> None:
    planned(tmp_path)
    digest = facts.gather(tmp_path, told(), POLICY).facts.plan
    gates = tuple(machine.GateFact(gate=name, outcome=Outcome.PASS, subject="t1") for name in ("tests", "validation:test:0"))
    closing = facts.Closing(commit="c", plan=digest, subject="t1", gates=gates)

    def step(given: facts.Closing) -> machine.StepFacts:
        return facts.gather(tmp_path, told(closings={"test": given}), POLICY).facts.steps[0]

    assert step(closing).closed
    assert not step(structs.replace(closing, plan="another")).closed
    assert [gate.outcome for gate in step(structs.replace(closing, gates=gates[:1])).gates] == [Outcome.PASS, None]


def test_an_artefact_is_committed_only_as_it_stands(tmp_path: Path) -> None:
    planned(tmp_path)
    digest = artefacts.read(tmp_path, RUN, "prime").digest
    assert facts.gather(tmp_path, told(committed={"prime": digest}), POLICY).facts.phases[Phase.PRIME].committed
    put(tmp_path, "prime", {**PRIME, "constraints": ["no new dependency"]})
    assert not facts.gather(tmp_path, told(committed={"prime": digest}), POLICY).facts.phases[Phase.PRIME].committed


def test_a_plan_that_contradicts_prime_is_found(tmp_path: Path) -> None:
    planned(tmp_path)
    put(tmp_path, "prime", {**PRIME, "success_criteria": [{"id": "other", "text": "returns 3 fields"}]})
    found = facts.gather(tmp_path, told(), POLICY).facts.phases[Phase.PLAN].artefact.findings
    assert {item.rule for item in found} == {"plan-acceptance-missing", "plan-criterion-unknown"}


def test_the_size_a_run_follows_does_not_sink_with_the_estimate(tmp_path: Path) -> None:
    planned(tmp_path)
    picture = facts.gather(tmp_path, told(), POLICY)
    assert picture.sizing.size is Size.TINY
    assert machine.started_size(picture.facts) is Size.NORMAL


def test_a_diff_beyond_tiny_outgrows_it_and_the_tiny_artefact_still_answers_for_prime(tmp_path: Path) -> None:
    put(tmp_path, "tiny", TINY)
    grown = told(size=Size.TINY, changed=("a", "b", "c", "d"), changed_lines=90)
    state = machine.judge(facts.gather(tmp_path, grown, POLICY).facts)
    move = state.moves[0]
    assert isinstance(move, machine.Regress)
    step = machine.Regression(source=Phase.IMPLEMENT, to=move.to, reason=move.reason, size=move.size)
    after = facts.gather(tmp_path, structs.replace(grown, regressions=(step,)), POLICY).facts
    assert after.phases[Phase.PRIME].artefact.present
    assert not after.phases[Phase.RESEARCH].artefact.present


def test_gates_without_tests_of_their_own_apply_by_policy() -> None:
    table = facts.applicable(POLICY)
    assert [item.gate for item in table["full"]] == ["tests", "style"]
    assert [item.gate for item in table["implement"]] == ["tests", "style"]
    assert table["prime"] == ()


ODD = ["", "..", "/etc/passwd", "a\0b", "*" * 40, "c1", "test", "x\n", 3, None, True, -1, "none: it is small and reversible"]
KEYS = st.sampled_from(["id", "needs", "oracles", "command", "files"])
HOSTILE = st.recursive(
    st.sampled_from(ODD), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=5
)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_artefact_makes_gathering_or_judging_raise(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    root = tmp_path_factory.mktemp("tree")
    for name, sample in (("prime", PRIME), ("research", RESEARCH), ("plan", PLAN), ("tiny", TINY)):
        fields: dict[str, Any] = copy.deepcopy(sample)
        for key in data.draw(st.lists(st.sampled_from(sorted(fields)), max_size=2)):
            fields[key] = data.draw(HOSTILE)
            if isinstance(sample[key], list) and data.draw(st.booleans()):
                fields[key] = copy.deepcopy(sample[key])
                inner = next(iter(fields[key]), None)
                if isinstance(inner, dict):
                    inner[data.draw(st.sampled_from(sorted(inner)))] = data.draw(HOSTILE)
        put(root, name, fields)
    given_size = data.draw(st.sampled_from(list(Size)))
    state = machine.judge(facts.gather(root, told(size=given_size), POLICY).facts)
    assert state.missing
