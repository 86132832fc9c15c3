from __future__ import annotations

from pathlib import Path

from twelve.factors.gates.parsers import junit

REPORT = b"""<?xml version="1.0"?>
<testsuites tests="99"><testsuite name="s">
  <testcase classname="tests.test_a.TestX" name="test_good"/>
  <testcase classname="tests.test_a" name="test_bad" file="tests/test_a.py" line="4">
    <failure message="assert 1 == 2">def test_bad():
&gt;       assert 1 == 2
tests/test_a.py:6: AssertionError</failure></testcase>
  <testcase classname="tests.test_a" name="test_error">
    <error message="boom">File "/root/tree/tests/test_a.py", line 12, in setup</error></testcase>
  <testcase classname="tests.test_a" name="test_skip"><skipped message="no"/></testcase>
</testsuite></testsuites>"""


def test_cases_are_counted_not_believed() -> None:
    result = junit.parse(REPORT, "r")
    assert (result.tests, result.skipped, result.ran, len(result.findings)) == (4, 1, 3, 2)


def test_a_failure_is_placed_where_the_assertion_is() -> None:
    failed, error = junit.parse(REPORT, "r", Path("/root/tree")).findings
    assert (failed.rule, failed.path, failed.line) == ("test-failed", "tests/test_a.py", 6)
    assert (error.rule, error.path, error.line) == ("test-error", "tests/test_a.py", 12)
    assert "assert 1 == 2" in failed.message


def test_a_failure_is_known_again_when_its_message_changes() -> None:
    other = REPORT.replace(b"assert 1 == 2", b"assert 7 == 9").replace(b"test_a.py:6", b"test_a.py:60")
    first, second = junit.parse(REPORT, "r").findings[0], junit.parse(other, "r").findings[0]
    assert first.fingerprint == second.fingerprint


def test_a_path_outside_the_tree_is_not_repeated() -> None:
    data = REPORT.replace(b"tests/test_a.py", b"../../etc/passwd").replace(b"/root/tree/", b"/etc/")
    assert {found.path for found in junit.parse(data, "r", Path("/root/tree")).findings} == {""}


def test_a_report_without_cases_has_run_nothing() -> None:
    assert junit.parse(b'<testsuite tests="7" failures="0"/>', "r").ran == 0
