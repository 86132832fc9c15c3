"""Verdicts as SARIF 2.1.0, the format code hosts show beside a change.

A gate that could not judge, or was skipped, appears as a result too: a file without results must mean that
everything was judged and nothing found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from twelve.model.finding import Finding, Severity
from twelve.model.verdict import Outcome, Verdict
from twelve.version import __version__

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def verdicts(answers: Sequence[Verdict]) -> str:
    """One SARIF log with one run for all gates."""
    results = [result for answer in answers for result in _results(answer)]
    rules = sorted({result["ruleId"] for result in results})
    run = {
        "tool": {"driver": {"name": "twelve", "version": __version__, "rules": [{"id": rule} for rule in rules]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(answers)],
        "results": results,
        "properties": {"gates": [_gate(answer) for answer in answers]},
    }
    log = {"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=True)


def _results(answer: Verdict) -> Iterator[dict[str, Any]]:
    for found in answer.report.findings:
        yield _result(answer, found)
    if answer.outcome is Outcome.FAIL and not answer.report.findings:
        yield _plain(answer, rule="failed", level="error", kind="fail")
    elif answer.outcome is Outcome.ERROR:
        yield _plain(answer, rule="not-judged", level="error", kind="fail")
    elif answer.outcome is Outcome.SKIP:
        level, kind = ("error", "fail") if answer.required else ("none", "notApplicable")
        yield _plain(answer, rule="skipped", level=level, kind=kind)


def _result(answer: Verdict, found: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": f"{answer.gate}/{found.rule}",
        "level": _LEVELS[found.severity],
        "message": {"text": found.message + (f" Next: {found.fix}" if found.fix else "")},
        "partialFingerprints": {"twelve/v1": found.fingerprint},
    }
    if found.path:
        place: dict[str, Any] = {"artifactLocation": {"uri": uri(found.path)}}
        if found.line:
            place["region"] = {"startLine": found.line}
        result["locations"] = [{"physicalLocation": place}]
    return result


def _plain(answer: Verdict, *, rule: str, level: str, kind: str) -> dict[str, Any]:
    text = ": ".join(part for part in (answer.report.summary, answer.report.reason) if part) or answer.outcome.value
    return {"ruleId": f"{answer.gate}/{rule}", "level": level, "kind": kind, "message": {"text": text}}


def _invocation(answers: Sequence[Verdict]) -> dict[str, Any]:
    notes = [
        {"level": "error", "message": {"text": f"{answer.gate}: {answer.report.reason or answer.report.summary}"}}
        for answer in answers
        if answer.outcome is Outcome.ERROR
    ]
    return {"executionSuccessful": not notes, "toolExecutionNotifications": notes}


def _gate(answer: Verdict) -> dict[str, Any]:
    return {
        "gate": answer.gate,
        "kind": answer.kind,
        "outcome": answer.outcome.value,
        "required": answer.required,
        "proven": answer.proven,
        "definition": answer.definition,
        "subject": answer.subject,
        "tool": answer.report.tool,
        "toolVersion": answer.report.tool_version,
    }


def uri(path: str) -> str:
    """A repository path as a relative URI reference; undecodable bytes are percent-encoded as they are."""
    return "".join(chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in path.encode("utf-8", "surrogateescape"))
