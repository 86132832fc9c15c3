from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from twelve.factors.gates.parsers import sarif
from twelve.model.errors import TwelveError
from twelve.model.finding import Severity


def _log(*results: dict[str, Any], **run: Any) -> bytes:
    driver = {"name": "scan", "semanticVersion": "1.2.3", "rules": [{"id": "r2", "defaultConfiguration": {"level": "error"}}]}
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": list(results), **run}]}).encode()


def _result(**keys: Any) -> dict[str, Any]:
    place = {"physicalLocation": {"artifactLocation": {"uri": "src/a%20b.py"}, "region": {"startLine": 7}}}
    return {"ruleId": "r1", "message": {"text": "bad"}, "locations": [place], **keys}


def test_a_result_becomes_a_finding() -> None:
    scan = sarif.parse(_log(_result(level="error")), "s")
    (found,) = scan.findings
    assert (scan.tool, scan.version) == ("scan", "1.2.3")
    assert (found.rule, found.path, found.line, found.severity, found.message) == ("r1", "src/a b.py", 7, Severity.ERROR, "bad")


def test_the_level_is_the_results_then_the_rules_then_warning() -> None:
    levels = [found.severity for found in sarif.parse(_log(_result(level="note"), _result(ruleId="r2"), _result()), "s").findings]
    assert levels == [Severity.INFO, Severity.ERROR, Severity.WARNING]


def test_suppressed_and_passing_results_do_not_accuse() -> None:
    log = _log(_result(suppressions=[{"kind": "inSource"}]), _result(kind="pass"), _result(kind="open"))
    assert len(sarif.parse(log, "s").findings) == 1


def test_a_scanner_that_says_it_failed_is_heard() -> None:
    notes = [{"message": {"text": "out of memory"}}]
    scan = sarif.parse(_log(invocations=[{"executionSuccessful": False, "toolExecutionNotifications": notes}]), "s")
    assert scan.trouble == "out of memory"


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'{"runs": []}', b'{"runs": {}}', b'{"runs": [{"results": null}]}', b'{"runs": [1]}', b"\xff", b"[" * 100_000],
)
def test_what_is_no_finished_log_is_refused(data: bytes) -> None:
    with pytest.raises(TwelveError):
        sarif.parse(data, "s")


def test_a_place_outside_the_tree_is_left_out() -> None:
    place = {"physicalLocation": {"artifactLocation": {"uri": "file:///etc/passwd"}}}
    assert sarif.parse(_log(_result(locations=[place])), "s", Path("/root")).findings[0].path == ""
