"""The installed git hooks under the real git: gates on what is staged, laws, loops, evidence, and who is bound."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from kit.repos import new_repository, write
from twelve.factors.gates import ledger
from twelve.system import git, journal

HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg", "pre-push", "post-commit")
GATE = """\
[gates.clean]
command = ["sh", "-c", "! grep -q broken code.txt"]
cost = "unit"
[gates.clean.prove]
file = "code.txt"
write = "broken"
because = "x"
"""
FULL = "feat: more\n\nContext: it was asked for.\nSolution: one line.\nLearning: lines are cheap here.\nImpact: 1 line.\n"
AGENT = {"CLAUDECODE": "1"}
SOURCE = Path(__file__).parents[3] / "src"


def ready(tmp_path: Path, *, policy: str = GATE, before: str = "") -> git.Repository:
    """A repository whose hooks call the program under test; `before` is what another tool's pre-commit does first."""
    repository = new_repository(tmp_path, {"twelve.toml": policy, "code.txt": "fine\n"})
    call = f'export PYTHONPATH="{SOURCE}"\nexec "{sys.executable}" -m twelve.interfaces.cli.main hook git'
    for name in HOOKS:
        hook = repository.common_dir / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f'#!/bin/sh\n{before if name == "pre-commit" else ""}\n{call} {name} "$@"\n')
        hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    return repository


def run(repository: git.Repository, *words: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """git as a person or an agent calls it, hooks included."""
    kept = {key: value for key, value in os.environ.items() if key not in AGENT and not key.startswith("GIT_DIR")}
    done = subprocess.run(["git", *words], cwd=repository.root, env={**kept, **(env or {})}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def commit(repository: git.Repository, message: str = FULL, *words: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    return run(repository, "commit", "--quiet", "-m", message, *words, env=env)


def _past_the_hooks(repository: git.Repository) -> None:
    """Commit everything as a starting point: what the hooks say to it is not under test."""
    run(repository, "add", "--all")
    assert run(repository, "-c", "core.hooksPath=/nonexistent", "commit", "--quiet", "-m", FULL)[0] == 0


def test_content_that_is_red_is_not_committed(tmp_path: Path) -> None:
    repository = ready(tmp_path)
    write(repository, {"code.txt": "broken\n"})
    run(repository, "add", "code.txt")
    code, said = commit(repository)
    assert code == 1
    assert "clean" in said


def test_what_is_staged_is_judged_and_not_what_lies_beside_it(tmp_path: Path) -> None:
    repository = ready(tmp_path)
    write(repository, {"code.txt": "broken\n"})
    run(repository, "add", "code.txt")
    write(repository, {"code.txt": "fine again, but not staged\n"})
    assert commit(repository)[0] == 1
    write(repository, {"other.txt": "x\n"})
    run(repository, "add", "code.txt")
    write(repository, {"code.txt": "broken\n"})
    assert commit(repository)[0] == 0
    assert (repository.root / "code.txt").read_text() == "broken\n"


def test_a_partial_commit_is_judged_by_its_own_index(tmp_path: Path) -> None:
    repository = ready(tmp_path)
    write(repository, {"code.txt": "broken\n", "new.txt": "1\n"})
    run(repository, "add", "--all")
    assert commit(repository, FULL, "--only", "new.txt")[0] == 0
    assert commit(repository, FULL, "--only", "code.txt")[0] == 1


def test_no_scratch_work_tree_is_left(tmp_path: Path) -> None:
    repository = ready(tmp_path)
    write(repository, {"code.txt": "broken\n", "untracked.txt": "1\n"})
    run(repository, "add", "code.txt")
    commit(repository)
    assert len(repository.worktrees()) == 1


def test_the_first_commit_of_a_repository_is_judged_too(tmp_path: Path) -> None:
    repository = ready(tmp_path)
    run(repository, "checkout", "--quiet", "--orphan", "fresh")
    write(repository, {"untracked.txt": "1\n"})
    assert commit(repository)[0] == 0


def test_evidence_made_before_the_commit_finds_it(tmp_path: Path) -> None:
    repository = ready(tmp_path)
    write(repository, {"code.txt": "better\n"})
    assert commit(repository, FULL, "--all")[0] == 0
    assert len(repository.notes_read(ledger.REF, repository.head() or "")) == 1
    made = [event for event in journal.read(repository.state_dir / "journal") if event["name"] == "hook.committed"]
    assert [event["by"] for event in made] == ["person"]


@pytest.mark.parametrize(("env", "code"), [(AGENT, 1), ({}, 0)])
def test_a_message_that_keeps_no_law_stops_an_agent_and_is_told_to_a_person(tmp_path: Path, env: dict[str, str], code: int) -> None:
    repository = ready(tmp_path, policy="")
    write(repository, {"code.txt": "better\n"})
    done, said = commit(repository, "feat: bare", "--all", env=env)
    assert done == code
    assert "L1" in said
    assert "Learning: what you know now" in said


def test_a_policy_can_bind_everyone(tmp_path: Path) -> None:
    repository = ready(tmp_path, policy='[laws]\nenforce = "everyone"\n')
    write(repository, {"code.txt": "better\n"})
    assert commit(repository, "feat: bare", "--all")[0] == 1
    assert commit(repository, FULL, "--all")[0] == 0


@pytest.mark.parametrize("message", ["chore: tidy", "Fix typo", "fixup! feat: bare"])
def test_small_commits_of_an_agent_pass(tmp_path: Path, message: str) -> None:
    repository = ready(tmp_path, policy="")
    write(repository, {"code.txt": "better\n"})
    assert commit(repository, message, "--all", env=AGENT)[0] == 0


def test_a_merge_an_agent_makes_needs_no_sections(tmp_path: Path) -> None:
    repository = ready(tmp_path, policy="")
    run(repository, "checkout", "--quiet", "-b", "side")
    write(repository, {"side.txt": "1\n"})
    _past_the_hooks(repository)
    run(repository, "checkout", "--quiet", "main")
    write(repository, {"main.txt": "1\n"})
    _past_the_hooks(repository)
    assert run(repository, "merge", "--no-edit", "side", env=AGENT)[0] == 0


@pytest.mark.parametrize(("env", "code"), [(AGENT, 1), ({}, 0)])
def test_an_agent_does_not_commit_a_change_to_its_own_rules(tmp_path: Path, env: dict[str, str], code: int) -> None:
    repository = ready(tmp_path, policy="")
    write(repository, {"twelve.toml": "# changed\n"})
    done, said = commit(repository, FULL, "--all", env=env)
    assert done == code
    assert ("protect-policy" in said) is bool(env)


@pytest.mark.parametrize("rewrite", ["sleep 0.1; echo formatted >>code.txt; git add code.txt", "sleep 0.1; echo formatted >>code.txt"])
def test_what_a_hook_rewrote_is_reported_and_not_committed(tmp_path: Path, rewrite: str) -> None:
    repository = ready(tmp_path, policy="", before=rewrite)
    write(repository, {"code.txt": "mine\n"})
    run(repository, "add", "code.txt")
    done, said = commit(repository, FULL, env=AGENT)
    assert done == 1
    assert "code.txt was rewritten by a hook" in said


def test_files_written_before_git_was_called_are_no_loop(tmp_path: Path) -> None:
    repository = ready(tmp_path, policy="")
    write(repository, {"code.txt": "mine\n"})
    assert commit(repository, FULL, "--all", env=AGENT)[0] == 0


def test_the_form_is_offered_and_left_alone_when_somebody_spoke(tmp_path: Path) -> None:
    repository = ready(tmp_path, policy="")
    write(repository, {"code.txt": "better\n"})
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\ncp "$1" "$(dirname "$0")/seen"\n')
    editor.chmod(0o755)
    # The form is all comments, so an unchanged one aborts the commit as an empty message does.
    assert run(repository, "commit", "--all", env={"GIT_EDITOR": str(editor)})[0] == 1
    assert "# Learning: what you know now" in (tmp_path / "seen").read_text()
    assert commit(repository, "chore: said", "--all")[0] == 0
    assert repository.log("HEAD", 1)[0].body == ""


def pushed(tmp_path: Path) -> git.Repository:
    repository = ready(tmp_path, policy="")
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "remote")], check=True)
    run(repository, "remote", "add", "origin", str(tmp_path / "remote"))
    assert run(repository, "-c", "core.hooksPath=/nonexistent", "push", "--quiet", "origin", "main")[0] == 0
    return repository


@pytest.mark.parametrize(
    ("words", "env", "code"),
    [
        (("--force", "origin", "main"), AGENT, 1),
        (("origin", "+main"), AGENT, 1),
        (("origin", ":main"), AGENT, 1),
        (("--force", "origin", "main"), {}, 0),
        pytest.param(("origin", "+main"), {}, 0, marks=pytest.mark.slow),
        pytest.param(("origin", ":main"), {}, 0, marks=pytest.mark.slow),
    ],
)
def test_an_agent_does_not_rewrite_what_others_hold(tmp_path: Path, words: tuple[str, ...], env: dict[str, str], code: int) -> None:
    repository = pushed(tmp_path)
    subprocess.run(["git", "config", "receive.denyDeleteCurrent", "ignore"], cwd=tmp_path / "remote", check=True)
    write(repository, {"code.txt": "other\n"})
    run(repository, "commit", "--quiet", "--all", "--amend", "-m", "chore: other")
    done, said = run(repository, "push", "--quiet", *words, env=env)
    assert (done == 0) is (code == 0), said


def test_an_agent_pushes_new_work(tmp_path: Path) -> None:
    repository = pushed(tmp_path)
    write(repository, {"code.txt": "more\n"})
    commit(repository, FULL, "--all", env=AGENT)
    assert run(repository, "push", "--quiet", "origin", "main", "main:feature", env=AGENT)[0] == 0


def test_nobody_takes_evidence_away(tmp_path: Path) -> None:
    repository = pushed(tmp_path)
    head = repository.head() or ""
    repository.notes_append(ledger.REF, head, [b"{}"])
    assert run(repository, "push", "--quiet", "origin", ledger.REF)[0] == 0
    repository.run("update-ref", "-d", ledger.REF)
    repository.notes_append(ledger.REF, head, [b'{"other":1}'])
    done, said = run(repository, "push", "--quiet", "--force", "origin", ledger.REF)
    assert done == 1
    assert "evidence is only ever added" in said


def test_without_a_policy_git_goes_on(tmp_path: Path) -> None:
    repository = ready(tmp_path)
    run(repository, "rm", "--quiet", "twelve.toml")
    done, said = commit(repository, "chore: without")
    assert done == 0
    assert "nothing to judge by" in said


def test_a_policy_that_cannot_be_read_stops_the_commit_with_its_reason(tmp_path: Path) -> None:
    repository = ready(tmp_path)
    write(repository, {"twelve.toml": "[gates\n"})
    done, said = commit(repository, "chore: broken", "--all")
    assert done == 1
    assert "twelve.toml" in said


def test_a_hook_of_a_newer_git_does_not_stop_us(tmp_path: Path) -> None:
    repository = ready(tmp_path)
    hook = repository.common_dir / "hooks" / "pre-commit"
    hook.write_text(hook.read_text().replace("hook git pre-commit", "hook git pre-telepathy"))
    assert commit(repository, "chore: x", "--allow-empty")[0] == 0


def test_whoever_commits_is_told_whether_git_goes_on(tmp_path: Path) -> None:
    repository = ready(tmp_path)
    write(repository, {"other.txt": "1\n"})
    run(repository, "add", "other.txt")
    code, said = commit(repository, "feat: more", env=AGENT)
    assert (code, "refused: this process was started by an agent: CLAUDECODE is set" in said) == (1, True)
    code, said = commit(repository, "feat: more")
    assert (code, "not refused: this is advice, git goes on" in said) == (0, True)
    write(repository, {"code.txt": "broken\n"})
    run(repository, "add", "code.txt")
    assert "commit refused: clean FAIL" in commit(repository)[1]


def test_before_the_policy_is_committed_an_agent_is_judged_except_by_gates_with_nothing_to_look_at(tmp_path: Path) -> None:
    repository = ready(tmp_path, policy='[gates.toml]\nkind = "toml"\n[gates.merge-markers]\nkind = "merge_markers"\n')
    run(repository, "rm", "--quiet", "--cached", "twelve.toml")
    run(repository, "commit", "--quiet", "--amend", "--no-verify", "-m", "chore: without")
    write(repository, {"code.txt": "more\n"})
    assert commit(repository, FULL, "code.txt", env=AGENT)[0] == 0
    write(repository, {"code.txt": "<<<<<<< ours\n"})
    code, said = commit(repository, FULL, "code.txt", env=AGENT)
    assert (code, "commit refused: merge-markers FAIL" in said) == (1, True)
