"""SARIF: valid shape, stable fingerprints, and no silent gap."""

from __future__ import annotations

import json
from typing import Any

import pytest

from twelve.model.finding import Finding, Severity
from twelve.model.verdict import Outcome, Report, Verdict
from twelve.render import sarif


def log(outcome: Outcome, *findings: Finding, required: bool = True) -> dict[str, Any]:
    answer = Verdict(
        gate="yaml",
        kind="yaml",
        required=required,
        report=Report(outcome=outcome, summary="sum", findings=findings, reason="" if outcome is Outcome.PASS else "because"),
        definition="d",
        subject="s",
        inputs="i",
        started="2026-01-01T00:00:00Z",
        duration_s=0.5,
    )
    return json.loads(sarif.verdicts([answer]))["runs"][0]  # type: ignore[no-any-return]


def test_a_pass_has_no_results() -> None:
    assert log(Outcome.PASS)["results"] == []


def test_a_finding_carries_place_level_and_fingerprint() -> None:
    found = Finding(rule="dup", message="twice", path="a b/ü.yaml", line=4, severity=Severity.WARNING)
    result = log(Outcome.FAIL, found)["results"][0]
    assert result["ruleId"] == "yaml/dup"
    assert result["level"] == "warning"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/%C3%BC.yaml"
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 4}
    assert result["partialFingerprints"] == {"twelve/v1": found.fingerprint}


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.ERROR, Outcome.SKIP])
def test_a_required_gate_that_is_not_green_is_an_error_result_even_without_findings(outcome: Outcome) -> None:
    results = log(outcome)["results"]
    assert [result["level"] for result in results] == ["error"]


def test_an_optional_skip_is_not_applicable_rather_than_absent() -> None:
    assert [result["kind"] for result in log(Outcome.SKIP, required=False)["results"]] == ["notApplicable"]


def test_an_error_marks_the_invocation_unsuccessful() -> None:
    assert log(Outcome.ERROR)["invocations"][0]["executionSuccessful"] is False


def test_every_result_names_a_declared_rule() -> None:
    run = log(Outcome.FAIL, Finding(rule="a", message="m"), Finding(rule="b", message="m"))
    declared = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} <= declared


def test_undecodable_paths_become_percent_encoded_bytes() -> None:
    assert sarif.uri("caf\udce9") == "caf%E9"
