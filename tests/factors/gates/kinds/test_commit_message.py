from __future__ import annotations

from pathlib import Path

import pytest

from kit import judging, repos
from twelve.model.verdict import Outcome, Report
from twelve.system import git

GOOD = "feat(parser): read dates without zone\n\nContext: why\n\nSolution: how\n\nLearning: that\n\nImpact: 3 files\n"
WORKFLOW = "feat: add cache table\n\n## What\nA cache.\n\n## Why\nSlow reads.\n\n## Validation\ntests pass\n"
POSTMORTEM = "postmortem(deploy): canary served errors\n\nIncident: 4 % errors\nRoot cause: no interval\nFix: interval added\n"
BULLETS = "security: rotate deploy keys\n\n- rotate the key\n\nFactor IV: scans gate the build\n"


def _handed(tmp_path: Path, message: str, **options: object) -> Report:
    return judging.ask(repos.new_repository(tmp_path, {"a": "1"}), "commit_message", options, facts={"commit_message": message})


@pytest.mark.parametrize("message", [GOOD, WORKFLOW, POSTMORTEM, BULLETS])
def test_every_dialect_passes_when_complete(tmp_path: Path, message: str) -> None:
    assert _handed(tmp_path, message).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("message", "section"),
    [
        (GOOD.replace("Learning: that\n", ""), "Learning"),
        (GOOD.replace("why", "TODO"), "Context"),
        (WORKFLOW.replace("## Validation\ntests pass\n", ""), "Validation"),
        (POSTMORTEM.replace("Root cause: no interval\n", ""), "Root cause"),
    ],
)
def test_the_missing_section_is_named_as_the_dialect_writes_it(tmp_path: Path, message: str, section: str) -> None:
    report = _handed(tmp_path, message)
    assert judging.rules(report) == ["message-missing-section"]
    assert f"the section {section} " in report.findings[0].message


def test_four_sections_can_be_demanded_of_every_dialect(tmp_path: Path) -> None:
    report = _handed(tmp_path, WORKFLOW, strictness="four")
    assert ["Learning" in finding.message or "Impact" in finding.message for finding in report.findings] == [True, True]


def test_header_strictness_looks_at_the_first_line_only(tmp_path: Path) -> None:
    assert _handed(tmp_path, "docs: name the open ports\n", strictness="header").outcome is Outcome.PASS
    assert judging.rules(_handed(tmp_path, "docs: update\n", strictness="header")) == ["message-generic-subject"]


@pytest.mark.parametrize("subject", ["update", "fix: stuff", "chore: ai changes", "feat(x): wip"])
def test_generic_subjects_are_red(tmp_path: Path, subject: str) -> None:
    message = GOOD.replace("feat(parser): read dates without zone", subject)
    assert "message-generic-subject" in judging.rules(_handed(tmp_path, message))


def test_types_are_the_policys(tmp_path: Path) -> None:
    message = GOOD.replace("feat(parser)", "infra(parser)")
    assert judging.rules(_handed(tmp_path, message)) == ["message-type"]
    assert _handed(tmp_path / "other", message, types=["infra"]).outcome is Outcome.PASS


def test_a_body_without_sections_and_no_body_are_red(tmp_path: Path) -> None:
    assert judging.rules(_handed(tmp_path, "docs: name the open ports\n")) == ["message-no-sections"]
    assert judging.rules(_handed(tmp_path / "b", "docs: name the open ports\n\nbecause\n")) == ["message-no-sections"]


def test_an_empty_or_commented_message_is_red(tmp_path: Path) -> None:
    assert "message-empty" in judging.rules(_handed(tmp_path, "# only a comment\n"))


def _history(tmp_path: Path, *messages: str) -> tuple[git.Repository, str]:
    repository = repos.new_repository(tmp_path, {"a": "0"})
    base = repository.head() or ""
    for number, message in enumerate(messages):
        repos.write(repository, {"a": f"{number + 1}"})
        repos.commit_fixed(repository, message)
    return repository, base


def test_one_good_commit_does_not_hide_a_bad_one(tmp_path: Path) -> None:
    repository, base = _history(tmp_path, GOOD, "update\n", GOOD)
    report = judging.ask(repository, "commit_message", base=base)
    bad = repository.resolve("HEAD~1") or ""
    assert report.outcome is Outcome.FAIL
    assert all(f"commit {bad[:12]}:" in finding.message for finding in report.findings)
    assert {"message-type", "message-generic-subject", "message-no-sections"} == set(judging.rules(report))


def test_the_newest_commit_is_judged_when_nothing_is_ahead_of_the_base(tmp_path: Path) -> None:
    repository, _ = _history(tmp_path, "update\n")
    assert judging.ask(repository, "commit_message").outcome is Outcome.FAIL


def test_a_good_draft_does_not_cover_for_bad_history(tmp_path: Path) -> None:
    repository, base = _history(tmp_path, "update\n")
    repos.write(repository, {".twelve/commit-message": GOOD})
    assert judging.ask(repository, "commit_message", base=base).outcome is Outcome.FAIL


def test_a_draft_is_judged_beside_the_history(tmp_path: Path) -> None:
    repository, base = _history(tmp_path, GOOD)
    assert judging.ask(repository, "commit_message", base=base).outcome is Outcome.PASS
    repos.write(repository, {".twelve/commit-message": "update\n"})
    report = judging.ask(repository, "commit_message", base=base)
    assert all(finding.message.startswith("draft:") for finding in report.findings)


def test_merges_are_exempt_and_counted(tmp_path: Path) -> None:
    repository, base = _history(tmp_path, GOOD)
    repository.run("checkout", "-q", "-b", "side", base)
    repos.write(repository, {"b": "1"})
    repos.commit_fixed(repository, GOOD)
    repository.run("merge", "-q", "--no-ff", "-m", "whatever git said", "main")
    report = judging.ask(repository, "commit_message", base=base)
    assert report.outcome is Outcome.PASS
    assert report.summary == "3 messages judged, 1 of them exempt"


def test_a_merge_is_still_one_in_a_shallow_clone(tmp_path: Path) -> None:
    repository, base = _history(tmp_path, GOOD)
    repository.run("checkout", "-q", "-b", "side", base)
    repos.write(repository, {"b": "1"})
    repos.commit_fixed(repository, GOOD)
    repository.run("merge", "-q", "--no-ff", "-m", "whatever git said", "main")
    repository.run("clone", "-q", "--depth", "1", f"file://{repository.root}", str(tmp_path / "shallow"))
    assert judging.ask(git.discover(tmp_path / "shallow"), "commit_message").outcome is Outcome.PASS


def test_a_made_up_merge_subject_is_no_exemption_for_a_commit(tmp_path: Path) -> None:
    repository, base = _history(tmp_path, "Merge branch 'x'\n")
    assert judging.ask(repository, "commit_message", base=base).outcome is Outcome.FAIL


def test_an_unborn_branch_has_nothing_to_check(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path)
    assert judging.ask(repository, "commit_message").outcome is Outcome.ERROR


def test_a_base_that_is_not_here_is_an_error(tmp_path: Path) -> None:
    repository, _ = _history(tmp_path, GOOD)
    assert judging.ask(repository, "commit_message", base="0" * 40).outcome is Outcome.ERROR


def test_a_message_that_is_not_utf8_is_judged(tmp_path: Path) -> None:
    repository, base = _history(tmp_path, GOOD)
    tree = repository.tree_of("HEAD")
    raw = repository.run("commit-tree", tree, "-p", "HEAD", stdin=b"feat: caf\xe9 opens\n\nContext: \xff\xfe words\n").decode().strip()
    repository.run("reset", "-q", "--hard", raw)
    assert judging.rules(judging.ask(repository, "commit_message", base=base)) == ["message-missing-section"] * 3
