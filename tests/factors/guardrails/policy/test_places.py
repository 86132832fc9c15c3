"""Protected places are met by every name and every folder that leads to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.guarding import HOME, ROOT, decide, policy, rules
from twelve.factors.guardrails.actions.action import DELETE, READ, WRITE, Action


@pytest.mark.parametrize(
    "path",
    [
        f"{ROOT}/twelve.toml",
        f"{ROOT}/.twelve/local.toml",
        f"{ROOT}/.twelve/runs/1/run.json",
        f"{ROOT}/.git/config",
        f"{ROOT}/.git/hooks/pre-commit",
        f"{ROOT}/.git/twelve/state/decisions/1.json",
        f"{ROOT}/packages/web/.husky/pre-push",
        f"{ROOT}/lefthook.yml",
        f"{ROOT}/packages/web/.pre-commit-config.yaml",
        f"{ROOT}/.claude/settings.local.json",
        f"{ROOT}/.codex/hooks.json",
        f"{ROOT}/.gemini/settings.json",
        f"{HOME}/.claude/settings.json",
        f"{HOME}/.codex/config.toml",
        f"{HOME}/.gitconfig",
    ],
)
def test_the_rules_the_evidence_and_the_hooks_are_protected(path: str) -> None:
    assert "protect-policy" in rules(decide(Action(WRITE, path=path)))
    assert "protect-policy" in rules(decide(Action(DELETE, path=path)))
    assert decide(Action(READ, path=f"{ROOT}/twelve.toml")).verdict == "allow"


@pytest.mark.parametrize("name", ["prime", "research", "plan", "learn", "tiny"])
def test_artefacts_of_a_run_are_for_the_agent_to_write(name: str) -> None:
    assert decide(Action(WRITE, path=f"{ROOT}/.twelve/runs/20260102-a-1b2c/{name}.md")).verdict == "allow"


def test_a_link_with_an_artefacts_name_is_judged_by_what_it_leads_to() -> None:
    linked = Action(WRITE, path=f"{ROOT}/.twelve/runs/1/plan.md", real=f"{ROOT}/twelve.toml")
    assert decide(linked).verdict == "deny"


@pytest.mark.parametrize("path", [ROOT, f"{ROOT}/.github", "/srv", "/"])
def test_removing_a_folder_removes_what_is_protected_in_it(path: str) -> None:
    assert "protect-ci" in rules(decide(Action(DELETE, path=path, recursive=True)))


def test_a_second_name_for_a_protected_file_is_a_change_to_it() -> None:
    hard = Action(WRITE, path=f"{ROOT}/x", verb="link", target=f"{ROOT}/twelve.toml")
    assert rules(decide(hard)) == {"protect-policy"}
    assert decide(Action(WRITE, path=f"{ROOT}/x", verb="link", target=f"{ROOT}/src/a.py")).verdict == "allow"


@pytest.mark.parametrize(
    "path", ["src/.gitignore", ".gitattributes", "docs/twelve.toml.md", ".claude/agents/a.md", "husky.md", ".github/a.md"]
)
def test_what_only_looks_alike_is_free(path: str) -> None:
    assert decide(Action(WRITE, path=f"{ROOT}/{path}")).verdict == "allow"


def test_where_the_file_system_folds_case_so_does_the_guard() -> None:
    folded = policy(fold=True)
    assert decide(Action(WRITE, path=f"{ROOT}/TWELVE.toml"), policy=folded).verdict == "deny"
    assert decide(Action(WRITE, path=f"{ROOT}/.GIT/hooks/x"), policy=folded).verdict == "deny"
    assert decide(Action(READ, path=f"{ROOT}/.ENV"), policy=folded).verdict == "ask"
    assert decide(Action(WRITE, path=f"{ROOT}/TWELVE.toml")).verdict == "allow"


def test_the_policy_may_protect_more_and_leave_alone(tmp_path: Path) -> None:
    more = policy(
        "[guard]\nprotected_paths = ['deploy/**', 'VERSION']\nwrite_folders = ['~/shared']\n"
        "[guard.rules.protect-secrets]\nallow = ['tests/**']\npaths = ['vault/**']\n"
    )
    assert rules(decide(Action(WRITE, path=f"{ROOT}/deploy/a.yaml"), policy=more)) == {"protect-policy"}
    assert rules(decide(Action(WRITE, path=f"{ROOT}/a/VERSION"), policy=more)) == {"protect-policy"}
    assert decide(Action(READ, path=f"{ROOT}/tests/key.pem"), policy=more).verdict == "allow"
    assert decide(Action(READ, path=f"{ROOT}/vault/a"), policy=more).verdict == "ask"
    assert decide(Action(WRITE, path=f"{HOME}/shared/a"), policy=more).verdict == "allow"


def test_a_tree_reached_through_a_link_is_the_same_tree(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    made = policy(root=str(tmp_path / "link"), common_dir=str(tmp_path / "link/.git"))
    for root in (tmp_path / "link", (tmp_path / "real").resolve()):
        assert decide(Action(WRITE, path=f"{root}/twelve.toml"), policy=made).verdict == "deny"
        assert decide(Action(WRITE, path=f"{root}/src/a.py"), policy=made).verdict == "allow"


@pytest.mark.parametrize(
    ("path", "real", "verdict"),
    [
        ("/etc/hosts", "", "deny"),
        (f"{HOME}/.profile", "", "deny"),
        ("/srv/other/a", "", "deny"),
        ("/tmp/a", "", "allow"),
        ("/dev/null", "", "allow"),
        (f"{ROOT}/link/a", "/etc/a", "deny"),
        ("/tmp/link/a", f"{HOME}/a", "deny"),
        (f"{ROOT}/src/a", "", "allow"),
    ],
)
def test_work_stays_in_the_tree(path: str, real: str, verdict: str) -> None:
    assert decide(Action(WRITE, path=path, real=real)).verdict == verdict


def test_a_home_among_temporary_files_is_no_temporary_folder() -> None:
    inside = policy(home="/tmp/box/home", root="/tmp/box/repo", common_dir="/tmp/box/repo/.git")
    assert decide(Action(WRITE, path="/tmp/box/home/.bashrc"), policy=inside).verdict == "deny"
    assert decide(Action(WRITE, path="/tmp/box/repo/a"), policy=inside).verdict == "allow"
    assert decide(Action(WRITE, path="/tmp/other"), policy=inside).verdict == "allow"


def test_a_home_that_is_itself_the_repository_may_be_worked_in() -> None:
    dotfiles = policy(home="/home/pat", root="/home/pat", common_dir="/home/pat/.git", temporary="/home/pat")
    assert decide(Action(WRITE, path="/home/pat/.vimrc"), policy=dotfiles).verdict == "allow"
    assert decide(Action(WRITE, path="/home/pat/.git/config"), policy=dotfiles).verdict == "deny"
    assert decide(Action(DELETE, path="/home/pat", recursive=True), policy=dotfiles).verdict == "deny"


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("*.lock", "deny"),
        ("yarn*", "deny"),
        ("*.json", "allow"),
        ("*", "deny"),
        ("src/*", "allow"),
        ("docs/*.md", "allow"),
        ("*-lock.yaml", "deny"),
    ],
)
def test_a_pattern_counts_when_it_says_something_of_its_own(name: str, verdict: str) -> None:
    assert decide(Action(DELETE, path=f"{ROOT}/{name}", glob=True)).verdict == verdict


@pytest.mark.parametrize("name", ["__pycache__", "*.pyc", ".DS_Store", "*.orig"])
def test_what_tools_leave_behind_may_be_searched_out_and_removed(name: str) -> None:
    assert decide(Action(DELETE, path=f"{ROOT}/**/{name}", glob=True, recursive=True)).verdict == "allow"
    assert decide(Action(DELETE, path=f"{ROOT}/**/twelve.toml", glob=True)).verdict == "deny"
