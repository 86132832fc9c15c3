"""A person works the loop without any agent: real repository, real gates, real commits, through the front door."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kit import person as terminals
from kit import repos
from twelve.interfaces.cli import exits, main
from twelve.system import documents, git
from workflow.phases.samples import CHECKLIST

POLICY = """
[gates.syntax]
kind = "command"
command = ["python3", "-c", "import ast; ast.parse(open('calc.py').read())"]
cost = "syntax"
inputs = ["*.py"]
"""
TEST = "import calc, sys\nsys.exit(0 if calc.add(2, 3) == 5 else 1)\n"
WRONG, RIGHT = "def add(a, b):\n    return a - b\n", "def add(a, b):\n    return a + b\n"
ACCEPT = ["python3", "-B", "check_add.py"]


class Person:
    """Types commands and edits files."""

    def __init__(self, repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
        self.repository = repository
        self.capsys = capsys

    def twelve(self, *arguments: str) -> int:
        return main.main([*arguments, "-C", str(self.repository.root)])

    def at_a_terminal(self, *arguments: str) -> terminals.Said:
        return terminals.twelve(self.repository.root, *arguments)

    def ask(self, *arguments: str) -> dict[str, Any]:
        self.capsys.readouterr()
        self.twelve(*arguments, "--json")
        found: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        return found

    def check(self, phase: str) -> tuple[int, dict[str, Any]]:
        self.capsys.readouterr()
        code = self.twelve(phase, "--check", "--json")
        return code, json.loads(self.capsys.readouterr().out)

    @property
    def run(self) -> str:
        return str(self.ask("next")["run"])

    def write(self, phase: str, **fields: Any) -> None:
        meta = {"schema": f"twelve.{phase}.v1", "run": self.run, "phase": phase, "checklist": CHECKLIST, **fields}
        path = self.repository.root / ".twelve" / "runs" / self.run / f"{phase}.md"
        path.write_text(documents.render_document(meta, ""))

    def edit(self, path: str, text: str) -> None:
        (self.repository.root / path).write_text(text)

    def commit(self) -> str:
        return repos.commit_fixed(self.repository, "feat: work")


@pytest.fixture
def person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Person:
    repository = repos.new_repository(tmp_path, {"calc.py": WRONG, "twelve.toml": POLICY, ".gitignore": "__pycache__/\n"})
    return Person(repository, capsys)


PRIME: dict[str, Any] = {
    "problem": "`add` subtracts its second argument.",
    "success_criteria": [{"id": "c1", "text": "add(2, 3) returns 5"}],
    "constraints": [],
    "scope": {"paths": ["calc.py"], "estimate_lines": 2},
}
RESEARCH: dict[str, Any] = {
    "prior_art": {"query": "git log -S add", "results": 1},
    "findings": "The operator is wrong in one place.",
    "approaches": [
        {"id": "a", "summary": "Change the operator.", "pros": ["small"], "cons": ["no test yet"]},
        {"id": "b", "summary": "Use the operator module.", "pros": ["explicit"], "cons": ["an import"]},
    ],
    "chosen": "a",
    "rationale": "It is the smallest change that works.",
    "probe": {"command": ["python3", "-c", "print(2 + 3)"], "result": "It printed the sum 5."},
}
PLAN: dict[str, Any] = {
    "steps": [
        {
            "id": "check",
            "title": "Write the check",
            "files": ["check_add.py"],
            "validation": [{"command": ["python3", "-B", "-m", "py_compile", "calc.py"]}],
            "creates_oracles": ["check_add.py"],
        },
        {"id": "mend", "title": "Mend add", "needs": ["check"], "files": ["calc.py"], "validation": [{"command": ACCEPT}]},
    ],
    "acceptance": [{"criterion": "c1", "command": ACCEPT, "oracles": ["check_add.py"]}],
    "observability": {"what": "The check runs in every build.", "check": ACCEPT},
    "human_checkpoints": "none: a small reversible change",
    "factors": {"I": "The commit tells why.", "II": "Two files are loaded.", "III": "One step, one job.", "IV": "Each step is checked."},
}


def learn(commit: str) -> dict[str, Any]:
    return {
        "worked": ["Writing the check first worked."],
        "improve": ["Have a test suite from the start."],
        "patterns": [
            {"name": "check-first", "problem": "A bug nobody sees.", "solution": "Write the check that shows it.", "evidence": [commit]}
        ],
        "backlog": [{"title": "Add a real test suite", "impact": 5, "effort": 3, "category": "tests"}],
        "domain_update": "The module calc has no other users.",
    }


def plan_closed(person: Person) -> None:
    assert person.twelve("prime", "make add return the sum") == exits.PASS
    for phase, fields in (("prime", PRIME), ("research", RESEARCH), ("plan", PLAN)):
        assert person.twelve(phase) == exits.PASS
        person.write(phase, **fields)
        code, found = person.check(phase)
        assert (code, found["moves"][0]["move"]) == (exits.PASS, "commit"), found["missing"]
        person.commit()
    person.check("plan")


def test_the_whole_loop_by_hand_ends_done(person: Person) -> None:
    plan_closed(person)
    assert person.ask("next")["moves"][0] == {"move": "work", "step": "check", "unit": "step:check@0", "why": []}
    person.edit("check_add.py", TEST)
    assert person.twelve("implement", "--check") == exits.PASS
    told = person.capsys.readouterr().err
    assert "judging 2 gates" in told
    assert [told.count(f"PASS  {gate}: ") for gate in ("syntax", "validation:check:0")] == [1, 1]
    assert person.ask("next")["moves"][0]["move"] == "commit"
    person.commit()
    code, found = person.check("implement")
    assert (code, found["moves"][0]["step"]) == (exits.RED, "mend"), found
    person.edit("calc.py", RIGHT)
    assert person.check("implement")[1]["moves"][0] == {"move": "commit", "phase": "implement", "step": "mend"}
    commit = person.commit()
    person.check("implement")
    person.commit()
    code, found = person.check("implement")
    assert (code, found["phase"]) == (exits.PASS, "learn"), found
    assert person.twelve("learn") == exits.PASS
    person.write("learn", **learn(commit))
    person.check("learn")
    person.commit()
    code, found = person.check("learn")
    assert (code, found["status"], found["missing"]) == (exits.PASS, "done", [])
    record = (person.repository.root / ".twelve" / "runs" / found["run"] / "implement.md").read_text()
    assert "red_first: FAIL" in record


def test_a_phase_cannot_begin_before_the_one_before_it_is_closed(person: Person) -> None:
    person.twelve("prime", "make add return the sum")
    assert person.twelve("plan") == exits.RED
    assert "prime is still open" in person.capsys.readouterr().err


def test_implement_is_refused_like_any_phase_that_comes_too_early(person: Person) -> None:
    person.twelve("prime", "make add return the sum")
    assert person.twelve("implement") == exits.RED
    assert "prime is still open" in person.capsys.readouterr().err


def test_work_that_lies_there_before_the_run_is_named_and_its_size_explained(person: Person) -> None:
    person.edit("twelve.toml", POLICY + "# edited\n")
    person.twelve("prime", "make add return the sum")
    told = person.capsys.readouterr()
    assert "counts as this run's work: twelve.toml" in told.err
    found = person.ask("next")
    assert found["size_why"]
    assert f"size     {found['size']} ({found['size_why']})" in told.out


def test_an_answer_of_two_words_is_called_too_short_not_empty(person: Person) -> None:
    person.twelve("prime", "make add return the sum")
    person.write("prime", **{**PRIME, "checklist": {**CHECKLIST, "stranger": "Read calc"}})
    _, found = person.check("prime")
    assert "checklist.stranger says too little (fewer than 3 words)" in found["missing"][0]["what"]


@pytest.mark.slow
def test_weakening_the_pinned_check_is_red_until_put_back(person: Person) -> None:
    plan_closed(person)
    person.edit("check_add.py", TEST)
    person.check("implement")
    person.commit()
    person.check("implement")
    person.edit("check_add.py", "import sys\nsys.exit(0)\n")
    code, found = person.check("implement")
    assert code == exits.RED
    assert "oracle check_add.py: changed" in found["missing"][0]["what"]
    person.edit("check_add.py", TEST)
    assert "oracle" not in person.ask("next")["missing"][0]["what"]


def test_work_done_before_it_was_seen_red_goes_back_to_the_plan(person: Person) -> None:
    plan_closed(person)
    person.edit("calc.py", RIGHT)
    person.edit("check_add.py", TEST)
    person.check("implement")
    person.commit()
    _, found = person.check("implement")
    assert found["phase"] == "plan"
    assert "proves nothing" in found["missing"][0]["what"]


def test_claiming_a_step_is_done_does_not_make_it_so(person: Person) -> None:
    plan_closed(person)
    person.edit("check_add.py", TEST)
    person.check("implement")
    person.commit()
    person.check("implement")
    code, found = person.check("implement")
    assert code == exits.RED
    assert found["missing"][0]["what"].startswith("step mend: validation:mend:0: FAIL")


def test_a_task_that_names_production_needs_a_person_for_its_plan(person: Person) -> None:
    person.twelve("prime", "change add in production")
    assert person.ask("next")["size"] == "critical"


def test_a_typo_gets_one_artefact_and_outgrowing_it_returns_to_research(person: Person) -> None:
    person.twelve("prime", "fix a typo in a comment")
    found = person.ask("next")
    assert (found["size"], found["moves"][0]["artefact"]) == ("tiny", "tiny")
    person.edit("calc.py", WRONG + "# x\n" * 60)
    code, found = person.check("prime")
    assert code == exits.RED
    assert found["size"] == "normal"
    assert found["phase"] in ("prime", "research")


@pytest.mark.slow
def test_learning_from_a_tiny_run_shows_the_fields_its_one_artefact_lacks(person: Person) -> None:
    person.twelve("prime", "fix a typo in a comment")
    path = person.repository.root / ".twelve" / "runs" / person.run / "tiny.md"
    step = {"id": "mend", "title": "Mend add", "files": ["calc.py"], "validation": [{"command": ["python3", "-B", "-c", "import calc"]}]}
    accept = ["python3", "-B", "-c", "import calc; assert calc.add(2, 3) == 5"]
    left_out = [{"phase": phase, "rule": "tiny-size", "reason": "One character needs none."} for phase in ("research", "plan")]
    meta = {
        "schema": "twelve.tiny.v1",
        "run": person.run,
        "phase": "tiny",
        **PRIME,
        "steps": [step],
        "acceptance": [{"criterion": "c1", "command": accept}],
        "observability": {"what": "The check runs in every build."},
        "omissions": left_out,
        "checklist": CHECKLIST,
    }
    path.write_text(documents.render_document(meta, ""))
    person.check("prime")
    person.commit()
    person.check("implement")
    person.edit("calc.py", RIGHT)
    for _ in range(3):
        person.check("implement")
        person.commit()
    person.capsys.readouterr()
    assert person.twelve("learn") == exits.PASS
    assert 'worked: ["<what worked and should be done again>"]' in person.capsys.readouterr().out


def test_next_says_what_to_do_when_nothing_was_started(person: Person) -> None:
    assert person.twelve("next") == exits.USAGE
    assert "twelve prime" in person.capsys.readouterr().err


def test_a_run_cannot_start_without_a_commit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = repos.new_repository(tmp_path)
    assert main.main(["prime", "a task", "-C", str(empty.root)]) == exits.USAGE
    assert "first commit" in capsys.readouterr().err


def test_a_template_never_overwrites_what_a_person_wrote(person: Person) -> None:
    person.twelve("prime", "make add return the sum")
    path = person.repository.root / ".twelve" / "runs" / person.run / "prime.md"
    path.write_text("mine\n")
    assert person.twelve("prime") == exits.PASS
    assert path.read_text() == "mine\n"


def test_a_person_answers_the_plans_question_before_the_step_it_stands_before(person: Person) -> None:
    point = [{"before": "mend", "question": "Is the check what we want?"}]
    person.twelve("prime", "make add return the sum")
    for phase, fields in (("prime", PRIME), ("research", RESEARCH), ("plan", {**PLAN, "human_checkpoints": point})):
        person.twelve(phase)
        person.write(phase, **fields)
        person.check(phase)
        person.commit()
    person.check("plan")
    person.edit("check_add.py", TEST)
    person.check("implement")
    person.commit()
    code, found = person.check("implement")
    assert (code, found["status"]) == (exits.WAITING, "waiting")
    said = person.at_a_terminal("approve", found["waiting_on"])
    assert said.code == exits.PASS, said.screen
    assert said.out.endswith("next: twelve next\n")
    again = person.at_a_terminal("approve", found["waiting_on"])
    assert again.code != exits.PASS
    assert "already answered" in again.screen
    assert person.ask("next")["moves"][0]["move"] == "work"


def test_critical_work_waits_for_its_plan_and_a_rejection_reopens_it(person: Person) -> None:
    person.twelve("prime", "make add return the sum", "--size", "critical")
    for phase, fields in (("prime", PRIME), ("research", RESEARCH), ("plan", PLAN)):
        person.twelve(phase)
        person.write(phase, **fields)
        person.check(phase)
        person.commit()
    code, found = person.check("plan")
    assert code == exits.WAITING, found
    assert person.at_a_terminal("reject", found["waiting_on"], "--reason", "name the rollback").code == exits.PASS
    code, found = person.check("plan")
    assert code == exits.RED
    assert found["moves"][0]["why"] == ["rejected by a person: name the rollback"]


def test_other_work_trees_have_their_own_runs(person: Person, tmp_path: Path) -> None:
    person.twelve("prime", "make add return the sum")
    other = person.repository.add_worktree(tmp_path / "other", "side")
    assert main.main(["next", "-C", str(other.root)]) == exits.USAGE


@pytest.mark.parametrize(
    "arguments",
    [["prime", ""], ["prime", "x\0y"], ["prime", "a task", "--check"], ["plan", "--run", "../../etc"], ["plan", "--run", "none"]],
)
def test_odd_command_lines_are_answered_in_words(person: Person, arguments: list[str]) -> None:
    assert person.twelve(*arguments) == exits.USAGE
    assert "Traceback" not in person.capsys.readouterr().err


def test_a_damaged_notebook_is_named_and_nothing_is_lost(person: Person) -> None:
    person.twelve("prime", "make add return the sum")
    run = person.run
    (person.repository.state_dir / "byhand" / f"{run}.json").write_text("{")
    assert person.twelve("next") == exits.CONFIG
    assert run in person.capsys.readouterr().err
    assert (person.repository.root / ".twelve" / "runs" / run / "prime.md").is_file()
