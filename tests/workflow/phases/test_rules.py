"""Each rule of each artefact, seen red on one change to a good sample."""

from __future__ import annotations

from typing import Any

import pytest

from twelve.model.phase import Preset
from twelve.model.risk import Risk
from workflow.phases.samples import PLAN, SAMPLES, rules

LONG = "The parser is wrong. It drops commas. It also drops quotes."


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_good_artefact_has_no_finding(name: str) -> None:
    assert rules(name) == []


CASES: list[tuple[str, dict[str, Any], str]] = [
    ("prime", {"problem": LONG}, "prime-problem-too-long"),
    ("prime", {"problem": "x " * 400}, "prime-problem-too-long"),
    ("prime", {"problem": "TODO"}, "prime-problem-missing"),
    ("prime", {"problem": "<what is wrong or wanted, in one or two sentences>"}, "prime-problem-missing"),
    ("prime", {"success_criteria": []}, "prime-criteria-missing"),
    ("prime", {"success_criteria.0.text": "It works really well"}, "prime-criterion-not-testable"),
    (
        "prime",
        {"success_criteria": [{"id": "c1", "text": "returns 1 row"}, {"id": "c1", "text": "returns 2 rows"}]},
        "prime-criterion-duplicate",
    ),
    (
        "prime",
        {"success_criteria": [{"id": "c1", "text": "returns 1 row"}, {"id": "c2", "text": "Returns  1 row"}]},
        "prime-criterion-text-duplicate",
    ),
    ("prime", {"constraints": None}, "prime-field-missing"),
    ("prime", {"scope.paths": ["../elsewhere"]}, "prime-path-refused"),
    ("prime", {"scope.estimate_lines": -1}, "prime-estimate-negative"),
    ("prime", {"checklist.stranger": "yes"}, "prime-checklist-unanswered"),
    ("prime", {"checklist.intent": None}, "prime-field-wrong-type"),
    ("prime", {"sucess_criteria": []}, "prime-field-unknown"),
    ("prime", {"run": "another"}, "prime-wrong-run"),
    ("prime", {"schema": "twelve.prime.v9"}, "prime-wrong-schema"),
    ("prime", {"success_criteria.0.id": 1}, "prime-field-wrong-type"),
    ("research", {"approaches.1": None}, "research-too-few-approaches"),
    ("research", {"approaches": [SAMPLES["research"]["approaches"][0]] * 4}, "research-too-many-approaches"),
    ("research", {"approaches.0.cons": []}, "research-approach-without-cons"),
    ("research", {"approaches.0.pros": [" "]}, "research-approach-without-pros"),
    ("research", {"approaches.1.id": "a"}, "research-approach-duplicate"),
    ("research", {"chosen": "z"}, "research-chosen-unknown"),
    ("research", {"rationale": "because"}, "research-rationale-empty"),
    ("research", {"prior_art.query": ""}, "research-prior-art-missing"),
    ("research", {"probe": None}, "research-probe-missing"),
    ("research", {"probe.command": ["true"]}, "research-command-proves-nothing"),
    ("research", {"probe.result": "ok"}, "research-probe-without-result"),
    ("research", {"problem": "Another problem it is."}, "research-restates-prime"),
    ("plan", {"steps": []}, "plan-step-count"),
    ("plan", {"steps.0.validation": []}, "plan-step-without-validation"),
    ("plan", {"steps.0.validation.0.command": "pytest -q"}, "plan-command-not-a-list"),
    ("plan", {"steps.0.validation.0.command": ["pytest -q"]}, "plan-command-refused"),
    ("plan", {"steps.0.validation.0.command": ["pytest|tee", "x"]}, "plan-command-refused"),
    ("plan", {"steps.0.validation.0.command": ["echo", "fine"]}, "plan-command-proves-nothing"),
    ("plan", {"steps.0.validation.0": {"command": ["pytest"], "gate": "tests"}}, "plan-validation-unclear"),
    ("plan", {"steps.1.validation.0.gate": "nonsense"}, "plan-gate-unknown"),
    ("plan", {"steps.1.id": "test"}, "plan-step-duplicate"),
    ("plan", {"steps.1.id": "implement"}, "plan-step-id"),
    ("plan", {"steps.1.id": "../x"}, "plan-step-id"),
    ("plan", {"steps.1.title": " "}, "plan-step-without-title"),
    ("plan", {"steps.1.files": []}, "plan-step-without-files"),
    ("plan", {"steps.1.files": ["/etc/*"]}, "plan-path-refused"),
    ("plan", {"steps.1.files": [".git/hooks/x"]}, "plan-path-refused"),
    ("plan", {"steps.1.files": [".twelve/runs/r1/plan.md"]}, "plan-path-refused"),
    ("plan", {"steps.0.needs": ["mend"]}, "plan-step-cycle"),
    ("plan", {"steps.1.needs": ["mend"]}, "plan-step-cycle"),
    ("plan", {"steps.1.needs": ["nowhere"]}, "plan-step-unknown"),
    ("plan", {"steps.1.reversible": False}, "plan-step-without-rollback"),
    ("plan", {"acceptance": []}, "plan-acceptance-missing"),
    ("plan", {"acceptance": PLAN["acceptance"] * 2}, "plan-acceptance-duplicate"),
    ("plan", {"acceptance.0.criterion": "c9"}, "plan-criterion-unknown"),
    ("plan", {"acceptance.0.command": []}, "plan-command-refused"),
    ("plan", {"acceptance.0.must_fail_first": False}, "plan-red-not-wanted"),
    ("plan", {"acceptance.0.oracles": ["tests/unknown.py"]}, "plan-oracle-unknown"),
    ("plan", {"acceptance.0.oracles": []}, "plan-oracle-unnamed"),
    ("plan", {"acceptance.0.command": ["python", "-m", "pytest", "tests/test_other.py::test_a"]}, "plan-oracle-unnamed"),
    ("plan", {"acceptance.0.command": ["npm", "test"], "acceptance.0.oracles": []}, "plan-oracle-unnamed"),
    ("plan", {"acceptance.0.oracles": ["spec/*.py"]}, "plan-oracle-unknown"),
    ("plan", {"acceptance.0.command": ["bash", "-c", "true"]}, "plan-command-proves-nothing"),
    ("plan", {"acceptance.0.command": ["python3", "-c", "pass"]}, "plan-command-proves-nothing"),
    ("plan", {"steps.1.creates_oracles": ["tests/test_commas.py"]}, "plan-oracle-created-twice"),
    ("plan", {"steps.0.creates_oracles": [], "steps.1.creates_oracles": ["tests/test_commas.py"]}, "plan-oracle-created-last"),
    ("plan", {"observability.what": "TBD"}, "plan-what-empty"),
    ("plan", {"observability.check": "curl localhost"}, "plan-command-not-a-list"),
    ("plan", {"human_checkpoints": "none"}, "plan-checkpoints-unclear"),
    ("plan", {"human_checkpoints": []}, "plan-checkpoints-unclear"),
    ("plan", {"human_checkpoints": [{"before": "lunch", "question": "Shall we go on?"}]}, "plan-checkpoint-unknown"),
    ("plan", {"human_checkpoints": [{"before": "mend", "question": "ok"}]}, "plan-question-empty"),
    ("plan", {"factors.III": None}, "plan-factor-unmapped"),
    ("plan", {"factors.XIII": "There is no such factor."}, "plan-factor-unknown"),
    ("implement", {"gates.0.outcome": "SKIP"}, "implement-gate-red"),
    ("implement", {"steps.0.gates": []}, "implement-step-without-gate"),
    ("implement", {"acceptance.0.outcome": "FAIL"}, "implement-acceptance-red"),
    ("implement", {"acceptance": []}, "implement-acceptance-unrecorded"),
    ("implement", {"observability.outcome": "ERROR"}, "implement-observability-red"),
    ("implement", {"gates.0.outcome": "GREEN"}, "implement-field-wrong-type"),
    ("learn", {"worked": []}, "learn-worked-empty"),
    ("learn", {"improve.0": "nothing"}, "learn-improve-empty"),
    ("learn", {"patterns": []}, "learn-pattern-count"),
    ("learn", {"patterns": SAMPLES["learn"]["patterns"] * 3}, "learn-pattern-count"),
    ("learn", {"patterns.0.evidence": []}, "learn-pattern-without-evidence"),
    ("learn", {"patterns.0.evidence": ["HEAD"]}, "learn-evidence-unknown"),
    ("learn", {"backlog": []}, "learn-backlog-empty"),
    ("learn", {"backlog.0.impact": 11}, "learn-backlog-score"),
    ("learn", {"domain_update": "n/a"}, "learn-domain-update-empty"),
    ("tiny", {"omissions.0": None}, "tiny-omission-unrecorded"),
    ("tiny", {"omissions.0.rule": "no-time"}, "tiny-omission-rule"),
    ("tiny", {"omissions.0.phase": "implement"}, "tiny-omission-refused"),
    ("tiny", {"steps.0.validation": []}, "tiny-step-without-validation"),
]


@pytest.mark.parametrize(("name", "changes", "rule"), CASES, ids=[f"{rule}-{number}" for number, (_, _, rule) in enumerate(CASES)])
def test_one_defect_is_found_by_its_rule(name: str, changes: dict[str, Any], rule: str) -> None:
    assert rule in rules(name, changes)


def test_none_is_an_answer_for_low_risk_only() -> None:
    assert rules("plan", risk=Risk.LOW) == []
    assert rules("plan", risk=Risk.MEDIUM) == ["plan-checkpoints-needed"]


def test_evidence_has_to_be_a_commit_of_the_run() -> None:
    assert rules("learn", commits=("abcdef1234",)) == []
    assert rules("learn", commits=("1234567890",)) == ["learn-evidence-unknown"]


def test_without_prime_research_says_what_the_problem_is() -> None:
    assert "research-problem-missing" in rules("research", preset=Preset.RPI)
    opened = {"problem": "The parser drops commas.", "success_criteria": [{"id": "c1", "text": "returns 2 fields"}]}
    assert rules("research", opened, preset=Preset.RPI) == []


def test_the_record_has_to_be_about_this_content_and_every_step() -> None:
    assert rules("implement", subject="t2") == ["implement-subject-stale"]
    assert rules("implement", steps=("test", "mend")) == ["implement-step-unrecorded"]


def test_a_tiny_run_owes_its_lessons_only_when_it_closes() -> None:
    assert rules("tiny") == []
    assert "tiny-pattern-count" in rules("tiny", closing=True)
    assert rules("tiny", SAMPLES["learn"], closing=True) == []


def test_a_glob_of_oracles_stands_for_the_files_there_are() -> None:
    changes = {"steps.0.creates_oracles": [], "acceptance.0.oracles": ["tests/*.py"]}
    assert rules("plan", changes, files=frozenset({"tests/test_commas.py"})) == []
