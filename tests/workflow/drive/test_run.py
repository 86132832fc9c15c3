"""What a person gets from a run: the real effects, real git, real gates, and an agent that does what its script says."""

from __future__ import annotations

import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kit import loop, repos
from kit.forked import until
from kit.stage import Stage, finished
from twelve.factors.gates import ledger
from twelve.model.errors import ConfigError, TwelveError
from twelve.model.phase import Phase, Preset, Size
from twelve.system import config, git, journal
from twelve.workflow import compose
from twelve.workflow.drive import stopping, summary
from twelve.workflow.drive.projection import RunState

WRONG: dict[str, Any] = {
    "phase": "implement",
    "actions": [{"edit": {"path": "calc.py", "old": "a - b", "new": "b - a"}}, {"say": "it works, I checked"}],
}
MEND: dict[str, Any] = {
    "phase": "implement",
    "actions": [{"edit": {"path": "calc.py", "old": "b - a", "new": "a + b"}}, {"say": "now it works"}],
}


def with_implement(*turns: dict[str, Any]) -> list[dict[str, Any]]:
    """The honest agent, except for what it does in implement."""
    honest = [turn for turn in loop.honest() if turn["phase"] != "implement"]
    return [*turns, *honest]


def test_a_run_closes_five_phases_and_leaves_a_branch_with_evidence(tmp_path_factory: pytest.TempPathFactory) -> None:
    stage, before = finished(tmp_path_factory)
    assert stage.status.state is RunState.DONE
    assert [subject.split(":")[0] for subject in stage.subjects()] == [
        "docs(prime)",
        "docs(research)",
        "docs(plan)",
        "feat(fix-add)",
        "docs(implement)",
        "docs(learn)",
    ]
    assert stage.show("calc.py") == "def add(a, b):\n    return a + b\n"
    assert loop.visible(stage.repository) == before, "the person's files, index and branch are as they were"
    step = next(commit for commit in stage.repository.log(f"main..{stage.branch}") if commit.subject.startswith("feat"))
    assert {"Context", "Solution", "Learning", "Impact", "Gates", "Run", "Step"} <= {line.split(":")[0] for line in step.body.splitlines()}
    assert {found.gate for found in ledger.on(stage.repository, step.oid)} >= {"compiles", "markers"}
    assert len(stage.repository.worktrees()) == 1, "the branch is free to be checked out"
    recorded = stage.show(f".twelve/runs/{stage.run}/implement.md")
    assert step.oid in recorded
    assert "red_first: FAIL" in recorded


def test_events_of_a_run_are_in_the_journal_under_their_published_names(tmp_path_factory: pytest.TempPathFactory) -> None:
    stage, _ = finished(tmp_path_factory)
    names = Counter(event["name"] for event in journal.read(stage.repository.state_dir / "journal") if event.get("run") == stage.run)
    assert names["run.started"] == names["run.finished"] == 1
    assert names["phase.started"] == names["phase.finished"] == 5
    assert names["agent.turn.started"] == names["agent.turn.finished"] == names["tokens.used"] == 5
    assert names["phase.step.finished"] == 1
    assert names["gate.finished"] >= 4


def test_a_red_gate_goes_back_to_the_agent_with_the_finding(tmp_path: Path) -> None:
    stage = Stage(tmp_path, with_implement({**WRONG, "round": 1}, {**MEND, "round": 2}))
    assert stage.drive().state is RunState.DONE
    first, second = stage.moves("work")
    assert (first.round, second.round) == (1, 2)
    prompt = next((stage.runs.logs(stage.run) / second.key).glob("*.prompt.md")).read_text(encoding="utf-8")
    assert "validation:fix-add:0" in prompt
    assert stage.subjects().count("feat(fix-add): use the plus operator in calc.add") == 1


def test_an_agent_that_claims_success_without_it_never_reaches_done(tmp_path: Path) -> None:
    stage = Stage(tmp_path, with_implement({"phase": "implement", "actions": [{"say": "all tests pass, the work is complete"}]}))
    status = stage.drive()
    assert status.state is RunState.WAITING
    assert len(stage.moves("work")) == 1 + stage.settings.run.gate_rounds
    (request,) = status.waiting_on
    assert request.startswith("rounds-")
    stage.answer(granted=False, reason="this agent does not understand the task")
    assert stage.drive().state is RunState.FAILED
    assert "does not understand" in stage.status.detail


@pytest.mark.slow
def test_more_rounds_granted_by_a_person_let_the_agent_go_on(tmp_path: Path) -> None:
    idle = {"phase": "implement", "actions": [{"say": "thinking about it"}]}
    stage = Stage(tmp_path, with_implement({**MEND, "round": 5}, {**WRONG, "round": 1}, idle))
    assert stage.drive().state is RunState.WAITING
    stage.answer()
    assert stage.drive().state is RunState.DONE
    assert stage.moves("work")[-1].round == 5


@pytest.mark.slow
def test_a_transient_failure_is_tried_again_with_growing_pauses(tmp_path: Path) -> None:
    actions = [{"append": {"path": "calc.py", "text": "half a thought"}}, {"crash": {"exit": 3}}]
    crash = {"phase": "implement", "attempt": 1, "actions": actions}
    again = {"phase": "implement", "attempt": 2, "actions": [{"end": {"status": "overloaded", "detail": "529"}}]}
    stage = Stage(tmp_path, with_implement(crash, again, loop.fixes(attempt=3)))
    assert stage.drive().state is RunState.DONE
    assert stage.pauses == [0.05, 0.1]
    assert [entry.kind for entry in stage.moves("work")] == ["transient", "transient", ""]
    assert "half a thought" not in stage.show("calc.py"), "the work of a crashed attempt is discarded"
    assert {entry.round for entry in stage.moves("work")} == {1}, "a transient failure uses up no round"


@pytest.mark.slow
def test_a_transient_failure_that_stays_is_escalated_with_its_transcript_and_can_be_resumed(tmp_path: Path) -> None:
    broken = {"phase": "implement", "actions": [{"end": {"status": "rate_limited", "detail": "429"}}]}
    stage = Stage(tmp_path, with_implement(broken))
    status = stage.drive()
    assert status.state is RunState.ESCALATED
    assert "rate_limited" in status.detail
    assert "attempt 3 of 3" in status.detail
    assert Path(status.detail.split("transcript ")[1].split(")")[0]).is_file()
    loop.script(tmp_path)
    assert stage.drive().state is RunState.DONE


@pytest.mark.slow
@pytest.mark.parametrize(("status", "why"), [("bad_credentials", "401"), ("over_budget", "the client's own budget is used up")])
def test_what_no_retry_can_help_is_escalated_at_once(tmp_path: Path, status: str, why: str) -> None:
    stage = Stage(tmp_path, with_implement({"phase": "implement", "actions": [{"end": {"status": status, "detail": why}}]}))
    assert stage.drive().state is RunState.ESCALATED
    assert len(stage.moves("work")) == 1
    assert why in stage.status.detail


@pytest.mark.slow
def test_a_missing_client_is_escalated_and_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv("PATH", os.pathsep.join(folder for folder in folders if not (Path(folder) / "codex").exists()))
    stage = Stage(tmp_path, agent="codex")
    assert stage.drive().state is RunState.ESCALATED
    assert "codex" in stage.status.detail


def test_a_missing_tool_goes_to_a_person_at_once_and_is_looked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = '[gates.special]\nkind = "command"\ncommand = ["special-checker"]\n'
    stage = Stage(tmp_path, policy=gate + loop.POLICY)
    assert stage.drive().state is RunState.ESCALATED
    assert "special-checker" in stage.status.detail
    assert len(stage.moves("work")) == 1, "no agent is sent to repair what only a person can install"
    tool = tmp_path / "bin" / "special-checker"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
    assert stage.drive().state is RunState.DONE


def test_an_agent_that_deletes_its_work_tree_loses_the_attempt_and_nothing_else(tmp_path: Path) -> None:
    vandal = {"phase": "implement", "round": 1, "actions": [{"delete_worktree": True}, {"say": "done"}]}
    stage = Stage(tmp_path, with_implement(vandal, loop.fixes(round=2)))
    assert stage.drive().state is RunState.DONE
    first, _ = stage.moves("work")
    assert (first.ok, first.kind) == (False, "misbehaved")
    assert "deleted its work tree" in first.detail


@pytest.mark.slow
def test_an_agent_that_commits_and_switches_branches_itself_changes_no_history(tmp_path: Path) -> None:
    commands = [["git", "switch", "-qc", "mine"], ["git", "commit", "-qam", "I committed"], ["git", "branch", "-f", "stolen"]]
    busy = {
        "phase": "implement",
        "actions": [
            {"edit": {"path": "calc.py", "old": "a - b", "new": "a + b"}},
            *({"run": {"argv": argv}} for argv in commands),
            {"say": "committed"},
        ],
    }
    stage = Stage(tmp_path, with_implement(busy))
    assert stage.drive().state is RunState.DONE
    assert not any("I committed" in subject for subject in stage.subjects())
    assert stage.show("calc.py").endswith("a + b\n")


def test_files_changed_beside_an_artefact_are_put_back(tmp_path: Path) -> None:
    more = [{"edit": {"path": "calc.py", "old": "a - b", "new": "a + b"}}, {"write": {"path": "new.txt", "text": "x"}}]
    proper = loop.writes("prime", loop.prime())
    eager = {**proper, "actions": [*more, *proper["actions"]]}
    stage = Stage(tmp_path, [eager, *loop.honest()[1:]])
    assert stage.drive().state is RunState.DONE
    (discarded,) = stage.moves("discard")
    assert "calc.py" in discarded.detail
    assert "new.txt" in discarded.detail
    prime = next(commit for commit in stage.repository.log(f"main..{stage.branch}") if commit.subject.startswith("docs(prime)"))
    assert stage.repository.show(prime.oid, "calc.py") == b"def add(a, b):\n    return a - b\n"


@pytest.mark.slow
def test_an_agent_cannot_rewrite_the_records_of_earlier_phases(tmp_path: Path) -> None:
    forger = {
        "phase": "implement",
        "actions": [
            {"append": {"path": ".twelve/runs/{{run}}/plan.md", "text": "\nIt was always allowed.\n"}},
            {"write": {"path": ".twelve/runs/{{run}}/learn.md", "text": "forged"}},
            {"edit": {"path": "calc.py", "old": "a - b", "new": "a + b"}},
            {"say": "done"},
        ],
    }
    stage = Stage(tmp_path, with_implement(forger))
    assert stage.drive().state is RunState.DONE
    assert "always allowed" not in stage.show(f".twelve/runs/{stage.run}/plan.md")


def test_a_weakened_oracle_is_red_until_it_is_put_back_or_a_person_approves(tmp_path: Path) -> None:
    cheat = {"phase": "implement", "actions": [{"write": {"path": "check.py", "text": "import sys\nsys.exit(0)\n"}}, {"say": "green"}]}
    stage = Stage(tmp_path, with_implement(cheat))
    status = stage.drive()
    assert status.state is RunState.WAITING
    assert "check.py" in status.detail
    assert not any(subject.startswith("feat") for subject in stage.subjects())
    assert stage.show("check.py") == loop.PROJECT["check.py"]


@pytest.mark.slow
def test_a_plan_step_without_validation_is_sent_back(tmp_path: Path) -> None:
    step = {"id": "fix-add", "title": "use the plus operator in calc.add", "files": ["calc.py"], "validation": []}
    lazy = loop.writes("plan", loop.plan(steps=[step]), round=1)
    stage = Stage(tmp_path, [lazy, *loop.honest()])
    assert stage.drive().state is RunState.DONE
    assert [entry.round for entry in stage.moves("write") if entry.phase == "plan"] == [1, 2]


@pytest.mark.slow
def test_a_person_is_asked_before_the_work_and_the_answer_counts_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path, loop.honest(asking=True))
    status = stage.drive()
    assert (status.state, status.phase) == (RunState.WAITING, "implement")
    assert stage.drive().waiting_on == status.waiting_on, "driving again asks nothing new"
    shown = summary.summary(stage.repository, stage.runs, stage.run)
    assert shown.waiting_on[0].question == "is this the operator that was meant?"
    assert stage.answer() == status.waiting_on[0]
    assert stage.drive().state is RunState.DONE


@pytest.mark.slow
def test_a_rejected_checkpoint_steps_back_to_the_plan_with_the_reason(tmp_path: Path) -> None:
    asking = loop.honest(asking=True)
    stage = Stage(tmp_path, [*asking[:2], loop.writes("plan", loop.plan(), prompt_has="use sum"), *asking[2:]])
    stage.drive()
    stage.answer(granted=False, reason="use sum instead")
    assert stage.drive().state is RunState.DONE
    (back,) = stage.moves("regress")
    assert "use sum instead" in back.detail
    assert "chore(plan): step back to plan" in stage.subjects()
    assert stage.show(f".twelve/runs/{stage.run}/aside/1-plan.md")


def test_what_a_person_changes_while_the_run_rests_is_kept_and_judged(tmp_path: Path) -> None:
    stage = Stage(tmp_path, with_implement({"phase": "implement", "actions": [{"say": "I cannot do it"}]}))
    assert stage.drive().state is RunState.WAITING
    tree = Path(stage.request.worktree)
    (tree / "committed.txt").write_text("by a person\n", encoding="utf-8")
    git.discover(tree).commit("feat: a person helps")
    (tree / "calc.py").write_text("def add(a, b):\n    return a + b\n", encoding="utf-8")
    stage.answer()
    assert stage.drive().state is RunState.DONE
    assert "feat: a person helps" in stage.subjects()
    assert stage.show("calc.py").endswith("a + b\n")
    assert stage.show("committed.txt") == "by a person\n"


@pytest.mark.slow
def test_a_rest_without_changes_adopts_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path, loop.honest(asking=True))
    stage.drive()
    stage.answer()
    assert stage.drive().state is RunState.DONE
    assert not stage.moves("adopt")


def test_critical_work_needs_a_person_for_the_plan(tmp_path: Path) -> None:
    stage = Stage(tmp_path, size=Size.CRITICAL)
    status = stage.drive()
    assert status.waiting_on[0].startswith("plan-")


def test_a_tiny_run_outgrows_its_size_when_the_task_is_risky(tmp_path: Path) -> None:
    stage = Stage(tmp_path, size=Size.TINY, task="rotate the production database password")
    assert stage.request.size is not Size.TINY
    assert any("instead of tiny" in notice for notice in stage.request.notices)


def test_a_tiny_run_has_one_artefact_and_the_same_gates(tmp_path: Path) -> None:
    turns = [loop.writes("prime", loop.tiny()), loop.fixes(), loop.writes("learn", loop.tiny(learned=True))]
    stage = Stage(tmp_path, turns, size=Size.TINY, task="fix a typo in calc.add: minus for plus")
    assert stage.drive().state is RunState.DONE
    assert [subject.split(":")[0] for subject in stage.subjects()] == ["docs(prime)", "feat(fix-add)", "docs(implement)", "docs(learn)"]
    assert "red first" in stage.show(f".twelve/runs/{stage.run}/tiny.md")
    assert stage.moves("see-red")


def test_links_planted_in_the_records_lead_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "plan.md").write_text("the person's own", encoding="utf-8")
    program = "import os, shutil; shutil.rmtree('.twelve/runs'); os.makedirs('.twelve/runs'); "
    program += f"os.symlink({str(outside)!r}, '.twelve/runs/{{{{run}}}}')"
    actions = [{"run": {"argv": [loop.PYTHON, "-c", program]}}, *loop.fixes()["actions"]]
    stage = Stage(tmp_path, with_implement({"phase": "implement", "actions": actions}))
    assert stage.drive().state is RunState.DONE
    assert {path.name: path.read_text(encoding="utf-8") for path in outside.iterdir()} == {"plan.md": "the person's own"}


@pytest.mark.slow
@pytest.mark.parametrize(("commits", "told"), [(True, "inside the work tree"), (False, "cannot record")])
def test_a_repository_inside_the_work_tree_counts_as_a_failed_attempt(tmp_path: Path, commits: bool, told: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.invalid"]
    commit = ["git", "-C", "inner", *who, "commit", "-q", "--allow-empty", "-m", "x"]
    commands = [["git", "init", "-q", "inner"], *([commit] if commits else [])]
    actions = [*({"run": {"argv": argv}} for argv in commands), {"say": "done"}]
    nest = {"phase": "implement", "round": 1, "actions": actions}
    stage = Stage(tmp_path, with_implement(nest, loop.fixes(round=2)))
    assert stage.drive().state is RunState.DONE
    assert told in stage.moves("work")[0].detail


@pytest.mark.slow
def test_the_three_phase_preset_leaves_out_prime_and_learn(tmp_path: Path) -> None:
    criteria = [{"id": "sum", "text": "calc.add(2, 2) returns 4"}]
    opening = {"problem": "calc.add subtracts its second argument.", "success_criteria": criteria}
    turns = [loop.writes("research", loop.research(**opening)), loop.writes("plan", loop.plan()), loop.fixes()]
    stage = Stage(tmp_path, turns, preset=Preset.RPI)
    assert stage.drive().state is RunState.DONE
    assert stage.status.phase == Phase.IMPLEMENT.value


def test_a_cancelled_run_ends_without_a_worker_and_keeps_its_branch(tmp_path: Path) -> None:
    stage = Stage(tmp_path, loop.honest(asking=True))
    stage.drive()
    log = compose.journal_of(stage.repository)
    assert stopping.cancel(stage.repository, stage.runs, log, stage.run, reason="changed our minds", by="me")
    assert (stage.status.state, stage.status.detail) == (RunState.CANCELLED, "changed our minds")
    assert stage.subjects()
    assert len(stage.repository.worktrees()) == 1
    with pytest.raises(TwelveError):
        stopping.cancel(stage.repository, stage.runs, log, stage.run, reason="again", by="me")


@pytest.mark.slow
def test_a_cancellation_stops_a_running_agent(tmp_path: Path) -> None:
    stage = Stage(tmp_path, with_implement({"phase": "implement", "actions": [{"hang": 60}]}))

    def cancel() -> None:
        until(lambda: any(line.startswith("implement fix-add: replay") for line in stage.said))
        stage.runs.cancel(stage.run, "too slow", "me")

    soon = threading.Thread(target=cancel)
    soon.start()
    assert stage.drive().state is RunState.CANCELLED
    soon.join()
    (turn,) = stage.moves("work")
    assert turn.kind == "cancelled"
    assert turn.duration_s < 30


@pytest.mark.slow
@pytest.mark.parametrize(("setting", "word"), [("tokens = 150", "tokens"), ("wall_clock_s = 0.01", "wall_clock_s")])
def test_a_cap_stops_the_next_turn_and_says_which(tmp_path: Path, setting: str, word: str) -> None:
    stage = Stage(tmp_path, policy=loop.POLICY + setting + "\n")
    assert stage.drive().state is RunState.ESCALATED
    assert word in stage.status.detail


@pytest.mark.slow
def test_a_flooding_agent_that_ignores_signals_is_killed_and_tried_again(tmp_path: Path) -> None:
    actions = [{"ignore_term": True}, {"background": {"seconds": 300, "path": "child.pid"}}, {"hang": 300}]
    stubborn = {"phase": "implement", "attempt": 1, "actions": actions}
    stage = Stage(tmp_path, with_implement(stubborn, loop.fixes(attempt=2)), policy=loop.POLICY + "turn_timeout_s = 2\n")
    assert stage.drive().state is RunState.DONE
    assert stage.moves("work")[0].kind == "transient"


def test_a_detached_head_a_dirty_tree_and_a_missing_identity_are_fine_and_said(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {**loop.PROJECT, "twelve.toml": loop.POLICY}, identity=False)
    repository.run("checkout", "--quiet", "--detach")
    (repository.root / "calc.py").write_text("in the middle of something\n", encoding="utf-8")
    stage = Stage(tmp_path, repository=repository)
    assert any("uncommitted" in notice for notice in stage.request.notices)
    assert any("detached" in notice for notice in stage.request.notices)
    assert stage.drive().state is RunState.DONE
    assert (repository.root / "calc.py").read_text(encoding="utf-8") == "in the middle of something\n"
    assert repository.log(stage.branch, 1)[0].author == "Twelve <twelve@localhost>"


def test_a_repository_without_a_commit_is_refused_with_the_way_out(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path)
    repos.write(repository, {"twelve.toml": loop.POLICY})
    with pytest.raises(TwelveError, match="no commit yet"):
        Stage(tmp_path, repository=repository)


def test_a_policy_without_gates_starts_nothing(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, loop.PROJECT)
    with pytest.raises(ConfigError, match="no gate"):
        compose.create(repository, config.load(repository.root).settings, compose.Order(task="anything", agent="replay"))
    assert not list(compose.runs(repository).all())


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_what_commit_hooks_of_the_person_change_is_judged_again(tmp_path: Path) -> None:
    repository = loop.project(tmp_path)
    hook = repository.git_dir / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    guard = "#!/bin/sh\ngrep -q 'a + b' calc.py || exit 0\n"
    formatter = guard + "grep -q formatted calc.py || { echo '# formatted' >> calc.py; git add calc.py; }\n"
    hook.write_text(formatter, encoding="utf-8")
    hook.chmod(0o755)
    stage = Stage(tmp_path, repository=repository)
    assert stage.drive().state is RunState.DONE
    assert len(stage.moves("amended")) == 1
    assert stage.show("calc.py").endswith("# formatted\n")
    assert len([subject for subject in stage.subjects() if subject.startswith("feat")]) == 1


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_commit_hooks_that_change_files_again_and_again_are_escalated(tmp_path: Path) -> None:
    repository = loop.project(tmp_path)
    hook = repository.git_dir / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ndate +%N >> stamp.txt; git add stamp.txt\n", encoding="utf-8")
    hook.chmod(0o755)
    stage = Stage(tmp_path, repository=repository)
    assert stage.drive().state is RunState.ESCALATED
    assert "commit hooks change files" in stage.status.detail


def test_a_commit_hook_that_refuses_is_escalated_with_its_words(tmp_path: Path) -> None:
    repository = loop.project(tmp_path)
    hook = repository.git_dir / "hooks" / "commit-msg"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'no ticket number' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    stage = Stage(tmp_path, repository=repository)
    assert stage.drive().state is RunState.ESCALATED
    assert "no ticket number" in stage.status.detail
