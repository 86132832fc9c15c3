from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kit import judging, repos
from twelve.factors.gates.prove import Result
from twelve.model.verdict import Outcome, Report


def _ask(tmp_path: Path, planned: Any = None, *, required: bool = True, **options: Any) -> Report:
    repository = repos.new_repository(tmp_path, {"app.log": "INFO started\n", "bin/say": '#!/bin/sh\necho "$@"\n'})
    facts = {} if planned is None else {"observability": planned}
    return judging.ask(repository, "observability", options, facts=facts, required=required)


def _plan(*argv: str) -> dict[str, Any]:
    return {"what": "requests are counted", "check": list(argv)}


def test_a_check_that_ends_well_passes_and_its_output_is_kept(tmp_path: Path) -> None:
    report = _ask(tmp_path, _plan("bin/say", "requests_total", "3"), must_match=[r"requests_total \d+"])
    assert report.outcome is Outcome.PASS
    assert report.log.strip() == "requests_total 3"


@pytest.mark.parametrize("planned", [None, {}, [], ""])
def test_a_plan_without_the_section_is_red(tmp_path: Path, planned: Any) -> None:
    report = _ask(tmp_path, planned)
    assert (report.outcome, judging.rules(report)) == (Outcome.FAIL, ["observability-missing"])


@pytest.mark.parametrize("check", [None, [], "echo hello", [1, 2]])
def test_a_section_with_nothing_to_run_is_red(tmp_path: Path, check: Any) -> None:
    report = _ask(tmp_path, {"what": "it works", "check": check})
    assert (report.outcome, judging.rules(report)) == (Outcome.FAIL, ["observability-no-check"])


def test_a_check_that_ends_badly_is_red(tmp_path: Path) -> None:
    report = _ask(tmp_path, _plan("sh", "-c", "exit 3"))
    assert judging.rules(report) == ["observability-red"]
    assert "exit code 3" in report.findings[0].message


def test_error_lines_and_a_missing_signal_are_red(tmp_path: Path) -> None:
    report = _ask(tmp_path, _plan("bin/say", "ERROR lost connection"), must_match=["requests_total"])
    assert sorted(judging.rules(report)) == ["observability-errors", "observability-silent"]


def test_words_that_contain_error_are_no_error_lines(tmp_path: Path) -> None:
    assert _ask(tmp_path, _plan("bin/say", "ERRORS=0 errors 0 NO_ERROR_HERE")).outcome is Outcome.PASS


def test_a_secret_in_the_output_is_not_repeated(tmp_path: Path) -> None:
    secret = "AKIA" + "Q7XK2MPLW3V5NTZD"
    report = _ask(tmp_path, _plan("bin/say", f"ERROR key {secret}"))
    assert report.outcome is Outcome.FAIL
    assert secret not in repr(report)


def test_the_policys_check_is_used_without_a_plan(tmp_path: Path) -> None:
    assert _ask(tmp_path, check=["bin/say", "ok"]).outcome is Outcome.PASS


def test_the_plans_check_wins_over_the_policys(tmp_path: Path) -> None:
    assert _ask(tmp_path, _plan("sh", "-c", "exit 1"), check=["bin/say", "ok"]).outcome is Outcome.FAIL


def test_what_is_not_reachable_is_never_a_pass(tmp_path: Path) -> None:
    unreachable: dict[str, Any] = {"available": ["sh", "-c", "exit 1"], "check": ["bin/say", "ok"]}
    assert _ask(tmp_path, **unreachable).outcome is Outcome.ERROR
    report = _ask(tmp_path / "optional", required=False, **unreachable)
    assert report.outcome is Outcome.SKIP
    assert "not reachable" in report.reason


def test_a_program_that_is_not_here_is_an_error(tmp_path: Path) -> None:
    assert _ask(tmp_path, _plan("no-such-program-anywhere")).outcome is Outcome.ERROR


def test_a_log_file_is_read_too(tmp_path: Path) -> None:
    assert _ask(tmp_path, _plan("true"), log="app.log", must_match=["^INFO started$"]).outcome is Outcome.PASS
    repository = repos.new_repository(tmp_path / "red", {"app.log": b"INFO\n\xffFATAL disk\n"})
    report = judging.ask(repository, "observability", {"log": "app.log", "check": ["true"]})
    assert [(finding.path, finding.line) for finding in report.findings] == [("app.log", 2)]


def test_a_log_outside_the_tree_is_refused(tmp_path: Path) -> None:
    assert _ask(tmp_path, _plan("true"), log="../../etc/passwd").outcome is Outcome.ERROR


def test_the_seed_turns_it_red_when_it_reads_a_log(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"app.log": "INFO started\n"})
    assert judging.trial(repository, "observability", {"log": "app.log", "check": ["true"]}).result is Result.PROVEN
    assert judging.trial(repository, "observability", {"check": ["true"]}).result is Result.UNPROVABLE
