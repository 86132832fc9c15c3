"""YAML, JSON, TOML and shell: what parses, what does not, and where it says so."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kit import gating, judging, repos
from twelve.factors.gates.prove import Result
from twelve.model.finding import Severity
from twelve.model.verdict import Outcome, Report

GOOD = {
    "yaml": ("a.yaml", "a: 1\nb: [1, 2]\n"),
    "json": ("a.json", '{"a": [1, null]}\n'),
    "toml": ("a.toml", "a = 1\n[b]\nc = 2\n"),
    "shell": ("a.sh", "#!/bin/bash\necho hi\n"),
}


def _report(tmp_path: Path, kind: str, content: str | bytes, **options: object) -> Report:
    return judging.ask(repos.new_repository(tmp_path, {GOOD[kind][0]: content}), kind, options)


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_file_passes_and_the_kind_sees_its_own_defect(tmp_path: Path, kind: str) -> None:
    repository = repos.new_repository(tmp_path, dict([GOOD[kind]]))
    assert judging.ask(repository, kind).outcome is Outcome.PASS
    assert judging.trial(repository, kind).result is Result.PROVEN


@pytest.mark.parametrize("kind", GOOD)
def test_no_file_is_nothing_to_check(tmp_path: Path, kind: str) -> None:
    report = judging.ask(repos.new_repository(tmp_path, {"other.txt": "x"}), kind)
    assert (report.outcome, report.summary) == (Outcome.ERROR, "nothing to check")


@pytest.mark.parametrize(
    ("kind", "content", "rule", "line"),
    [
        ("yaml", "a: 1\nb: 2\na: 3\n", "yaml-duplicate-key", 3),
        ("yaml", "x:\n  a: 1\n  a: 2\n", "yaml-duplicate-key", 3),
        ("yaml", "a: 1\n  b: [2\n", "yaml-syntax", 2),
        ("yaml", "a: 1\n\tb: 2\n", "yaml-syntax", 2),
        ("yaml", "a: &a [x, x]\nb: *nowhere\n", "yaml-syntax", 2),
        ("json", '{"a": 1,\n "a": 2}\n', "json-duplicate-key", 2),
        ("json", '{"a": 1,}\n', "json-syntax", 1),
        ("json", '{"a": NaN}\n', "json-syntax", 0),
        ("json", "// comment\n{}\n", "json-syntax", 1),
        ("toml", "a = 1\na = 2\n", "toml-duplicate-key", 2),
        ("toml", "a =\n", "toml-syntax", 1),
        ("shell", "#!/bin/sh\nif true; then\necho x\n", "shell-syntax", 4),
        ("shell", "#!/bin/sh\necho 'open\n", "shell-syntax", 2),
    ],
)
def test_a_broken_file_is_red_with_its_line(tmp_path: Path, kind: str, content: str, rule: str, line: int) -> None:
    report = _report(tmp_path, kind, content)
    assert report.outcome is Outcome.FAIL
    assert [(found.rule, found.path, found.line) for found in report.findings] == [(rule, GOOD[kind][0], line)]


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(['*' + a] * 10)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("yaml", BOMB),
        ("yaml", "[" * 5000),
        ("json", "[" * 200_000),
        ("toml", "a = " + "[" * 5000),
        ("yaml", b"\x00\x01\x02"),
        ("json", b"\xff\xfe\x00"),
        ("toml", b"\xff\xfe"),
    ],
)
def test_hostile_content_is_red_not_a_crash(tmp_path: Path, kind: str, content: str | bytes) -> None:
    assert _report(tmp_path, kind, content).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("yaml", "\ufeffa: 1\r\nb: 2\r\n"),
        ("yaml", "---\na: 1\n---\na: 2\n"),
        ("yaml", "Ref: !Ref thing\nGet: !GetAtt [a, b]\n1: number key\n"),
        ("yaml", "base: &b {x: 1}\nother:\n  <<: *b\n  y: 2\n"),
        ("json", '\ufeff{"a": 1}'),
        ("json", "3"),
        ("toml", "\ufeffa = 1\r\n"),
        ("shell", "#!/bin/zsh\nif [[ x ]] { echo }\n# other.sh has the real one\n"),
    ],
)
def test_unusual_but_valid_files_pass(tmp_path: Path, kind: str, content: str) -> None:
    files = {GOOD[kind][0]: content, "z/other.sh": "#!/bin/sh\ntrue\n"}
    assert judging.ask(repos.new_repository(tmp_path, files), kind).outcome is Outcome.PASS


@pytest.mark.parametrize("kind", GOOD)
def test_odd_names_and_links_out_of_the_tree_are_no_trap(tmp_path: Path, kind: str) -> None:
    name, content = GOOD[kind]
    suffix = name[1:]
    repository = repos.new_repository(tmp_path, {f"-rf{suffix}": content, f"a b\n'\"{suffix}": content, f"ü{suffix}": content})
    (tmp_path / f"outside{suffix}").write_text("{{{ broken")
    (repository.root / f"link{suffix}").symlink_to(tmp_path / f"outside{suffix}")
    assert judging.ask(repository, kind).outcome is Outcome.PASS


def test_helm_templates_are_left_to_helm(tmp_path: Path) -> None:
    files = {"chart/Chart.yaml": "name: x\n", "chart/templates/d.yaml": "a: {{ .Values.x }}\n", "chart/values.yaml": "x: 1\n"}
    report = judging.ask(repos.new_repository(tmp_path, files), "yaml")
    assert report.outcome is Outcome.PASS
    assert "1 Helm template left to helm" in report.summary


def test_yamllint_joins_when_the_project_configures_it(tmp_path: Path) -> None:
    files = {"a.yaml": "a:   1\n", ".yamllint": "rules:\n  colons: {max-spaces-after: 1}\n"}
    report = judging.ask(repos.new_repository(tmp_path, files), "yaml")
    assert [(found.rule, found.path, found.line) for found in report.findings] == [("yamllint-colons", "a.yaml", 1)]
    assert report.outcome is Outcome.FAIL
    assert report.tool == "yamllint"
    assert report.tool_version
    off = judging.ask(repos.new_repository(tmp_path / "off", files), "yaml", {"yamllint": "off"})
    assert off.outcome is Outcome.PASS


def test_a_configured_yamllint_that_is_missing_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere" / "python"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    repository = repos.new_repository(tmp_path, {"a.yaml": "a: 1\n", ".yamllint": "extends: default\n"})
    assert judging.ask(repository, "yaml").outcome is Outcome.ERROR
    assert judging.ask(repository, "yaml", required=False).outcome is Outcome.SKIP


def test_shellcheck_findings_are_red_from_the_level_named(tmp_path: Path) -> None:
    script = "#!/bin/bash\necho $1\nunused=1\n"
    report = _report(tmp_path, "shell", script)
    assert report.outcome is Outcome.FAIL
    red = [(found.rule, found.line) for found in report.findings if found.severity is Severity.ERROR]
    assert red == [("SC2034", 3)]
    assert ("SC2086", Severity.INFO) in [(found.rule, found.severity) for found in report.findings]
    mild = _report(tmp_path / "mild", "shell", script, fail_on="error")
    assert mild.outcome is Outcome.PASS


def test_without_shellcheck_the_answer_says_what_was_not_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere" / "python"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    repository = repos.new_repository(tmp_path, dict([GOOD["shell"]]))
    report = judging.ask(repository, "shell")
    assert report.outcome is Outcome.PASS
    assert "not installed" in report.summary
    assert judging.ask(repository, "shell", {"shellcheck": "on"}).outcome is Outcome.ERROR


def test_shellchecks_configuration_is_an_input_and_not_a_script(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"a.sh": "#!/bin/bash\nunused=1\n"})
    assert gating.judge(repository, *gating.gates(sh={"kind": "shell"}))["sh"].outcome is Outcome.FAIL
    repos.write(repository, {".shellcheckrc": "disable=SC2034\n"})
    verdict = gating.judge(repository, *gating.gates(sh={"kind": "shell"}))["sh"]
    assert (verdict.outcome, verdict.cached) == (Outcome.PASS, False)
    assert judging.ask(repos.new_repository(tmp_path / "none", {".shellcheckrc": ""}), "shell").summary == "nothing to check"
