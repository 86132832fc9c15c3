from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import gating, repos
from twelve.factors.gates import ledger, prove, remembering, suites, unchanged
from twelve.factors.gates.engine import judge
from twelve.system import git

POLICY = '[gates.grep]\ncommand = ["grep", "-q", "good", "a.txt"]\n'
TABLE = {"command": ["grep", "-q", "good", "a.txt"]}


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, {"a.txt": "good\n", "twelve.toml": POLICY, "b.txt": "x\n"})


def _remembered(repository: git.Repository, **table: object) -> bool:
    gates = suites.select(gating.settings({"grep": {**TABLE, **table}}), "full")
    seen = remembering.observe(repository, gates)
    verdicts = judge(repository, repository.root, gates)
    ledger.record(repository, verdicts)
    code = 1 if any(verdict.blocks for verdict in verdicts) else 0
    return remembering.remember(seen, "full", verdicts, code, lambda colour: f"answer {colour}")


def _answer(repository: git.Repository) -> tuple[int, bytes] | None:
    return unchanged.answer(str(repository.root), "full", colour=False)


def _settled(repository: git.Repository) -> None:
    """Recording evidence the first time moves the notes, so the second answer is the one that can be given again."""
    _remembered(repository)
    assert _remembered(repository)
    assert _answer(repository) == (0, b"answer False")


def test_an_unchanged_tree_gets_the_same_answer(repository: git.Repository) -> None:
    _settled(repository)
    assert unchanged.answer(str(repository.root), "full", colour=True) == (0, b"answer True")
    assert unchanged.answer(str(repository.root), "quick", colour=False) is None


def _edit(repository: git.Repository) -> None:
    (repository.root / "a.txt").write_text("bad!\n")


def _edit_keeping_size_and_time(repository: git.Repository) -> None:
    path = repository.root / "b.txt"
    seen = path.stat()
    path.write_text("y\n")
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def _hide_and_edit(repository: git.Repository) -> None:
    repository.run("update-index", "--assume-unchanged", "a.txt")
    _edit(repository)


def _skip_and_edit(repository: git.Repository) -> None:
    repository.run("update-index", "--skip-worktree", "a.txt")
    _edit(repository)


def _stage(repository: git.Repository) -> None:
    repos.write(repository, {"s": "x"})
    repository.run("add", "s")


CHANGES: dict[str, Callable[[git.Repository], object]] = {
    "an edited file": _edit,
    "an edit that keeps size and time": _edit_keeping_size_and_time,
    "a hidden edit": _hide_and_edit,
    "a skipped edit": _skip_and_edit,
    "a new file": lambda repository: repos.write(repository, {"new.txt": "x"}),
    "a deleted file": lambda repository: (repository.root / "b.txt").unlink(),
    "a mode": lambda repository: (repository.root / "b.txt").chmod(0o755),
    "a staged file": _stage,
    "a commit": lambda repository: repository.commit("chore: more", allow_empty=True),
    "another branch tip": lambda repository: repository.run("commit", "--amend", "--quiet", "--allow-empty", "-m", "y"),
    "the policy": lambda repository: (repository.root / "twelve.toml").write_text(POLICY + "# x\n"),
    "a local setting": lambda repository: repos.write(repository, {".twelve/local.toml": "[run]\ngate_rounds = 1\n"}),
    "a record": lambda repository: repos.write(repository, {".twelve/runs/x.md": "x"}),
    "a proof": lambda repository: (repository.state_dir / "proofs").mkdir(parents=True),
    "lost evidence": lambda repository: repository.run("update-ref", "-d", ledger.REF),
    "a lost cache": lambda repository: os.unlink(next((repository.cache_dir / "gates" / "unchanged").iterdir())),
}


@pytest.mark.parametrize("name", CHANGES)
def test_after_any_change_the_engine_must_answer(repository: git.Repository, name: str) -> None:
    _settled(repository)
    CHANGES[name](repository)
    assert _answer(repository) is None


def test_an_edit_of_an_edited_file_is_a_change(repository: git.Repository) -> None:
    repos.write(repository, {"b.txt": "edited\n", "u.txt": "new\n"})
    _settled(repository)
    repos.write(repository, {"u.txt": "now\n"})
    assert _answer(repository) is None


@pytest.mark.parametrize("variable", ["TWELVE__RUN__GATE_ROUNDS", "PATH", "PYTHONPATH"])
def test_another_environment_is_a_change(repository: git.Repository, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    _settled(repository)
    monkeypatch.setenv(variable, f"/nowhere:{os.environ.get(variable, '')}")
    assert _answer(repository) is None


def test_another_program_is_a_change(repository: git.Repository, tmp_path: Path) -> None:
    (repository.root / ".gitignore").write_text(".venv\n")
    repository.commit("chore: ignore")
    _settled(repository)
    tool = repository.root / ".venv" / "bin" / "grep"
    tool.parent.mkdir(parents=True)
    tool.write_text("#!/bin/sh\nexit 1\n")
    tool.chmod(0o755)
    assert _answer(repository) is None


def test_content_that_changes_while_it_is_judged_is_not_remembered_as_judged(repository: git.Repository) -> None:
    _settled(repository)
    gates = suites.select(gating.settings({"grep": TABLE}), "full")
    seen = remembering.observe(repository, gates)
    verdicts = judge(repository, repository.root, gates)
    _edit(repository)
    assert remembering.remember(seen, "full", verdicts, 0, lambda _colour: "green")
    assert _answer(repository) is None


def test_a_gate_without_a_kept_verdict_is_never_answered_from_memory(repository: git.Repository) -> None:
    assert not _remembered(repository, cache=False)
    assert not _remembered(repository, command=["no-such-tool"])
    assert _answer(repository) is None


def test_hidden_changes_are_never_remembered(repository: git.Repository) -> None:
    _settled(repository)
    _hide_and_edit(repository)
    assert not _remembered(repository)


def test_proving_is_a_change(repository: git.Repository) -> None:
    _settled(repository)
    table = {**TABLE, "prove": {"file": "a.txt", "write": "bad\n"}}
    prove.prove(repository, gating.gates(grep=table))
    assert _answer(repository) is None


def test_each_work_tree_has_its_own_memory(repository: git.Repository, tmp_path: Path) -> None:
    _settled(repository)
    linked = repository.add_worktree(tmp_path / "linked", "side")
    assert _answer(linked) is None
    _remembered(linked)
    assert _remembered(linked)
    assert _answer(linked) == (0, b"answer False")
    _edit(linked)
    assert _answer(linked) is None
    assert _answer(repository) == (0, b"answer False")


def test_outside_a_repository_there_is_no_answer(tmp_path: Path) -> None:
    assert unchanged.answer(str(tmp_path), "full", colour=False) is None
    (tmp_path / ".git").write_text("gitdir: nowhere\n")
    assert unchanged.answer(str(tmp_path), "full", colour=False) is None


@pytest.mark.parametrize(
    "damage", [b"", b"twelve.unchanged.v1\n", b"twelve.unchanged.v1\n0 -1 1\n", b"twelve.unchanged.v1\n1 1 1 1 1 1\nabc", b"\xff" * 90]
)
def test_a_damaged_memory_gives_no_answer(repository: git.Repository, damage: bytes) -> None:
    _settled(repository)
    next((repository.cache_dir / "gates" / "unchanged").iterdir()).write_bytes(damage)
    assert _answer(repository) is None


@given(st.lists(st.binary(max_size=20), max_size=6))
def test_fields_come_back_as_they_were(fields: list[bytes]) -> None:
    assert unchanged.unpack(unchanged.pack(fields)) == fields


@given(st.binary(max_size=60))
def test_any_bytes_unpack_to_fields_or_nothing(data: bytes) -> None:
    unchanged.unpack(data)
    unchanged.unpack(b"twelve.unchanged.v1\n" + data)
