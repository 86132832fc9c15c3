"""A gate that only a person's reading of exactly this diff can turn green."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit import loop
from kit.stage import Stage
from twelve.workflow.drive import summary
from twelve.workflow.drive.projection import RunState

pytestmark = pytest.mark.slow

POLICY = (
    loop.POLICY
    + """
[gates.review]
kind = "diff_review"
options = { mode = "human" }

[suites]
quick = ["compiles"]
"""
)


def test_a_person_reads_the_diff_lets_it_pass_and_the_run_goes_on(tmp_path: Path) -> None:
    stage = Stage(tmp_path, policy=POLICY)
    assert stage.drive().state is RunState.WAITING
    told = summary.summary(stage.repository, stage.runs, stage.run)
    assert [asked.kind for asked in told.waiting_on] == ["diff"]
    assert "+    return a + b" in _shown(stage, told.next[0])
    stage.answer()
    assert stage.drive().state is RunState.DONE


def test_a_rejected_diff_goes_back_to_the_agent_with_the_reason(tmp_path: Path) -> None:
    stage = Stage(tmp_path, policy=POLICY)
    stage.drive()
    stage.answer(granted=False, reason="use the sum builtin instead")
    stage.drive()
    repairs = [entry for entry in stage.moves("work") if entry.data["why"]]
    assert repairs
    assert "use the sum builtin instead" in repairs[0].data["why"][0]
    assert stage.status.state is not RunState.DONE, "nothing changed, so nothing may pass"


def test_an_answer_counts_for_the_diff_it_names_and_no_other(tmp_path: Path) -> None:
    stage = Stage(tmp_path, policy=POLICY)
    stage.drive()
    stage.answer()
    (Path(stage.request.worktree) / "extra.py").write_text("print('nobody read this')\n", encoding="utf-8")
    assert stage.drive().state is RunState.WAITING
    (asked,) = summary.summary(stage.repository, stage.runs, stage.run).waiting_on
    assert asked.kind == "diff"


def _shown(stage: Stage, line: str) -> str:
    """What the printed command prints; its arguments are split as a shell would split them."""
    assert line.startswith("read the diff: git diff ")
    base, kept = line.removeprefix("read the diff: git diff ").split()[:2]
    return stage.repository.run("diff", base, kept, "--", ".", ":!.twelve").decode()
