"""`twelve laws`, as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from kit.repos import commit_fixed, new_repository
from twelve.interfaces.cli import exits, laws


def test_the_laws_in_force_are_listed_with_whom_they_bind(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a": "1\n"})
    answer = CliRunner().invoke(laws.command, ["list", "-C", str(repository.root)], standalone_mode=False)
    assert "refused for: agents" in answer.output
    assert "No hook loops." in answer.output


def test_an_audit_is_red_while_a_law_is_not_kept(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a": "1\n"})
    commit_fixed(repository, "feat: bare")
    answer = CliRunner().invoke(laws.command, ["audit", "--scope", "commits", "-C", str(repository.root)], standalone_mode=False)
    assert answer.return_value == exits.RED
    assert "lacks Context:, Solution:, Impact:" in answer.output


def test_a_repository_without_commits_passes_and_says_that_nothing_was_judged(tmp_path: Path) -> None:
    repository = new_repository(tmp_path)
    answer = CliRunner().invoke(laws.command, ["audit", "-C", str(repository.root)], standalone_mode=False)
    assert answer.return_value == exits.PASS
    assert answer.output.count("nothing to judge") == 7


def test_the_audit_answers_in_json_with_its_schema(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a": "1\n"})
    answer = CliRunner().invoke(laws.command, ["audit", "--json", "-C", str(repository.root)], standalone_mode=False)
    assert json.loads(answer.output)["schema"] == "twelve.laws.v1"


def test_a_range_and_a_count_together_are_a_misuse(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a": "1\n"})
    answer = CliRunner().invoke(laws.command, ["audit", "HEAD", "--last", "3", "-C", str(repository.root)], standalone_mode=False)
    assert "each say what to look at" in str(answer.exception)
