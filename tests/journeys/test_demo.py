"""The main job, as a newcomer sees it: one command, and the corner-cutting agent does not get through."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def _twelve(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "twelve.interfaces.cli.main", *arguments],
        cwd=cwd, capture_output=True, text=True, timeout=240, check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], str]:
    folder = tmp_path_factory.mktemp("demo") / "tally"
    done = _twelve("demo", "--into", str(folder), "--json", cwd=folder.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, json.loads(done.stdout), done.stderr


def test_the_demo_ends_done_after_three_refusals(shown: tuple[Path, dict[str, Any], str]) -> None:
    _, answer, _ = shown
    assert answer["summary"]["state"] == "done"
    because = [" ".join(refusal["because"]) for refusal in answer["refusals"]]
    assert len(because) == 3
    assert "plan-step-without-validation" in because[0]
    assert "oracle tests/test_split.py: changed" in because[1]
    assert "tests: FAIL" in because[2]


def test_the_refused_claims_are_shown_as_they_were_made(shown: tuple[Path, dict[str, Any], str]) -> None:
    _, answer, progress = shown
    claims = [refusal["claimed"] for refusal in answer["refusals"]]
    assert claims[1] == "Fixed. All tests pass."
    assert "claims: Fixed. All tests pass." in progress
    assert "sent back: oracle tests/test_split.py" in progress


def test_every_gate_of_the_demo_was_seen_red(shown: tuple[Path, dict[str, Any], str]) -> None:
    _, answer, _ = shown
    assert answer["proven"] == ["syntax", "markers", "secrets", "tests"]
    assert answer["unproven"] == []


def test_the_branch_repairs_the_code_and_leaves_the_test_alone(shown: tuple[Path, dict[str, Any], str]) -> None:
    folder, answer, _ = shown
    branch, base = answer["summary"]["branch"], answer["summary"]["base"]
    assert _git(folder, "diff", "--name-only", f"{base}", branch, "--", "tally", "tests").split() == ["tally/split.py"]
    assert _git(folder, "rev-parse", "HEAD").strip() == base, "nothing is merged"
    _git(folder, "checkout", "-q", branch)
    tested = subprocess.run([sys.executable, "-m", "unittest", "-q"], cwd=folder, capture_output=True, check=False)
    assert tested.returncode == 0


def test_the_evidence_can_be_read_with_plain_git(shown: tuple[Path, dict[str, Any], str]) -> None:
    folder, answer, _ = shown
    command = answer["summary"]["evidence"].split()
    assert command[0] == "git"
    lines = [json.loads(line) for line in _git(folder, *command[1:]).splitlines() if line.startswith("{")]
    assert {line["gate"] for line in lines if line["outcome"] == "PASS"} >= {"syntax", "markers", "tests"}


def test_the_demo_never_writes_into_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refused = _twelve("demo", "--into", str(tmp_path), cwd=tmp_path)
    assert refused.returncode == 2
    assert "not empty" in refused.stderr
    assert [item.name for item in tmp_path.iterdir()] == ["mine.txt"]
