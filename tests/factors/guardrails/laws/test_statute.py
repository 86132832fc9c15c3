"""What each law says about a commit, a run and a repository."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.guardrails.laws import statute
from twelve.factors.guardrails.laws.evidence import CommitFacts, RepositoryFacts, SessionFacts, Violation
from twelve.factors.memory import dialects
from twelve.model.settings import LawSettings

WHOLE = """feat(api): answer in JSON

Context: clients parsed HTML.
Solution: one encoder for every handler.
Learning: two handlers never set a content type.
Impact: 3 clients dropped their parser.
"""
SETTINGS = LawSettings()


def commit(text: str, *, author: str = "", parents: int | None = 1, validated: bool | None = None) -> CommitFacts:
    exempt = dialects.exemption(text, parents=parents, author=author)
    return CommitFacts(oid="1" * 40, message=dialects.parse(text), exempt=exempt, validated=validated)


def laws(*violations: Violation) -> list[str]:
    return [violation.law for violation in violations]


def judge(text: str, *, lawset: str = "") -> list[str]:
    return laws(*statute.judge_commit(commit(text), SETTINGS, lawset=lawset))


def test_a_commit_with_all_four_sections_keeps_every_law() -> None:
    assert judge(WHOLE) == []


@pytest.mark.parametrize(
    "learning", ["", "Learning: none", "Learning: tbd", "Learning: n/a", "Learning: answer in JSON.", "Learning: it works"]
)
def test_a_learning_that_says_nothing_breaks_law_1(learning: str) -> None:
    assert judge(WHOLE.replace("Learning: two handlers never set a content type.", learning)) == ["L1"]


@pytest.mark.parametrize(
    "section",
    ["Context: clients parsed HTML.\n", "Solution: one encoder for every handler.\n", "Impact: 3 clients dropped their parser.\n"],
)
def test_a_missing_section_breaks_law_3(section: str) -> None:
    assert judge(WHOLE.replace(section, "")) == ["L3"]


@pytest.mark.parametrize(
    ("impact", "kept"), [("much better now", False), ("not yet measured", True), ("two clients fewer", True), ("p95 40 ms", True)]
)
def test_an_impact_has_a_quantity_or_says_that_nobody_measured(impact: str, kept: bool) -> None:
    assert (judge(WHOLE.replace("3 clients dropped their parser.", impact)) == []) is kept


@pytest.mark.parametrize("type", SETTINGS.strict_types)
def test_types_that_change_behaviour_need_the_sections(type: str) -> None:
    assert judge(f"{type}: something small\n") == ["L1", "L3"]


@pytest.mark.parametrize(
    ("text", "parents"),
    [
        ("chore: tidy", 1),
        ("docs(bundle): session", 1),
        ("Fix typo", 1),
        ("Merge branch 'x'", 2),
        ('Revert "feat: x"\n\nThis reverts commit 1234567.', 1),
        ("fixup! feat: x", 1),
    ],
)
def test_small_and_generated_commits_are_exempt(text: str, parents: int) -> None:
    assert statute.judge_commit(commit(text, parents=parents), SETTINGS) == ()


def test_a_bot_is_exempt() -> None:
    assert statute.judge_commit(commit("fix(deps): bump x", author="dependabot[bot] <x@y>"), SETTINGS) == ()


@pytest.mark.parametrize(("validated", "expected"), [(True, []), (False, ["L4"]), (None, [])])
def test_law_4_wants_evidence_for_exactly_this_content(validated: bool | None, expected: list[str]) -> None:
    assert laws(*statute.judge_commit(commit(WHOLE, validated=validated), SETTINGS)) == expected


def test_the_older_reading_has_no_validation_law_for_commits() -> None:
    assert statute.judge_commit(commit(WHOLE, validated=False), SETTINGS, lawset="seed-001") == ()


def test_a_run_that_closed_owes_a_learning_and_an_improvement() -> None:
    run = SessionFacts(run="r1", closed=True, unvalidated=("s1",), unapproved=("s2",), suggestions=2, rationale=False, alternatives=1)
    found = statute.tally({}, lawset="v1", settings=SETTINGS, sessions=[run])
    assert {law.law: len(law.violations) for law in found} == {"1": 1, "2": 1, "3": 2, "4": 2, "5": 0, "C1": 0, "C2": 1}


def test_a_run_that_is_still_open_owes_nothing_yet() -> None:
    found = statute.tally({}, lawset="v1", settings=SETTINGS, sessions=[SessionFacts(run="r1")])
    assert {law.percent for law in found} == {None}


def test_nothing_to_judge_is_no_compliance() -> None:
    assert [law.percent for law in statute.tally({}, lawset="v1", settings=SETTINGS)] == [None] * 7
    empty = statute.tally({}, lawset="v1", settings=SETTINGS, repository=RepositoryFacts())
    assert [law.percent for law in empty] == [None] * 7


def test_a_repository_shows_every_law() -> None:
    facts = RepositoryFacts(
        commits=3,
        clusters=("flaky clock",),
        improvement_age_days=9,
        undecided=("db/",),
        gates_in_ci=False,
        hooks="commit-msg is missing",
        hook_scripts=1,
        looping_hooks=("pre-commit:3",),
        patterns=1,
        unpublished=("retry",),
        workflows=2,
    )
    found = statute.tally({}, lawset="v1", settings=SETTINGS, repository=facts)
    assert {law.law: len(law.violations) for law in found} == {"1": 1, "2": 1, "3": 1, "4": 2, "5": 1, "C1": 1, "C2": 1}


def test_both_readings_number_seven_checks_and_five() -> None:
    assert list(statute.LAWSETS["v1"].values()) == ["L1", "L2", "L3", "L4", "L5", "C1", "C2"]
    assert list(statute.LAWSETS["seed-001"].values()) == ["L1", "L2", "L3", "C1", "C2"]


@given(st.text(max_size=300), st.sampled_from(sorted(statute.LAWSETS)))
def test_any_message_can_be_judged_and_every_violation_names_a_remedy(text: str, lawset: str) -> None:
    found = statute.judge_commit(commit(text), SETTINGS, lawset=lawset)
    assert all(violation.remedy and violation.message for violation in found)


@given(st.lists(st.booleans(), max_size=12))
def test_the_share_kept_is_what_was_kept_of_what_was_judged(kept: list[bool]) -> None:
    commits = [commit(WHOLE if good else "feat: bare") for good in kept]
    first = statute.tally({}, lawset="v1", settings=SETTINGS, commits=commits)[0]
    assert (first.judged, first.kept) == (len(kept), sum(kept))
    assert first.percent == (round(100 * sum(kept) / len(kept), 1) if kept else None)
