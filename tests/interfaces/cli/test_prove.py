"""`twelve prove` and `twelve status` as a person and a pipeline use them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from kit import repos
from twelve.interfaces.cli import exits, main
from twelve.system import git

CLAUDE = ".claude/settings.local.json"
GATE = '[gates.words]\ncommand = ["grep", "-q", "x", "a.py"]\nprove = {file = "a.py", write = "y\\n"}\n'


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, {"a.py": "x = 1\n", "twelve.toml": GATE})


def twelve(repository: git.Repository, *arguments: str) -> int:
    return main.main(["-C", str(repository.root), *arguments])


def answer(repository: git.Repository, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = twelve(repository, *arguments, "--json")
    return code, json.loads(capsys.readouterr().out)


def test_where_no_guard_is_armed_gates_alone_may_be_proven_but_guards_may_not(
    repository: git.Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = answer(repository, capsys, "prove")
    assert (code, found["schema"], found["gates"]["proven"]) == (exits.PASS, "twelve.prove.v1", 1)
    assert {guard["outcome"] for guard in found["guards"]} == {"SKIP"}
    assert answer(repository, capsys, "prove", "guards")[0] == exits.RED
    assert answer(repository, capsys, "prove", "--ci")[0] == exits.RED
    assert answer(repository, capsys, "prove", "gates", "--ci")[0] == exits.PASS
    assert twelve(repository, "prove", "guards") == exits.RED
    assert "no guard is armed here" in capsys.readouterr().out


def test_nothing_to_prove_is_red(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = repos.new_repository(tmp_path, {"a": "a"})
    assert answer(bare, capsys, "prove")[0] == exits.RED


def test_a_dead_guard_is_named_in_the_answer_and_a_repaired_one_is_green(
    repository: git.Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert twelve(repository, "init", "--yes", "--client", "claude") == exits.PASS
    assert answer(repository, capsys, "prove", "guards", "--client", "claude", "--quick")[0] == exits.PASS
    whole = (repository.root / CLAUDE).read_text()
    (repository.root / CLAUDE).write_text(whole.replace("PreToolUse", "PreTooluse"))
    code, found = answer(repository, capsys, "prove", "--client", "claude")
    (guard,) = found["guards"]
    assert (code, found["green"], found["gates"]) == (exits.RED, False, None)
    assert [problem["cause"] for problem in guard["problems"]] == ["wrong-event"]
    capsys.readouterr()
    twelve(repository, "prove", "guards", "--client", "claude", "--progress")
    told = capsys.readouterr()
    assert "FAIL  claude: wrong-event" in told.err
    assert "PreToolUse is meant" in told.out
    assert "guards: 0/1 proven" in told.out
    status = answer(repository, capsys, "status")[1]
    assert {guard["guard"]: guard["why"] for guard in status["guards"]}["claude"] == "failed when it was last tried: wrong-event"
    (repository.root / CLAUDE).write_text(whole)
    assert answer(repository, capsys, "prove", "--client", "claude", "--quick")[0] == exits.PASS


def test_status_before_anything_says_so_in_one_screen(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert twelve(repository, "status") == exits.PASS
    told = capsys.readouterr().out
    assert "none is armed here: twelve init" in told
    assert "0/1 proven; required and never seen red: words" in told
    assert len(told.splitlines()) <= 40
    assert max(map(len, told.splitlines())) <= 140
    found = answer(repository, capsys, "status")[1]
    assert (found["schema"], found["guards"], found["pending"], found["tampered"]) == ("twelve.status.v1", [], 0, [])
    assert [row["numeral"] for row in found["factors"]][:2] == ["I", "II"]
    assert {row["here"]["claude"] for row in found["factors"] if row["slug"] == "guardrails"} == {"advisory"}


def test_status_changes_nothing_and_is_quick(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    twelve(repository, "init", "--yes", "--client", "claude")
    before = repos.snapshot(repository.root)
    began = time.process_time()
    answer(repository, capsys, "status")
    assert time.process_time() - began < 1
    assert repos.snapshot(repository.root) == before


def test_status_shows_a_broken_record_instead_of_failing(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    twelve(repository, "init", "--yes", "--client", "claude")
    (repository.state_dir / "install.json").write_text("{")
    code, found = answer(repository, capsys, "status")
    assert code == exits.PASS
    assert found["troubles"]


@pytest.mark.parametrize("words", [("prove", "everything"), ("prove", "--client", "cursor")])
def test_what_is_not_known_is_usage(repository: git.Repository, words: tuple[str, ...]) -> None:
    assert twelve(repository, *words) == exits.USAGE


def test_hooks_of_git_alone_are_not_told_as_a_guarded_agent(
    repository: git.Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twelve.interfaces.cli.init.clients.present", lambda _root: ())
    assert twelve(repository, "init", "--yes") == exits.PASS
    assert "no agent client is guarded here" in capsys.readouterr().err
    twelve(repository, "prove", "guards", "--quick")
    assert "of git only\nno agent client is guarded here" in capsys.readouterr().out
    twelve(repository, "status")
    assert "no agent client is guarded here" in capsys.readouterr().out
