"""The quickstart page, followed word for word on a small Python project, within its five minutes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import twelve
from kit import repos

SOURCE = str(Path(twelve.__file__).parents[1])
TWELVE = f"{sys.executable} -m twelve.interfaces.cli.main"
PROJECT = {
    "pyproject.toml": "[project]\nname = 'weeks'\nversion = '1'\n",
    "weeks.py": 'def parse(text: str) -> int:\n    return int(text.removeprefix("W"))\n',
    "tests/test_weeks.py": (
        "import unittest\n\nfrom weeks import parse\n\n\nclass Weeks(unittest.TestCase):\n"
        "    def test_number(self) -> None:\n        self.assertEqual(parse('W07'), 7)\n"
    ),
    "tests/__init__.py": "",
    "config/app.yaml": "name: weeks\n",
    "README.md": "# Weeks\n\nSee [the code](weeks.py).\n",
    "Makefile": "run:\n\tpython3 weeks.py\n",
}


class Shell:
    """A person at a terminal in one project."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.env = {**os.environ, "PYTHONPATH": SOURCE, "PYTHONDONTWRITEBYTECODE": "1"}

    def twelve(self, *arguments: str, code: int = 0) -> str:
        return self.run(*TWELVE.split(), *arguments, code=code)

    def run(self, *argv: str, code: int = 0) -> str:
        done = subprocess.run(argv, cwd=self.root, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == code, f"{argv}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(repos.new_repository(tmp_path, PROJECT, name="weeks").root)


@pytest.mark.slow
def test_from_init_to_a_proven_policy_and_back(shell: Shell) -> None:
    began = time.monotonic()
    before = {name: value for name, value in repos.snapshot(shell.root).items() if not name.startswith(".git/")}
    assert "+++ b/twelve.toml" in shell.twelve("init", "--dry-run")
    shell.twelve("init")
    answer = json.loads(shell.twelve("gate", "run", "--json"))
    assert {verdict["gate"] for verdict in answer["verdicts"]} >= {"tests", "yaml", "links", "secrets"}
    assert "cached" in shell.twelve("gate", "run")
    proof = shell.twelve("prove")
    assert "tests" in proof
    assert "decoration" not in proof.replace("0 decoration", "")
    if shutil.which("make"):
        assert "passed" in shell.run("make", "quick", f"TWELVE={TWELVE}")
    shell.twelve("prime", "make the parser accept lower case", code=0)
    assert "prime" in shell.twelve("next")
    shell.run("git", "clean", "-fdq", ".twelve/runs")
    shell.twelve("uninstall")
    assert {name: value for name, value in repos.snapshot(shell.root).items() if not name.startswith(".git/")} == before
    assert time.monotonic() - began < 300


@pytest.mark.slow
def test_a_broken_project_is_red_with_the_place_and_green_after_the_repair(shell: Shell) -> None:
    shell.twelve("init")
    (shell.root / "weeks.py").write_text("def parse(text: str) -> int:\n    return 0\n")
    red = shell.twelve("gate", "run", "tests", code=1)
    assert "tests/test_weeks.py" in red
    (shell.root / "weeks.py").write_text(PROJECT["weeks.py"])
    shell.twelve("gate", "run", "tests")


@pytest.mark.slow
def test_evidence_of_a_commit_can_be_read_with_plain_git(shell: Shell) -> None:
    shell.twelve("init")
    shell.run("git", "add", "--all")
    shell.run("git", "commit", "--quiet", "-m", "chore: gates")
    shell.twelve("gate", "run")
    lines = shell.run("git", "notes", "--ref", "twelve/gates", "show").splitlines()
    outcomes = {json.loads(line)["gate"]: json.loads(line)["outcome"] for line in lines}
    assert outcomes["tests"] == "PASS"
