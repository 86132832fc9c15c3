"""Ruff and mypy over small real projects."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kit import judging, repos
from twelve.factors.gates.prove import Result
from twelve.model.verdict import Outcome

CLEAN = "def double(number: int) -> int:\n    return number * 2\n"


def test_ruff_names_rule_file_and_line(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": f"import os\n\n\n{CLEAN}", "b.py": CLEAN})
    report = judging.ask(repository, "ruff")
    assert report.outcome is Outcome.FAIL
    assert [(found.rule, found.path, found.line) for found in report.findings] == [("F401", "a.py", 1)]
    assert report.tool_version


def test_ruff_passes_clean_code_and_sees_its_own_defect(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": CLEAN})
    assert judging.ask(repository, "ruff").outcome is Outcome.PASS
    assert judging.trial(repository, "ruff").result is Result.PROVEN
    assert not repository.dirty()


def test_formatting_counts_when_wanted(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": "x = [1,2]\n"})
    assert judging.ask(repository, "ruff").outcome is Outcome.PASS
    report = judging.ask(repository, "ruff", {"format": True})
    assert [(found.rule, found.path) for found in report.findings] == [("ruff-format", "a.py")]


def test_a_configuration_that_excludes_everything_is_nothing_to_check(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": CLEAN, "ruff.toml": 'exclude = ["*.py"]\n'})
    assert judging.ask(repository, "ruff").summary == "nothing to check"


def test_a_broken_configuration_is_an_error(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": CLEAN, "ruff.toml": "select = 3 =\n"})
    assert judging.ask(repository, "ruff").outcome is Outcome.ERROR
    assert judging.ask(repos.new_repository(tmp_path / "none", {"ruff.toml": ""}), "ruff").summary == "nothing to check"


def test_odd_names_are_linted_like_others(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"-x.py": "import os\n", "a b.py": "import os\n", "ü.py": "import os\n"})
    assert sorted(found.path for found in judging.ask(repository, "ruff").findings) == ["-x.py", "a b.py", "ü.py"]


@pytest.mark.slow
def test_mypy_names_code_file_and_line_and_sees_its_own_defect(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": f'{CLEAN}\n\nnumber: int = "text"\n'})
    report = judging.ask(repository, "mypy")
    assert report.outcome is Outcome.FAIL
    assert [(found.rule, found.path, found.line) for found in report.findings] == [("assignment", "a.py", 5)]
    repos.write(repository, {"a.py": CLEAN})
    assert judging.trial(repository, "mypy").result is Result.PROVEN
    assert [change.path for change in repository.status()] == ["a.py"]


@pytest.mark.slow
def test_mypys_own_configuration_decides_what_is_checked(tmp_path: Path) -> None:
    files = {"src/a.py": CLEAN, "other.py": 'x: int = "y"\n', "pyproject.toml": '[tool.mypy]\nfiles = ["src"]\n'}
    repository = repos.new_repository(tmp_path, files)
    assert judging.ask(repository, "mypy").outcome is Outcome.PASS
    assert judging.trial(repository, "mypy").result is Result.PROVEN
    assert judging.ask(repository, "mypy", {"paths": ["other.py"]}).outcome is Outcome.FAIL


@pytest.mark.slow
def test_mypy_that_cannot_judge_is_an_error_and_bad_syntax_is_red(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": CLEAN})
    assert judging.ask(repository, "mypy", {"args": ["--no-such-flag"]}).outcome is Outcome.ERROR
    assert judging.ask(repository, "mypy", {"paths": ["absent"]}).outcome is Outcome.ERROR
    repos.write(repository, {"a.py": "def (:\n"})
    assert judging.ask(repository, "mypy").outcome is Outcome.FAIL


@pytest.mark.parametrize("kind", ["ruff", "mypy"])
def test_a_missing_checker_blocks_when_required(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere" / "python"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    repository = repos.new_repository(tmp_path, {"a.py": CLEAN})
    assert judging.ask(repository, kind).outcome is Outcome.ERROR
    assert judging.ask(repository, kind, required=False).outcome is Outcome.SKIP


FAKE = "#!/bin/sh\ncase $1 in --version) echo ruff 9.9.9;; {case}) {script};; *) echo '[]';; esac\n"


@pytest.mark.parametrize(
    ("case", "script", "outcome"),
    [
        ("check", "echo '[]'; exit 1", Outcome.ERROR),
        ("check", "echo nonsense", Outcome.ERROR),
        ("check", "exit 101", Outcome.ERROR),
        ("format", "echo words of a later version; exit 1", Outcome.ERROR),
        ("format", "echo 'Would reformat: ./a.py'; exit 1", Outcome.FAIL),
        ("format", "exit 0", Outcome.PASS),
    ],
)
def test_a_red_ruff_without_a_readable_finding_is_an_error(tmp_path: Path, case: str, script: str, outcome: Outcome) -> None:
    repository = repos.new_repository(tmp_path, {"a.py": CLEAN, ".gitignore": ".venv\n"})
    fake = repository.root / ".venv" / "bin" / "ruff"
    fake.parent.mkdir(parents=True)
    fake.write_text(FAKE.format(case=case, script=script))
    fake.chmod(0o755)
    assert judging.ask(repository, "ruff", {"format": True}).outcome is outcome
