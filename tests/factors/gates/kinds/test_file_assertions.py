from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kit import judging, repos
from twelve.factors.gates.prove import Result
from twelve.model.verdict import Outcome, Report

_FILES = {
    "README.md": "# Title\n\nHello world\n",
    "settings.json": '{"debug": false, "servers": [{"name": "a", "port": 1}, {"name": "b", "port": 2}]}',
    "pyproject.toml": '[project]\nname = "demo"\nversion = "1.0"\n',
    "values.yaml": "replicas: 3\nlabels:\n  example.com/team: red\n",
}


def _ask(tmp_path: Path, **assertion: Any) -> Report:
    return judging.ask(repos.new_repository(tmp_path, _FILES), "file_assertions", {"assertions": [assertion]})


@pytest.mark.parametrize(
    "assertion",
    [
        {"path": "README.md", "contains": ["Hello"], "not_contains": ["Goodbye"], "max_lines": 3},
        {"path": "README.md", "matches": ["^# Title$"], "not_matches": ["^## "]},
        {"path": "SECRETS.env", "exists": False},
        {"path": "settings.json", "values": [{"at": "debug", "equals": False}, {"at": "servers[name=b].port", "equals": 2}]},
        {"path": "pyproject.toml", "values": [{"at": "project.name", "equals": "demo"}, {"at": "project.license", "absent": True}]},
        {"path": "values.yaml", "values": [{"at": "replicas", "equals": 3}, {"at": 'labels["example.com/team"]', "equals": "red"}]},
        {"path": "*.toml", "contains": ["[project]"]},
    ],
)
def test_what_holds_passes(tmp_path: Path, assertion: dict[str, Any]) -> None:
    assert _ask(tmp_path, **assertion).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("assertion", "rule"),
    [
        ({"path": "NOTICE"}, "file-missing"),
        ({"path": "*.lock"}, "file-missing"),
        ({"path": "README.md", "exists": False}, "file-forbidden"),
        ({"path": "README.md", "contains": ["Goodbye"]}, "text-missing"),
        ({"path": "README.md", "not_contains": ["Hello"]}, "text-forbidden"),
        ({"path": "README.md", "matches": ["^Hello$"]}, "pattern-missing"),
        ({"path": "README.md", "not_matches": ["world"]}, "pattern-forbidden"),
        ({"path": "README.md", "max_lines": 2}, "file-too-long"),
        ({"path": "values.yaml", "values": [{"at": "replicas", "equals": "3"}]}, "value-wrong"),
        ({"path": "values.yaml", "values": [{"at": "replicas", "equals": True}]}, "value-wrong"),
        ({"path": "values.yaml", "values": [{"at": "missing"}]}, "value-missing"),
        ({"path": "values.yaml", "values": [{"at": "replicas", "absent": True}]}, "value-forbidden"),
        ({"path": "README.md", "values": [{"at": "title"}]}, "value-missing"),
    ],
)
def test_what_does_not_hold_is_named(tmp_path: Path, assertion: dict[str, Any], rule: str) -> None:
    report = _ask(tmp_path, reason="the team agreed", **assertion)
    assert report.outcome is Outcome.FAIL
    assert judging.rules(report) == [rule]
    assert "the team agreed" in report.findings[0].message


def test_the_line_of_a_forbidden_text_is_given(tmp_path: Path) -> None:
    assert _ask(tmp_path, path="README.md", not_contains=["Hello"]).findings[0].line == 3


def test_without_assertions_there_is_nothing_to_check(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, _FILES)
    assert judging.ask(repository, "file_assertions").outcome is Outcome.ERROR


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/passwd", "link/passwd"])
def test_a_path_out_of_the_tree_is_refused(tmp_path: Path, path: str) -> None:
    repository = repos.new_repository(tmp_path, _FILES)
    (repository.root / "link").symlink_to("/etc")
    report = judging.ask(repository, "file_assertions", {"assertions": [{"path": path, "contains": ["root"]}]})
    assert report.outcome is Outcome.ERROR


@pytest.mark.parametrize("assertion", [{"path": "README.md", "matches": ["("]}, {"path": "values.yaml", "values": [{"at": "a..b"}]}])
def test_an_unreadable_assertion_is_an_error_not_a_red(tmp_path: Path, assertion: dict[str, Any]) -> None:
    report = _ask(tmp_path, **assertion)
    assert report.outcome is Outcome.ERROR
    assert report.reason


def test_huge_and_malformed_files_are_findings(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"big.txt": "x" * 200, "bad.yaml": "a: [\n", "twice.json": '{"a": 1, "a": 2}'})
    assertions = [
        {"path": "big.txt", "contains": ["y"]},
        {"path": "bad.yaml", "values": [{"at": "a"}]},
        {"path": "twice.json", "values": [{"at": "a"}]},
    ]
    report = judging.ask(repository, "file_assertions", {"assertions": assertions, "max_bytes": 100})
    assert judging.rules(report) == ["file-unparsable", "file-unreadable", "file-unparsable"]


@pytest.mark.parametrize("assertion", [{"path": "README.md"}, {"path": "SECRETS.env", "exists": False}])
def test_the_seed_turns_it_red(tmp_path: Path, assertion: dict[str, Any]) -> None:
    repository = repos.new_repository(tmp_path, _FILES)
    assert judging.trial(repository, "file_assertions", {"assertions": [assertion]}).result is Result.PROVEN
