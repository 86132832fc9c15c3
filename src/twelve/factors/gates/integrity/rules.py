"""Every rule of the room: its id, how heavily it weighs, and what a person is told to do about it."""

from __future__ import annotations

from msgspec import Struct

from twelve.model.finding import Finding, Severity


class Rule(Struct, frozen=True):
    """What a finding of one kind means."""

    family: str
    """What the figures are counted by."""
    severity: Severity
    fix: str


_TEST = "bring the test back, or have a person agree that it may go"
_CLAIM = "make the assertion as strong as it was, or have a person agree to the weaker one"
_RUN = "let the test run, or have a person agree that it may not"
_VALUE = "have a person confirm that the new value is right, from a source other than the changed code"
_CI = "keep the check and let its failure count, or have a person agree"
_LIMIT = "keep the limit, or have a person agree to the lower one"
_MUTE = "correct what the tool reports, or have a person agree to the exception"
_HOUSE = "have a person with that duty make or agree to this change"
_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES: dict[str, Rule] = {
    "test-deleted": Rule("tests deleted", _ERROR, _TEST),
    "test-uncollected": Rule("tests deleted", _ERROR, _TEST),
    "test-skipped": Rule("tests skipped", _ERROR, _RUN),
    "test-skipped-here": Rule("tests skipped", _WARNING, _RUN),
    "test-expected-to-fail": Rule("tests skipped", _ERROR, _RUN),
    "test-focused": Rule("tests skipped", _ERROR, "take the mark off, so that the other tests run too"),
    "test-emptied": Rule("tests emptied", _ERROR, _CLAIM),
    "assertion-unreachable": Rule("tests emptied", _ERROR, _CLAIM),
    "assertion-swallowed": Rule("tests emptied", _ERROR, _CLAIM),
    "assertion-guarded": Rule("tests emptied", _WARNING, _CLAIM),
    "assertion-removed": Rule("assertions weakened", _ERROR, _CLAIM),
    "assertion-inverted": Rule("assertions weakened", _ERROR, _VALUE),
    "assertion-loosened": Rule("assertions weakened", _ERROR, _CLAIM),
    "cases-removed": Rule("assertions weakened", _ERROR, _TEST),
    "samples-lowered": Rule("assertions weakened", _ERROR, _CLAIM),
    "expectation-changed": Rule("expectations changed", _WARNING, _VALUE),
    "expectations-regenerated": Rule("expectations changed", _ERROR, _VALUE),
    "snapshot-regenerated": Rule("expectations changed", _ERROR, _VALUE),
    "mock-of-subject": Rule("mocks of the subject", _ERROR, "test the real thing, or have a person agree to the stand-in"),
    "failure-ignored": Rule("failures ignored", _ERROR, _CI),
    "check-removed": Rule("checks removed", _ERROR, _CI),
    "check-disabled": Rule("checks removed", _ERROR, _CI),
    "check-narrowed": Rule("checks removed", _ERROR, _CI),
    "threshold-lowered": Rule("thresholds lowered", _ERROR, _LIMIT),
    "lint-disabled": Rule("thresholds lowered", _ERROR, _LIMIT),
    "suppression-added": Rule("suppressions", _WARNING, _MUTE),
    "suppression-broad": Rule("suppressions", _ERROR, _MUTE),
    "policy-touched": Rule("house rules touched", _ERROR, _HOUSE),
    "hook-touched": Rule("house rules touched", _ERROR, _HOUSE),
    "pipeline-touched": Rule("house rules touched", _INFO, _HOUSE),
    "read-by-lines": Rule("reading", _INFO, "correct the syntax, so that the file can be judged by its structure"),
}
"""By id. ERROR stops until a person agrees; WARNING and INFO are shown."""


def finding(rule: str, path: str, message: str, *, line: int = 0, anchor: str = "", severity: Severity | None = None) -> Finding:
    """A finding of a rule in the table."""
    known = RULES[rule]
    return Finding(
        rule=rule,
        path=path,
        line=line,
        message=message[:400],
        severity=severity or known.severity,
        fix=known.fix,
        anchor=(anchor or message)[:200],
    )
