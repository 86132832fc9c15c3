from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from kit import gating, repos
from twelve.factors.gates import checking, engine
from twelve.factors.gates.engine import Progress
from twelve.model.gate import Cost
from twelve.model.verdict import Outcome, Report, Verdict
from twelve.system import git, processes

COUNT = "echo run >> {log}; grep -q good a.txt"


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, {"a.txt": "good\n", "b.txt": "other\n"})


def _counting(tmp_path: Path, **keys: Any) -> dict[str, Any]:
    return gating.command("sh", "-c", COUNT.format(log=tmp_path / "runs"), **keys)


def _runs(tmp_path: Path) -> int:
    log = tmp_path / "runs"
    return len(log.read_text().splitlines()) if log.exists() else 0


def _one(repository: git.Repository, table: dict[str, Any], **how: Any) -> Verdict:
    return gating.judge(repository, *gating.gates(one=table), **how)["one"]


def test_a_verdict_is_bound_to_the_content_it_judged(repository: git.Repository) -> None:
    verdict = _one(repository, gating.command("grep", "-q", "good", "a.txt"))
    assert verdict.outcome is Outcome.PASS
    assert verdict.subject == repository.subject_of("HEAD")
    assert not verdict.cached
    assert not verdict.proven


def test_the_same_content_is_judged_once(repository: git.Repository, tmp_path: Path) -> None:
    first = _one(repository, _counting(tmp_path))
    second = _one(repository, _counting(tmp_path))
    assert (_runs(tmp_path), second.cached, second.outcome) == (1, True, first.outcome)
    assert _one(repository, _counting(tmp_path), cache=False).cached is False
    assert _runs(tmp_path) == 2


def test_a_red_verdict_is_kept_like_a_green_one(repository: git.Repository, tmp_path: Path) -> None:
    repos.write(repository, {"a.txt": "bad\n"})
    assert _one(repository, _counting(tmp_path)).outcome is Outcome.FAIL
    assert _one(repository, _counting(tmp_path)).outcome is Outcome.FAIL
    assert _runs(tmp_path) == 1


@pytest.mark.parametrize("change", [{"a.txt": "good too\n"}, {"new.txt": "untracked\n"}, {"b.txt": "changed\n"}])
def test_a_verdict_never_answers_for_other_content(repository: git.Repository, tmp_path: Path, change: dict[str, str]) -> None:
    _one(repository, _counting(tmp_path))
    repos.write(repository, change)
    assert not _one(repository, _counting(tmp_path)).cached
    assert _runs(tmp_path) == 2


def test_a_changed_mode_or_a_deleted_file_is_other_content(repository: git.Repository, tmp_path: Path) -> None:
    _one(repository, _counting(tmp_path))
    (repository.root / "b.txt").chmod(0o755)
    assert not _one(repository, _counting(tmp_path)).cached
    (repository.root / "b.txt").unlink()
    assert not _one(repository, _counting(tmp_path)).cached
    assert _runs(tmp_path) == 3


def test_content_that_comes_back_is_known_again(repository: git.Repository, tmp_path: Path) -> None:
    _one(repository, _counting(tmp_path))
    repos.write(repository, {"a.txt": "bad\n"})
    assert _one(repository, _counting(tmp_path)).outcome is Outcome.FAIL
    repos.write(repository, {"a.txt": "good\n"})
    assert _one(repository, _counting(tmp_path)).outcome is Outcome.PASS
    assert _runs(tmp_path) == 2


def test_only_declared_inputs_decide_when_they_are_declared(repository: git.Repository, tmp_path: Path) -> None:
    table = _counting(tmp_path, inputs=["a.txt"])
    first = _one(repository, table)
    repos.write(repository, {"b.txt": "changed\n"})
    second = _one(repository, table)
    assert (second.cached, second.inputs) == (True, first.inputs)
    assert second.subject == repository.subject() != first.subject


@pytest.mark.parametrize("change", [{"env": {"A": "1"}}, {"inputs": ["*.txt"]}, {"timeout_s": 7.0}])
def test_a_changed_definition_judges_anew(repository: git.Repository, tmp_path: Path, change: dict[str, Any]) -> None:
    _one(repository, _counting(tmp_path))
    assert not _one(repository, _counting(tmp_path, **change)).cached


def test_another_program_of_the_same_name_judges_anew(repository: git.Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    tool = folder / "judge-it"
    tool.write_text("#!/bin/sh\nexit 0\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    assert _one(repository, gating.command("judge-it")).outcome is Outcome.PASS
    tool.write_text("#!/bin/sh\necho no\nexit 1\n")
    assert _one(repository, gating.command("judge-it")).outcome is Outcome.FAIL


def test_a_gate_may_forbid_keeping_its_verdict(repository: git.Repository, tmp_path: Path) -> None:
    for _ in range(2):
        _one(repository, _counting(tmp_path, cache=False))
    assert _runs(tmp_path) == 2


@pytest.mark.parametrize("damage", [b"", b"{", b'{"schema": "twelve.gate-cache.v1"}', b"\xff" * 50])
def test_a_damaged_cache_entry_is_not_believed(repository: git.Repository, tmp_path: Path, damage: bytes) -> None:
    _one(repository, _counting(tmp_path))
    for entry in (repository.cache_dir / "gates").rglob("*.json"):
        entry.write_bytes(damage)
    assert not _one(repository, _counting(tmp_path)).cached
    assert _runs(tmp_path) == 2


def test_a_cache_entry_edited_to_green_is_not_believed(repository: git.Repository, tmp_path: Path) -> None:
    repos.write(repository, {"a.txt": "bad\n"})
    _one(repository, _counting(tmp_path))
    for entry in (repository.cache_dir / "gates").rglob("*.json"):
        entry.write_text(entry.read_text().replace('"FAIL"', '"PASS"'))
    assert _one(repository, _counting(tmp_path)).outcome is Outcome.FAIL


def test_a_deleted_or_read_only_cache_costs_time_not_truth(repository: git.Repository, tmp_path: Path) -> None:
    folder = repository.cache_dir / "gates"
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    for _ in range(2):
        assert _one(repository, _counting(tmp_path)).outcome is Outcome.PASS
    assert _runs(tmp_path) == 2


@pytest.mark.parametrize(("need", "outcome", "blocks"), [("required", Outcome.ERROR, True), ("optional", Outcome.SKIP, False)])
def test_a_missing_tool_is_an_error_or_a_shown_skip(repository: git.Repository, need: str, outcome: Outcome, blocks: bool) -> None:
    verdict = _one(repository, gating.command("no-such-tool-here", need=need))
    assert (verdict.outcome, verdict.blocks) == (outcome, blocks)
    assert "no-such-tool-here" in verdict.report.reason


def test_nothing_to_check_is_an_error(repository: git.Repository) -> None:
    verdict = _one(repository, gating.command("true", inputs=["*.rs"]))
    assert verdict.outcome is Outcome.ERROR
    assert "*.rs" in verdict.report.reason


def test_a_time_out_and_a_signal_are_errors_and_not_kept(repository: git.Repository) -> None:
    slow = _one(repository, gating.command("sleep", "30", timeout_s=0.3))
    assert slow.outcome is Outcome.ERROR
    assert slow.duration_s < 15
    killed = _one(repository, gating.command("sh", "-c", "kill -9 $$"))
    assert killed.outcome is Outcome.ERROR
    assert not _one(repository, gating.command("sh", "-c", "kill -9 $$")).cached


def test_a_kind_that_crashes_is_an_error(repository: git.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (gate,) = gating.gates(one={"kind": "json", "inputs": ["*.txt"]})

    def crash(*_: object) -> Report:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr(gate.kind, "check", crash)
    verdict = gating.judge(repository, gate)["one"]
    assert verdict.outcome is Outcome.ERROR
    assert "ZeroDivisionError" in verdict.report.reason


@pytest.mark.parametrize("answer", [None, True, "PASS"])
def test_a_kind_that_gives_no_report_is_an_error(repository: git.Repository, monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    (gate,) = gating.gates(one={"kind": "json", "inputs": ["*.txt"]})
    monkeypatch.setattr(gate.kind, "check", lambda *_: answer)
    assert gating.judge(repository, gate)["one"].outcome is Outcome.ERROR


@pytest.mark.parametrize(
    "script",
    ["echo x >> a.txt", "echo x > fresh.txt", "rm a.txt", "chmod +x a.txt", "mkdir d && echo x > d/f", "rm a.txt && ln -s b.txt a.txt"],
)
def test_a_gate_that_writes_into_what_it_judges_is_an_error_naming_the_file(repository: git.Repository, script: str) -> None:
    verdict = _one(repository, gating.command("sh", "-c", script))
    assert verdict.outcome is Outcome.ERROR
    name = "fresh.txt" if "fresh" in script else "d/f" if "d/f" in script else "a.txt"
    assert name in verdict.report.reason
    assert not list((repository.cache_dir / "gates").rglob("*.json"))


def test_after_a_write_nothing_dearer_is_judged(repository: git.Repository) -> None:
    tables = {"writer": gating.command("sh", "-c", "echo x >> a.txt", cost="syntax"), "later": gating.command("true", cost="human")}
    verdicts = gating.judge(repository, *gating.gates(**tables), fail_fast=False)
    assert verdicts["later"].outcome is Outcome.SKIP
    assert "files changed" in verdicts["later"].report.reason


def test_a_gate_that_ended_before_the_write_keeps_its_verdict(repository: git.Repository) -> None:
    tables = {"early": gating.command("true"), "writer": gating.command("sh", "-c", "sleep 0.3; echo x >> a.txt")}
    # A file made within a clock step of the first gate counts as written while it ran; these are to be older.
    time.sleep(0.1)
    verdicts = gating.judge(repository, *gating.gates(**tables), jobs=1)
    assert (verdicts["early"].outcome, verdicts["writer"].outcome) == (Outcome.PASS, Outcome.ERROR), verdicts["early"].report


def test_ignored_files_records_and_scratch_may_be_written(repository: git.Repository) -> None:
    repos.write(repository, {".gitignore": "out/\n"})
    script = "mkdir -p out .twelve && echo x > out/x && echo x > .twelve/note.md && echo x > {scratch}/report"
    assert _one(repository, gating.command("sh", "-c", script)).outcome is Outcome.PASS


def test_a_secret_in_the_output_is_not_kept(repository: git.Repository) -> None:
    token = "ghp_" + "a1B2c3D4" * 5
    verdict = _one(repository, gating.command("sh", "-c", f"echo token={token}; exit 1"))
    assert verdict.outcome is Outcome.FAIL
    assert token not in repr(verdict)
    assert all(token.encode() not in path.read_bytes() for path in (repository.cache_dir / "gates").rglob("*.json"))


def test_evidence_names_no_path_of_this_machine(repository: git.Repository) -> None:
    verdict = _one(repository, gating.command("sh", "-c", f"echo {repository.root}/a.txt: wrong >&2; exit 1", timeout_s=20))
    assert str(repository.root) not in verdict.report.log
    scratch = _one(repository, gating.command("sh", "-c", "test -d {scratch}"))
    assert scratch.report.argv == ("sh", "-c", "test -d {scratch}")
    assert scratch.outcome is Outcome.PASS


def test_only_a_transient_failure_is_tried_again(repository: git.Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_TRANSIENT", processes.RetryPolicy(attempts=3, base_s=0.01))
    lost = f"echo run >> {tmp_path}/runs; echo 'Connection reset by peer' >&2; exit 7"
    tried = _one(repository, gating.command("sh", "-c", lost, retry="transient"))
    assert (tried.attempts, _runs(tmp_path), tried.blocks) == (3, 3, True)
    assert _one(repository, gating.command("sh", "-c", lost, cache=False)).attempts == 1
    wrong = gating.command("sh", "-c", "echo 'assertion failed'; exit 1", retry="transient")
    assert _one(repository, wrong).attempts == 1


def test_a_transient_failure_that_heals_passes(repository: git.Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_TRANSIENT", processes.RetryPolicy(attempts=3, base_s=0.01))
    script = f"if test -e {tmp_path}/once; then exit 0; fi; touch {tmp_path}/once; echo 'connection refused' >&2; exit 1"
    seen: list[Progress] = []
    verdict = _one(repository, gating.command("sh", "-c", script, retry="transient"), on_progress=seen.append)
    assert (verdict.outcome, verdict.attempts) == (Outcome.PASS, 2)
    assert [event.state for event in seen] == ["started", "again", "finished"]


def test_the_same_inputs_give_the_same_verdict(repository: git.Repository) -> None:
    repos.write(repository, {"x.sh": "if true; then\n", "y.yaml": "a: 1\na: 2\n", "z.json": '{"a": 1, "a": 2}'})
    gates = gating.gates(**{kind: {"kind": kind} for kind in ("shell", "yaml", "json")})
    runs = [gating.judge(repository, *gates, cache=False, fail_fast=False) for _ in range(3)]
    answers = [{name: (verdict.outcome, verdict.report.findings) for name, verdict in run.items()} for run in runs]
    assert answers[0] == answers[1] == answers[2]


def test_answers_come_in_the_order_asked(repository: git.Repository) -> None:
    gates = gating.gates(dear=gating.command("true", cost="human"), cheap=gating.command("true", cost="syntax"))
    verdicts = engine.judge(repository, repository.root, gates)
    assert [verdict.gate for verdict in verdicts] == ["dear", "cheap"]
    assert gates[0].cost is Cost.HUMAN


def test_an_unborn_branch_a_detached_head_and_odd_names_are_judged(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path)
    repos.write(repository, {"odd\n'name.txt": "x", "-rf": "y", "ü.json": "{}"})
    gates = gating.gates(json={"kind": "json"}, all=gating.command("true"))
    assert all(verdict.passed for verdict in gating.judge(repository, *gates).values())
    head = repos.commit_fixed(repository, "x")
    repository.run("checkout", "-q", "--detach", head)
    assert all(verdict.cached for verdict in gating.judge(repository, *gates).values())


def test_a_linked_work_tree_uses_the_tools_of_the_main_one(repository: git.Repository, tmp_path: Path) -> None:
    tool = repository.root / ".venv" / "bin" / "project-tool"
    tool.parent.mkdir(parents=True)
    tool.write_text("#!/bin/sh\nexit 0\n")
    tool.chmod(0o755)
    (repository.git_dir / "info").mkdir(exist_ok=True)
    (repository.git_dir / "info" / "exclude").write_text(".venv\n")
    linked = repository.add_worktree(tmp_path / "linked", "side")
    assert _one(linked, gating.command("project-tool")).outcome is Outcome.PASS


def test_judging_from_several_threads_shares_nothing(repository: git.Repository) -> None:
    answers: list[Outcome] = []

    def ask() -> None:
        answers.append(_one(repository, gating.command("grep", "-q", "good", "a.txt")).outcome)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [Outcome.PASS] * 4
