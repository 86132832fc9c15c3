from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kit import gating, repos
from twelve.model.finding import Severity
from twelve.model.verdict import Outcome, Report
from twelve.system import git

JUNIT = '<testsuite><testcase name="a"/><testcase name="b">{}</testcase></testsuite>'
COVER = '<coverage><packages><package><classes><class filename="a.py"><lines>{}</lines></class></classes></package></packages></coverage>'
SARIF = '{{"runs": [{{"tool": {{"driver": {{"name": "scan"}}}}, "results": [{}]}}]}}'
RESULT = '{{"ruleId": "r", "level": "{}", "message": {{"text": "m"}}}}'
REPORT = "{scratch}/report"


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, {"a.txt": "1\n", ".gitignore": "old.xml\n"})


def _ask(repository: git.Repository, script: str, **keys: Any) -> Report:
    table = gating.command("sh", "-c", script, **keys)
    return gating.judge(repository, *gating.gates(one=table), cache=False)["one"].report


def _writes(text: str, code: int = 0) -> str:
    return f"cat > {REPORT} <<'END'\n{text}\nEND\nexit {code}"


def test_the_exit_code_decides(repository: git.Repository) -> None:
    assert _ask(repository, "exit 0").outcome is Outcome.PASS
    red = _ask(repository, "echo too bad; exit 3")
    assert (red.outcome, red.findings[0].message) == (Outcome.FAIL, "exit code 3: too bad")
    assert "too bad" in red.log


@pytest.mark.parametrize("code", [126, 127])
def test_a_program_missing_inside_a_script_is_an_error(repository: git.Repository, code: int) -> None:
    assert _ask(repository, f"exit {code}").outcome is Outcome.ERROR


def test_the_working_folder_and_environment_are_the_gates(repository: git.Repository) -> None:
    repos.write(repository, {"sub/x": "1"})
    assert _ask(repository, 'test -e x && test "$A" = b', cwd="sub", env={"A": "b"}).outcome is Outcome.PASS


@pytest.mark.parametrize("cwd", ["..", "/", "absent", "link"])
def test_a_working_folder_outside_the_tree_is_refused(repository: git.Repository, tmp_path: Path, cwd: str) -> None:
    (repository.root / "link").symlink_to(tmp_path)
    assert _ask(repository, "exit 0", cwd=cwd).outcome is Outcome.ERROR


@pytest.mark.parametrize(
    ("body", "code", "outcome"),
    [
        ("", 0, Outcome.PASS),
        ("<failure message='x'/>", 1, Outcome.FAIL),
        ("<failure message='x'/>", 0, Outcome.FAIL),
        ("", 1, Outcome.FAIL),
    ],
)
def test_junit_and_exit_code_must_both_be_good(repository: git.Repository, body: str, code: int, outcome: Outcome) -> None:
    assert _ask(repository, _writes(JUNIT.format(body), code), parser="junit", report=REPORT).outcome is outcome


@pytest.mark.parametrize("text", ["<testsuite/>", "<testsuite><testcase name='a'><skipped/></testcase></testsuite>"])
def test_no_executed_test_is_an_error(repository: git.Repository, text: str) -> None:
    report = _ask(repository, _writes(text), parser="junit", report=REPORT)
    assert (report.outcome, report.summary) == (Outcome.ERROR, "no test ran")


@pytest.mark.parametrize(
    ("level", "fail_on", "outcome"),
    [
        ("error", "error", Outcome.FAIL),
        ("warning", "error", Outcome.PASS),
        ("warning", "warning", Outcome.FAIL),
        ("note", "info", Outcome.FAIL),
    ],
)
def test_sarif_is_red_from_the_level_the_policy_names(repository: git.Repository, level: str, fail_on: str, outcome: Outcome) -> None:
    script = _writes(SARIF.format(RESULT.format(level)))
    assert _ask(repository, script, parser="sarif", report=REPORT, options={"fail_on": fail_on}).outcome is outcome


def test_a_scanner_without_results_that_fails_is_red(repository: git.Repository) -> None:
    assert _ask(repository, _writes(SARIF.format(""), 2), parser="sarif", report=REPORT).outcome is Outcome.FAIL
    assert _ask(repository, _writes(SARIF.format(""), 0), parser="sarif", report=REPORT).outcome is Outcome.PASS


def test_coverage_below_the_threshold_is_red(repository: git.Repository) -> None:
    script = _writes(COVER.format('<line number="1" hits="1"/><line number="2" hits="0"/>'))
    assert _ask(repository, script, parser="cobertura", report=REPORT, options={"threshold": 50}).outcome is Outcome.PASS
    red = _ask(repository, script, parser="cobertura", report=REPORT, options={"threshold": 51})
    assert (red.outcome, red.findings[0].rule) == (Outcome.FAIL, "coverage-low")
    assert _ask(repository, _writes(COVER.format("")), parser="cobertura", report=REPORT).outcome is Outcome.ERROR


def test_a_missing_report_is_an_error(repository: git.Repository) -> None:
    report = _ask(repository, "exit 0", parser="junit", report=REPORT)
    assert (report.outcome, report.summary) == (Outcome.ERROR, "no report")


def test_a_stale_report_is_an_error_and_a_rewritten_one_is_not(repository: git.Repository) -> None:
    (repository.root / "old.xml").write_text(JUNIT.format(""))
    stale = _ask(repository, "exit 0", parser="junit", report="old.xml")
    assert stale.outcome is Outcome.ERROR
    assert "not written again" in stale.reason
    fresh = _ask(repository, "cp old.xml new && cat new > old.xml && rm new", parser="junit", report="old.xml")
    assert fresh.outcome is Outcome.PASS


@pytest.mark.parametrize("place", ["/etc/hostname", "../x.xml", "{scratch}/../../x.xml"])
def test_a_report_outside_tree_and_scratch_is_refused(repository: git.Repository, place: str) -> None:
    assert _ask(repository, "exit 0", parser="junit", report=place).outcome is Outcome.ERROR


@pytest.mark.parametrize("text", ["<!DOCTYPE a [<!ENTITY b 'c'>]><testsuite>&b;</testsuite>", "not xml", ""])
def test_an_unreadable_report_is_an_error_even_when_the_command_is_happy(repository: git.Repository, text: str) -> None:
    assert _ask(repository, _writes(text), parser="junit", report=REPORT).outcome is Outcome.ERROR


def test_lines_that_match_are_findings(repository: git.Repository) -> None:
    pattern = "^(?P<path>[^:]+):(?P<line>[0-9]+): (?P<severity>[a-z]+) (?P<message>.*)$"
    red = _ask(repository, "echo a.txt:1: error wrong", parser="regex", pattern=pattern)
    assert (red.outcome, red.findings[0].path, red.findings[0].line) == (Outcome.FAIL, "a.txt", 1)
    mild = _ask(repository, "echo a.txt:1: warning odd", parser="regex", pattern=pattern)
    assert (mild.outcome, mild.findings[0].severity) == (Outcome.PASS, Severity.WARNING)
    assert _ask(repository, "echo a.txt:1: warning odd; exit 1", parser="regex", pattern=pattern).outcome is Outcome.FAIL
    assert _ask(repository, "echo fine; exit 1", parser="regex", pattern=pattern).outcome is Outcome.FAIL
    assert _ask(repository, "echo fine", parser="regex", pattern=pattern).outcome is Outcome.PASS


def test_words_are_never_a_shell_line(repository: git.Repository) -> None:
    table = gating.command("echo", "$(touch a.txt.x)", "; rm a.txt", "`id`")
    verdict = gating.judge(repository, *gating.gates(one=table))["one"]
    assert verdict.outcome is Outcome.PASS
    assert (repository.root / "a.txt").exists()
    assert not (repository.root / "a.txt.x").exists()


def test_a_flood_of_output_is_bounded(repository: git.Repository) -> None:
    report = _ask(repository, "head -c 30000000 /dev/zero | tr '\\0' 'x'; exit 1", timeout_s=60)
    assert report.outcome in (Outcome.FAIL, Outcome.ERROR)
    assert len(report.log) < 20_000


def test_the_value_of_a_secret_variable_is_in_no_report(repository: git.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_SERVICE_TOKEN", "looks-like-any-words")
    report = _ask(repository, "echo got $MY_SERVICE_TOKEN and $OWN_SECRET; exit 1", env={"OWN_SECRET": "given-by-the-gate"})
    assert report.outcome is Outcome.FAIL
    assert "looks-like-any-words" not in str(report)
    assert "given-by-the-gate" not in str(report)
