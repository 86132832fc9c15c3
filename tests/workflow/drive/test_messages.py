from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.stage import finished
from twelve.factors.memory import dialects
from twelve.workflow.drive import messages
from twelve.workflow.drive.projection import RunState

SECTIONS = ("context", "solution", "learning", "impact")


@given(st.text(max_size=300), st.text(max_size=300))
def test_hostile_texts_of_agents_cannot_break_out_of_their_section(problem: str, title: str) -> None:
    sections = {"Context": problem, "Solution": title, "Learning": "something was learned", "Impact": "3 of 3"}
    text = messages.assemble("feat(x): a subject", sections, messages.key_trailer("run", "1-2"))
    lines = text.splitlines()
    assert [line for line in lines if line.startswith(("Run: ", "Step: "))][-2:] == ["Run: run", "Step: 1-2"]
    assert lines[0] == "feat(x): a subject"
    paragraphs = text.split("\n\n")
    assert len(paragraphs) == 3
    assert paragraphs[2] == "Run: run\nStep: 1-2\n"


def test_every_commit_of_a_run_has_the_four_sections_and_the_trailers(tmp_path_factory: pytest.TempPathFactory) -> None:
    stage, _ = finished(tmp_path_factory)
    assert stage.status.state is RunState.DONE
    for commit in stage.repository.log(f"main..{stage.branch}"):
        message = dialects.parse(f"{commit.subject}\n\n{commit.body}")
        assert not message.missing(SECTIONS), commit.subject
        assert len(commit.subject) <= messages.SUBJECT_LIMIT
        assert {"Gates", "Run", "Step"} <= {line.split(":")[0] for line in commit.body.split("\n\n")[-1].splitlines()}
