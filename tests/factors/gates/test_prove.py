from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kit import gating, repos
from twelve.factors.gates import proofs, prove
from twelve.factors.gates.proofs import Standing
from twelve.factors.gates.prove import Result, Trial
from twelve.model.errors import TwelveError
from twelve.model.verdict import Outcome
from twelve.system import git, journal

GREP = gating.command("grep", "-q", "return 1", "a.py")
SEED = {"file": "a.py", "replace": ["return 1", "return 2"], "because": "a wrong value"}


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, {"a.py": "def f():\n    return 1\n", "check.sh": "#!/bin/sh\ngrep -q 'return 1' a.py\n"})


def _trial(repository: git.Repository, table: dict[str, Any]) -> Trial:
    return prove.prove(repository, gating.gates(one=table))[0]


def test_a_gate_that_sees_the_planted_defect_is_proven_from_then_on(repository: git.Repository) -> None:
    (gate,) = gating.gates(one={**GREP, "prove": SEED})
    assert prove.standing(gate, repository) is Standing.UNPROVEN
    trial = prove.prove(repository, [gate])[0]
    assert (trial.result, trial.outcome) == (Result.PROVEN, Outcome.PASS)
    assert "a wrong value" in trial.detail
    assert prove.standing(gate, repository) is Standing.PROVEN
    assert gating.judge(repository, gate)["one"].proven


def test_proving_leaves_the_tree_as_it_was(repository: git.Repository) -> None:
    before = repos.snapshot(repository.root)
    _trial(repository, {**GREP, "prove": SEED})
    after = repos.snapshot(repository.root)
    assert {path: state for path, state in after.items() if not path.startswith(".git/twelve/")} == before
    assert len(repository.worktrees()) == 1


def test_a_changed_definition_is_unproven(repository: git.Repository) -> None:
    _trial(repository, {**GREP, "prove": SEED})
    (changed,) = gating.gates(one={**GREP, "env": {"A": "1"}, "prove": SEED})
    assert prove.standing(changed, repository) is Standing.UNPROVEN
    assert not gating.judge(repository, changed)["one"].proven


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff", b'{"schema": "twelve.proof.v1", "gate": "one"}'])
def test_a_damaged_proof_proves_nothing(repository: git.Repository, damage: bytes) -> None:
    (gate,) = gating.gates(one={**GREP, "prove": SEED})
    prove.prove(repository, [gate])
    proofs.path(repository.state_dir, gate).write_bytes(damage)
    assert prove.standing(gate, repository) is Standing.UNPROVEN


def test_a_gate_that_stays_green_is_decoration_and_loses_its_proof(repository: git.Repository) -> None:
    table = {**gating.command("true"), "prove": SEED}
    trial = _trial(repository, table)
    assert (trial.result, trial.outcome) == (Result.DECORATION, Outcome.FAIL)
    (gate,) = gating.gates(one={**GREP, "prove": SEED})
    prove.prove(repository, [gate])
    repos.write(repository, {"a.py": "# return 1\ndef f():\n    return 1 + 0\n"})
    harmless = {"file": "a.py", "append": "# return 1\n"}
    (again,) = gating.gates(one={**GREP, "prove": harmless})
    assert again.digest == gate.digest
    assert prove.prove(repository, [again])[0].result is Result.DECORATION
    assert prove.standing(again, repository) is Standing.UNPROVEN


def test_red_without_any_defect_proves_nothing(repository: git.Repository) -> None:
    trial = _trial(repository, {**gating.command("false"), "prove": SEED})
    assert (trial.result, trial.outcome) == (Result.NOT_CLEAN, Outcome.ERROR)


def test_a_gate_that_breaks_instead_of_judging_is_not_proven(repository: git.Repository) -> None:
    script = "grep -q 'return 1' a.py || kill -9 $$"
    trial = _trial(repository, {**gating.command("sh", "-c", script), "prove": SEED})
    assert trial.result is Result.BROKEN
    assert "instead of FAIL" in trial.detail


@pytest.mark.parametrize(
    ("command", "seed", "word"),
    [
        (["sh", "check.sh"], {"file": "check.sh", "write": "exit 1"}, "the command itself"),
        (["./check.sh"], {"file": "./check.sh", "write": "exit 1"}, "the command itself"),
        (["grep", "-q", "return 1", "a.py"], {"file": "a.py", "append": ""}, "changes nothing"),
        (["grep", "-q", "return 1", "a.py"], {"file": "absent.py", "append": "x"}, "does not exist"),
        (["grep", "-q", "return 1", "a.py"], {"file": "a.py", "replace": ["nowhere", "x"]}, "does not contain"),
        (["grep", "-q", "return 1", "a.py"], {"file": "../out.py", "write": "x"}, ""),
    ],
)
def test_a_seed_that_proves_nothing_is_refused(repository: git.Repository, command: list[str], seed: dict[str, Any], word: str) -> None:
    (repository.root / "check.sh").chmod(0o755)
    trial = _trial(repository, {"command": command, "prove": seed})
    assert trial.result is Result.BROKEN, trial.detail
    assert word in trial.detail


def test_make_is_not_proven_by_replacing_its_recipe(repository: git.Repository) -> None:
    repos.write(repository, {"Makefile": "check:\n\tgrep -q 'return 1' a.py\n"})
    trial = _trial(repository, {"command": ["make", "check"], "prove": {"file": "Makefile", "write": "check:\n\tfalse\n"}})
    assert trial.result is Result.BROKEN


def test_a_defect_outside_the_inputs_is_no_proof(repository: git.Repository) -> None:
    trial = _trial(repository, {**GREP, "inputs": ["*.sh"], "prove": SEED})
    assert trial.result is Result.BROKEN
    assert "not among the files" in trial.detail


def test_a_command_without_a_seed_is_unprovable(repository: git.Repository) -> None:
    trial = _trial(repository, GREP)
    assert (trial.result, trial.outcome) == (Result.UNPROVABLE, Outcome.SKIP)
    assert prove.standing(gating.gates(one=GREP)[0], repository) is Standing.UNPROVABLE


def test_defects_do_not_add_up_between_gates(repository: git.Repository) -> None:
    repos.write(repository, {"b.json": "{}", "c.toml": "a = 1\n", "d.yaml": "a: 1\n", "e.sh": "#!/bin/sh\necho hi\n"})
    tables = {kind: {"kind": kind} for kind in ("json", "toml", "yaml", "shell")}
    gates = gating.gates(**tables, one={**GREP, "prove": SEED})
    assert [trial.result for trial in prove.prove(repository, gates)] == [Result.PROVEN] * 5


def test_uncommitted_content_is_what_is_proven(repository: git.Repository) -> None:
    repos.write(repository, {"fresh.json": "{}"})
    assert _trial(repository, {"kind": "json"}).result is Result.PROVEN
    (repository.root / "a.py").unlink()
    assert _trial(repository, {**GREP, "prove": SEED}).result is Result.NOT_CLEAN


def test_an_unborn_branch_can_be_proven(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path)
    repos.write(repository, {"a.json": "{}"})
    assert _trial(repository, {"kind": "json"}).result is Result.PROVEN


def test_a_trial_is_told_to_the_journal(repository: git.Repository, tmp_path: Path) -> None:
    prove.prove(repository, gating.gates(one={**GREP, "prove": SEED}), journal=journal.Journal(tmp_path / "j"))
    (event,) = journal.read(tmp_path / "j")
    assert (event["name"], event["outcome"], event["proven"]) == ("gate.proved", "FAIL", True)


def test_a_gate_that_is_red_by_itself_the_second_time_is_not_proven(repository: git.Repository, tmp_path: Path) -> None:
    once = f"test ! -e {tmp_path}/once && touch {tmp_path}/once"
    trial = _trial(repository, {**gating.command("sh", "-c", once), "prove": SEED})
    assert trial.result is Result.BROKEN
    assert "taken out again" in trial.detail


def test_a_kind_that_cannot_choose_a_defect_leaves_its_gate_unproven(repository: git.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (gate,) = gating.gates(one={"kind": "json"})

    def refuse(*_: object) -> None:
        raise TwelveError("no defect fits")

    monkeypatch.setattr(gate.kind, "seed", refuse)
    assert prove.standing(gate, repository) is Standing.UNPROVEN
    assert prove.prove(repository, [gate])[0].result is Result.BROKEN
