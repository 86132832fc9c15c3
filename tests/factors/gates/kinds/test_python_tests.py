from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from kit import judging, repos
from twelve.factors.gates.prove import Result
from twelve.model.verdict import Outcome, Report

CODE = "def double(number: int) -> int:\n    return number * 2\n\n\ndef never() -> None:\n    print('x')\n"
PYTEST = "from code_under import double\n\n\ndef test_double():\n    assert double(2) == 4\n"
UNITTEST = """import unittest
from code_under import double


class T(unittest.TestCase):
    def test_double(self):
        self.assertEqual(double(2), 4)
"""


def _repository(tmp_path: Path, **files: str) -> Any:
    return repos.new_repository(tmp_path, {"code_under.py": CODE, **{f"{name}.py": content for name, content in files.items()}})


def _ask(tmp_path: Path, test: str, **options: object) -> Report:
    return judging.ask(_repository(tmp_path, test_code=test), "python_tests", {"python": sys.executable, **options})


@pytest.mark.parametrize(("test", "tool"), [(PYTEST, "pytest"), (UNITTEST, "unittest")])
def test_passing_tests_pass_with_the_runner_they_are_written_for(tmp_path: Path, test: str, tool: str) -> None:
    report = _ask(tmp_path, test)
    assert (report.outcome, report.tool, report.summary) == (Outcome.PASS, tool, "1 test passed")


@pytest.mark.parametrize("test", [PYTEST, UNITTEST])
def test_a_failed_test_is_named_with_file_and_line(tmp_path: Path, test: str) -> None:
    report = _ask(tmp_path, test.replace("4", "5"))
    assert report.outcome is Outcome.FAIL
    (found,) = report.findings
    assert "test_double" in found.message
    assert (found.path, found.line) == ("test_code.py", 5 if test is PYTEST else 7)


def test_a_failed_comparison_of_texts_is_told_by_its_values_not_by_the_end_of_the_diff(tmp_path: Path) -> None:
    (found,) = _ask(tmp_path, UNITTEST.replace("double(2), 4", "'a--b', 'a-b', 'note: kept'")).findings
    assert "AssertionError: 'a--b' != 'a-b'" in found.message


@pytest.mark.parametrize("test", [PYTEST, UNITTEST])
def test_the_kind_sees_a_planted_failing_test(tmp_path: Path, test: str) -> None:
    repository = _repository(tmp_path, test_code=test)
    trial = judging.trial(repository, "python_tests", {"python": sys.executable})
    assert trial.result is Result.PROVEN, trial.detail


@pytest.mark.parametrize("test", ["import pytest\n", "import unittest\n"])
def test_no_test_is_an_error(tmp_path: Path, test: str) -> None:
    report = _ask(tmp_path, test)
    assert (report.outcome, report.summary) == (Outcome.ERROR, "no test ran")


def test_only_skipped_tests_are_an_error(tmp_path: Path) -> None:
    skipped = "import pytest\n\n\n@pytest.mark.skip\ndef test_x():\n    pass\n"
    assert _ask(tmp_path, skipped).summary == "no test ran"
    unit = "import unittest\n\n\nclass T(unittest.TestCase):\n    @unittest.skip('x')\n    def test_x(self): pass\n"
    assert _ask(tmp_path / "unit", unit).summary == "no test ran"


@pytest.mark.parametrize("test", ["import pytest\ndef test_x(:\n", "import pytest\nimport absent_module_xyz\ndef test_x(): pass\n"])
def test_a_test_file_that_cannot_be_loaded_is_red(tmp_path: Path, test: str) -> None:
    report = _ask(tmp_path, test)
    assert report.outcome is Outcome.FAIL
    assert report.findings


def test_a_crash_of_the_interpreter_is_not_a_pass(tmp_path: Path) -> None:
    report = _ask(tmp_path, "import pytest, os\ndef test_x():\n    os._exit(0)\n")
    assert report.outcome is Outcome.ERROR


def test_an_unknown_argument_is_an_error(tmp_path: Path) -> None:
    assert _ask(tmp_path, PYTEST, args=["--no-such-flag"]).outcome is Outcome.ERROR


def test_a_missing_interpreter_or_runner_blocks(tmp_path: Path) -> None:
    assert _ask(tmp_path, PYTEST, python="python9.9").outcome is Outcome.ERROR
    repository = _repository(tmp_path / "optional", test_code=PYTEST)
    assert judging.ask(repository, "python_tests", {"python": "python9.9"}, required=False).outcome is Outcome.SKIP


@pytest.mark.slow
@pytest.mark.parametrize("test", [PYTEST, UNITTEST])
def test_coverage_is_measured_and_held_to_its_threshold(tmp_path: Path, test: str) -> None:
    assert _ask(tmp_path, test, coverage_min=60, source=["."]).outcome is Outcome.PASS
    red = _ask(tmp_path / "red", test, coverage_min=99, source=["."])
    assert (red.outcome, judging.rules(red)) == (Outcome.FAIL, ["coverage-low"])
    assert "code_under.py" in red.findings[0].fix


def test_tests_of_several_folders_are_all_run(tmp_path: Path) -> None:
    files = {"code_under.py": CODE, "one/test_a.py": UNITTEST, "two/test_b.py": UNITTEST.replace("4", "5")}
    report = judging.ask(repos.new_repository(tmp_path, files), "python_tests", {"python": sys.executable, "paths": ["one", "two"]})
    assert report.outcome is Outcome.FAIL
    assert report.findings[0].path == "two/test_b.py"


def test_the_judged_tree_wins_over_an_installed_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "installed"
    elsewhere.mkdir()
    (elsewhere / "code_under.py").write_text("def double(number):\n    return 0\n")
    monkeypatch.setenv("PYTHONPATH", str(elsewhere))
    files = {"src/code_under.py": CODE, "tests/test_code.py": PYTEST}
    report = judging.ask(repos.new_repository(tmp_path, files), "python_tests", {"python": sys.executable})
    assert report.outcome is Outcome.PASS, report.log


def test_running_tests_leaves_the_tree_clean(tmp_path: Path) -> None:
    repository = _repository(tmp_path, test_code=PYTEST)
    judging.ask(repository, "python_tests", {"python": sys.executable, "coverage_min": 1})
    assert not repository.dirty()
