from __future__ import annotations

from pathlib import Path

import pytest

from kit import judging, repos
from twelve.factors.gates.prove import Result
from twelve.factors.gates.reading import diffs
from twelve.model.verdict import Outcome
from twelve.system import git

_FILES = {"src/a.py": "a = 1\n", "src/b.py": "b = 1\n", "docs/x.md": "x\n", "package-lock.json": "{}\n"}


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path, _FILES)


def test_a_change_inside_the_plan_passes(repository: git.Repository) -> None:
    repos.write(repository, {"src/a.py": "a = 2\n", "src/new.py": "n = 1\n"})
    report = judging.ask(repository, "diff_review", facts={"plan_files": ("src/**",)})
    assert report.outcome is Outcome.PASS
    assert "2 files, 3 lines; the plan" in report.summary


def test_without_a_plan_the_summary_says_that_paths_were_not_compared(repository: git.Repository) -> None:
    repos.write(repository, {"src/a.py": "a = 2\n"})
    assert "no plan" in judging.ask(repository, "diff_review").summary


def test_a_path_outside_the_plan_is_red(repository: git.Repository) -> None:
    repos.write(repository, {"src/a.py": "a = 2\n", "docs/x.md": "y\n", "new/file.txt": "n\n"})
    report = judging.ask(repository, "diff_review", facts={"plan_files": ("src/*.py",)})
    assert [(finding.rule, finding.path) for finding in report.findings] == [
        ("diff-outside-plan", "docs/x.md"),
        ("diff-outside-plan", "new/file.txt"),
    ]


def test_records_are_not_part_of_the_diff(repository: git.Repository) -> None:
    repos.write(repository, {"src/a.py": "a = 2\n", ".twelve/runs/x/plan.md": "plan\n"})
    assert judging.ask(repository, "diff_review", facts={"plan_files": ("src/*.py",)}).outcome is Outcome.PASS


def test_deletions_binaries_generated_files_modes_and_links_are_red(repository: git.Repository) -> None:
    (repository.root / "src/b.py").unlink()
    (repository.root / "src/a.py").chmod(0o755)
    repos.write(repository, {"blob.bin": b"\0\1", "package-lock.json": '{"a": 1}\n'})
    (repository.root / "link").symlink_to("/etc/passwd")
    found = {(finding.rule, finding.path) for finding in judging.ask(repository, "diff_review").findings}
    assert found == {
        ("diff-deleted", "src/b.py"),
        ("diff-mode", "src/a.py"),
        ("diff-binary", "blob.bin"),
        ("diff-generated", "package-lock.json"),
        ("diff-link", "link"),
    }


def test_size_limits_count_lines_and_files(repository: git.Repository) -> None:
    repos.write(repository, {"src/a.py": "a = 1\n" * 11, "src/c.py": "c = 1\n"})
    report = judging.ask(repository, "diff_review", {"max_lines": 10, "max_files": 1})
    assert judging.rules(report) == ["diff-too-large", "diff-too-large"]


def test_rules_can_be_shown_without_blocking(repository: git.Repository) -> None:
    repos.write(repository, {"package-lock.json": '{"a": 1}\n'})
    report = judging.ask(repository, "diff_review", {"note_only": ["diff-generated"]})
    assert (report.outcome, judging.rules(report)) == (Outcome.PASS, ["diff-generated"])


def test_a_clean_tree_is_judged_by_its_newest_commit(repository: git.Repository) -> None:
    repos.write(repository, {"package-lock.json": '{"a": 1}\n'})
    repos.commit_fixed(repository, "chore: lock")
    report = judging.ask(repository, "diff_review")
    assert judging.rules(report) == ["diff-generated"]


def test_the_first_commit_has_no_before(repository: git.Repository) -> None:
    assert judging.ask(repository, "diff_review", {"max_files": 1}).outcome is Outcome.PASS


def test_a_shallow_clone_is_not_taken_for_a_first_commit(tmp_path: Path, repository: git.Repository) -> None:
    repos.write(repository, {"package-lock.json": '{"a": 1}\n'})
    repos.commit_fixed(repository, "chore: lock")
    repository.run("clone", "-q", "--depth", "1", f"file://{repository.root}", str(tmp_path / "shallow"))
    report = judging.ask(git.discover(tmp_path / "shallow"), "diff_review")
    assert report.outcome is Outcome.ERROR
    assert "shallow" in report.reason


def test_an_empty_commit_leaves_nothing_to_check(repository: git.Repository) -> None:
    repos.commit_fixed(repository, "chore: nothing")
    assert judging.ask(repository, "diff_review").outcome is Outcome.ERROR


def test_an_unborn_branch_and_an_unknown_base_are_errors(tmp_path: Path, repository: git.Repository) -> None:
    unborn = repos.new_repository(tmp_path, name="unborn")
    repos.write(unborn, {"a": "1"})
    assert judging.ask(unborn, "diff_review").outcome is Outcome.ERROR
    assert judging.ask(repository, "diff_review", base="0" * 40).outcome is Outcome.ERROR


def test_a_person_approves_exactly_one_diff(repository: git.Repository) -> None:
    repos.write(repository, {"src/a.py": "a = 2\n"})
    report = judging.ask(repository, "diff_review", {"mode": "human"})
    assert judging.rules(report) == ["diff-not-approved"]
    digest = diffs.read(repository, "").digest
    assert digest in report.findings[0].message
    approved = {"approved_diffs": [digest]}
    assert judging.ask(repository, "diff_review", {"mode": "human"}, facts=approved).outcome is Outcome.PASS
    repos.write(repository, {"src/a.py": "a = 3\n"})
    assert judging.ask(repository, "diff_review", {"mode": "human"}, facts=approved).outcome is Outcome.FAIL


def test_an_approval_survives_the_commit_of_the_same_content(repository: git.Repository) -> None:
    base = repository.head() or ""
    repos.write(repository, {"src/a.py": "a = 2\n"})
    digest = diffs.read(repository, base).digest
    repos.commit_fixed(repository, "feat: two")
    assert diffs.read(repository, base).digest == digest
    assert diffs.read(repository, "").digest == digest


@pytest.mark.parametrize("approved", [None, "", "all", 1, {"a": 1}])
def test_odd_approvals_approve_nothing(repository: git.Repository, approved: object) -> None:
    repos.write(repository, {"src/a.py": "a = 2\n"})
    digest = diffs.read(repository, "").digest
    facts = {"approved_diffs": digest if approved == "all" else approved}
    assert judging.ask(repository, "diff_review", {"mode": "human"}, facts=facts).outcome is Outcome.FAIL


def test_odd_names_and_bytes_are_reported(repository: git.Repository) -> None:
    repos.write(repository, {"new\nline 'q'.min.js": b"\xff\n", "tab\tname.min.js": "x"})
    found = [finding.path for finding in judging.ask(repository, "diff_review").findings]
    assert found == ["new\nline 'q'.min.js", "tab\tname.min.js"]


@pytest.mark.parametrize("mode", ["automatic", "human"])
def test_the_seed_turns_it_red(repository: git.Repository, mode: str) -> None:
    trial = judging.trial(repository, "diff_review", {"mode": mode})
    assert trial.result is (Result.PROVEN if mode == "automatic" else Result.NOT_CLEAN)
