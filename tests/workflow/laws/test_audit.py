"""`laws audit` on real repositories: evidence, runs, CI, and repositories that hold nothing yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.repos import commit_fixed, new_repository, write
from twelve.factors.gates import definition, engine, ledger
from twelve.model.errors import TwelveError
from twelve.model.settings import Settings
from twelve.system import config, git
from twelve.workflow.laws.audit import LawAudit, audit

POLICY = '[gates.ok]\ncommand = ["true"]\n[gates.ok.prove]\nfile = "a"\nwrite = ""\nbecause = "x"\n'
GOOD = "feat: more\n\nContext: a.\nSolution: b.\nLearning: one real sentence.\nImpact: 2 files.\n"


def settings(repository: git.Repository) -> Settings:
    return config.load(repository.root).settings


def percents(found: LawAudit) -> dict[str, float | None]:
    return {law.law: law.percent for law in found.laws}


def test_a_repository_without_commits_has_nothing_to_judge(tmp_path: Path) -> None:
    repository = new_repository(tmp_path)
    found = audit(repository, Settings())
    assert (found.commits, found.kept, set(percents(found).values())) == (0, True, {None})


def test_commits_are_counted_by_law(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a": "1\n"})
    for message in (GOOD, "feat: bare", "chore: tidy"):
        commit_fixed(repository, message)
    found = audit(repository, Settings(), scopes=("commits",))
    assert (found.commits, percents(found)["1"], percents(found)["3"]) == (4, 50.0, 50.0)


def test_law_4_sees_evidence_only_for_the_content_it_was_made_on(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a": "1\n", "twelve.toml": POLICY})
    verdicts = engine.judge(repository, repository.root, tuple(definition.resolve_all(settings(repository).gates).values()))
    ledger.record(repository, verdicts)
    assert percents(audit(repository, settings(repository), scopes=("commits",)))["4"] == 100.0
    write(repository, {"a": "2\n"})
    commit_fixed(repository, "chore: change")
    assert percents(audit(repository, settings(repository), scopes=("commits",)))["4"] == 50.0


def test_a_copied_note_is_no_evidence_for_other_content(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a": "1\n", "twelve.toml": POLICY})
    ledger.record(repository, engine.judge(repository, repository.root, tuple(definition.resolve_all(settings(repository).gates).values())))
    first = repository.head() or ""
    write(repository, {"a": "2\n"})
    second = commit_fixed(repository, "chore: change")
    repository.notes_append(ledger.REF, second, repository.notes_read(ledger.REF, first))
    assert percents(audit(repository, settings(repository), scopes=("commits",)))["4"] == 50.0


def test_commits_from_before_the_policy_are_not_judged_by_it(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a": "1\n"})
    write(repository, {"twelve.toml": POLICY})
    found = audit(repository, settings(repository), scopes=("commits",))
    assert percents(found)["4"] is None


@pytest.mark.parametrize(("text", "kept"), [("run: twelve verify\n", True), ("run: pytest\n", False)])
def test_ci_has_to_run_the_gates(tmp_path: Path, text: str, kept: bool) -> None:
    repository = new_repository(tmp_path, {".github/workflows/ci.yml": text})
    fourth = next(law for law in audit(repository, Settings(), scopes=("repo",)).laws if law.law == "4")
    assert (not any("CI" in violation.message for violation in fourth.violations)) is kept


def test_hooks_that_stage_what_they_wrote_break_the_law_on_loops(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a": "1\n", ".husky/pre-commit": "black .\ngit add -u\n"})
    loops = next(law for law in audit(repository, Settings(), scopes=("repo",)).laws if law.law == "C1")
    assert [violation.where for violation in loops.violations] == [".husky/pre-commit:2"]


def test_missing_git_hooks_are_named(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a": "1\n"})
    fourth = next(law for law in audit(repository, Settings(), scopes=("repo",)).laws if law.law == "4")
    assert [violation.message for violation in fourth.violations] == ["git hooks: not installed"]


def test_a_range_that_names_nothing_is_refused(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a": "1\n"})
    with pytest.raises(TwelveError, match="names no commits"):
        audit(repository, Settings(), range="nowhere..HEAD")


def test_the_last_week_leaves_older_commits_out(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a": "1\n"})
    write(repository, {"b": "1\n"})
    repository.commit("feat: bare")
    assert audit(repository, Settings(), weekly=True, scopes=("commits",)).commits == 1


def test_messages_that_are_not_utf_8_are_judged(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, {"a": "1\n"})
    repository.run("commit", "--quiet", "--allow-empty", "--file=-", stdin="feat: caf\xe9\n".encode("latin-1"))
    assert audit(repository, Settings(), scopes=("commits",)).commits == 2
