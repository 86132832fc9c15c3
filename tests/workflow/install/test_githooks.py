"""Git hooks: what was there keeps running first, ours runs after it, hook managers may be installed again at any time."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kit import armed, repos
from twelve.system import git
from twelve.workflow import install
from twelve.workflow.install import githooks, scripts

NOTE = '#!/bin/sh\necho "{name} $*" >> "$(git rev-parse --show-toplevel)/../log"\n'


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    return repos.new_repository(tmp_path / "a b", {"README.md": "# p\n"})


def place(repository: git.Repository, name: str, text: str, folder: str = ".git/hooks") -> Path:
    path = repository.root / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def log(repository: git.Repository) -> list[str]:
    path = repository.root / ".." / "log"
    return path.read_text().splitlines() if path.exists() else []


def names(repository: git.Repository) -> list[str]:
    return [arguments[1] for arguments, _ in armed.calls(repository)]


COMMITTED = ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"]


def test_every_hook_is_called_with_what_git_gives_it(repository: git.Repository, tmp_path: Path) -> None:
    armed.set_up(repository)
    assert armed.commit(repository).returncode == 0
    assert [arguments for arguments, _ in armed.calls(repository)] == [
        ["git", "pre-commit"],
        ["git", "prepare-commit-msg", ".git/COMMIT_EDITMSG", "message"],
        ["git", "commit-msg", ".git/COMMIT_EDITMSG"],
        ["git", "post-commit"],
    ]
    git.init(tmp_path / "remote")
    armed.run(repository, "git", "push", "--quiet", str(tmp_path / "remote"), "HEAD:refs/heads/x")
    (arguments, stdin) = armed.calls(repository)[-1]
    assert arguments[:2] == ["git", "pre-push"]
    assert stdin.startswith("HEAD ")
    assert stdin.endswith("0" * 40 + "\n")


@pytest.mark.parametrize(
    "name", ["pre-commit", *(pytest.param(name, marks=pytest.mark.slow) for name in ("commit-msg", "prepare-commit-msg"))]
)
def test_a_refusal_of_ours_stops_the_commit(repository: git.Repository, name: str) -> None:
    armed.set_up(repository)
    head = repository.head()
    assert armed.commit(repository, REFUSE=name).returncode != 0
    assert repository.head() == head


def test_a_plain_hook_runs_first_and_its_refusal_counts(repository: git.Repository) -> None:
    hook = place(repository, "pre-commit", NOTE.format(name="theirs") + "[ -z $NO ]\n")
    before = hook.read_bytes()
    armed.set_up(repository)
    assert (hook.parent / "pre-commit.twelve-previous").read_bytes() == before
    assert armed.commit(repository).returncode == 0
    assert (log(repository), names(repository)) == (["theirs "], COMMITTED)
    assert armed.commit(repository, NO="1").returncode != 0
    assert names(repository) == COMMITTED
    armed.take_back(repository)
    assert hook.read_bytes() == before


@pytest.mark.slow
def test_standard_input_reaches_both_hooks_of_a_push(repository: git.Repository, tmp_path: Path) -> None:
    place(repository, "pre-push", f"#!/bin/sh\ncat > '{tmp_path}/pushed'\n")
    armed.set_up(repository)
    git.init(tmp_path / "remote")
    armed.run(repository, "git", "push", "--quiet", str(tmp_path / "remote"), "HEAD:refs/heads/x", "HEAD:refs/heads/y")
    assert (tmp_path / "pushed").read_text() == armed.calls(repository)[-1][1]
    assert (tmp_path / "pushed").read_text().count("\n") == 2


@pytest.mark.slow
def test_a_hook_that_is_not_executable_stays_switched_off(repository: git.Repository) -> None:
    place(repository, "pre-commit", NOTE.format(name="theirs")).chmod(0o644)
    armed.set_up(repository)
    assert armed.commit(repository).returncode == 0
    assert (log(repository), names(repository)) == ([], COMMITTED)
    armed.take_back(repository)
    assert stat.S_IMODE((repository.root / ".git/hooks/pre-commit").stat().st_mode) == 0o644


@pytest.mark.parametrize("how", ["name", *(pytest.param(how, marks=pytest.mark.slow) for how in ("link", "link of the folder", "program"))])
def test_a_hook_that_looks_at_its_own_place_is_left_there(repository: git.Repository, how: str) -> None:
    theirs = NOTE.format(name="theirs")
    if how == "name":
        place(repository, "pre-commit", theirs + 'echo "$(basename "$0")" >> "$(git rev-parse --show-toplevel)/../log"\n')
    elif how == "program":
        place(repository, "pre-commit", theirs.removeprefix("#!/bin/sh\n"))
    else:
        place(repository, "pre-commit", theirs, "scripts")
        folder = repository.root / ".git/hooks"
        if how == "link":
            folder.mkdir(exist_ok=True)
            (folder / "pre-commit").symlink_to("../../scripts/pre-commit")
        else:
            folder.symlink_to("../scripts")
    before = armed.everything(repository.root)
    armed.set_up(repository)
    assert githooks.effective(repository) == repository.common_dir / "twelve/hooks"
    assert armed.commit(repository).returncode == 0
    assert log(repository)[0] == "theirs "
    assert log(repository)[1:] == (["pre-commit"] if how == "name" else [])
    assert names(repository) == COMMITTED
    (repository.state_dir / "calls").unlink()
    armed.take_back(repository)
    assert {name: value for name, value in armed.everything(repository.root).items() if name in before} == before


def test_a_tracked_hooks_folder_is_chained_and_not_written(repository: git.Repository) -> None:
    place(repository, "pre-commit", NOTE.format(name="theirs"), ".githooks")
    place(repository, "post-checkout", NOTE.format(name="checkout"), ".githooks")
    repository.run("config", "core.hooksPath", ".githooks")
    before = repos.snapshot(repository.root / ".githooks")
    config = (repository.common_dir / "config").read_bytes()
    armed.set_up(repository)
    assert armed.commit(repository).returncode == 0
    armed.run(repository, "git", "checkout", "--quiet", "-b", "other")
    assert log(repository)[0] == "theirs "
    assert log(repository)[1].startswith("checkout ")
    assert names(repository) == COMMITTED
    assert repos.snapshot(repository.root / ".githooks") == before
    armed.take_back(repository)
    assert (repository.common_dir / "config").read_bytes() == config


@pytest.mark.slow
def test_a_hooks_folder_of_the_person_is_chained_and_their_settings_stay(
    repository: git.Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared hooks"
    shared.mkdir()
    (shared / "pre-commit").write_text(NOTE.format(name="shared"))
    (shared / "pre-commit").chmod(0o755)
    settings = tmp_path / "gitconfig"
    settings.write_text(f'[core]\n\thooksPath = "{shared}"\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    before = settings.read_bytes()
    armed.set_up(repository)
    assert armed.commit(repository).returncode == 0
    assert (log(repository), names(repository)) == (["shared "], COMMITTED)
    armed.take_back(repository)
    assert armed.commit(repository).returncode == 0
    assert log(repository) == ["shared ", "shared "]
    assert settings.read_bytes() == before


@pytest.mark.slow
def test_linked_work_trees_share_the_hooks(repository: git.Repository, tmp_path: Path) -> None:
    armed.set_up(repository)
    other = repository.add_worktree(tmp_path / "other tree", "other")
    assert armed.commit(other).returncode == 0
    assert names(repository) == COMMITTED


def test_a_vanished_interpreter_stops_commits_in_words(repository: git.Repository) -> None:
    armed.set_up(repository)
    (repository.state_dir / "hook.py").unlink()
    told = armed.commit(repository)
    assert told.returncode != 0
    assert "twelve doctor --fix" in told.stderr
    assert "uninstall" not in told.stderr
    assert "no-verify" not in told.stderr


@pytest.mark.slow
def test_git_settings_written_afterwards_stay(repository: git.Repository) -> None:
    repository.run("config", "core.hooksPath", "elsewhere")
    before = (repository.common_dir / "config").read_bytes()
    armed.set_up(repository)
    repository.run("config", "include.path", "theirs.gitconfig")
    repository.run("config", "remote.origin.url", "https://example.invalid/x")
    armed.take_back(repository)
    after = (repository.common_dir / "config").read_bytes()
    assert after.startswith(before)
    assert repository.config_get("remote.origin.url") == "https://example.invalid/x"
    assert b"twelve" not in after
    assert b"theirs.gitconfig" in after


PRE_COMMIT = shutil.which("pre-commit") or shutil.which("pre-commit", path=str(Path(sys.executable).parent))
CHECKS = """\
repos:
- repo: local
  hooks:
  - id: theirs
    name: theirs
    entry: sh -c 'echo checked >> ../log'
    language: system
    always_run: true
    pass_filenames: false
"""


def pre_commit(repository: git.Repository, *words: str) -> None:
    if PRE_COMMIT is None:
        pytest.skip("pre-commit is not installed here")
    (repository.root / ".pre-commit-config.yaml").write_text(CHECKS)
    repository.run("add", "--all")
    told = armed.run(repository, PRE_COMMIT, *words, HOME=str(repository.root.parent))
    assert told.returncode == 0, told.stderr + told.stdout


@pytest.mark.slow
@pytest.mark.parametrize("order", ["before", "after", "before and again"])
@pytest.mark.parametrize("legacy", [False, True])
def test_pre_commit_may_be_installed_before_after_and_again(repository: git.Repository, order: str, legacy: bool) -> None:
    if legacy:
        place(repository, "pre-commit", NOTE.format(name="legacy"))
    if order != "after":
        pre_commit(repository, "install")
    before = repos.snapshot(repository.common_dir / "hooks")
    armed.set_up(repository)
    if order != "before":
        pre_commit(repository, "install")
    home = str(repository.root.parent)
    assert armed.commit(repository, HOME=home).returncode == 0
    assert sorted(log(repository)) == sorted(["checked", *(["legacy "] if legacy else [])])
    assert names(repository) == COMMITTED
    assert armed.commit(repository, HOME=home, REFUSE="pre-commit").returncode != 0
    armed.take_back(repository)
    if order != "after":
        assert repos.snapshot(repository.common_dir / "hooks") == before
    (repository.root.parent / "log").unlink()
    assert armed.commit(repository, HOME=home).returncode == 0
    assert sorted(log(repository)) == sorted(["checked", *(["legacy "] if legacy else [])])


HUSKY = os.environ.get("TWELVE_TEST_MANAGERS", "")


def node_tool(package: str, script: str) -> list[str]:
    """A hook manager from the folder TWELVE_TEST_MANAGERS names, else a SKIP."""
    path = Path(HUSKY) / "node_modules" / package / script
    if not HUSKY or not path.exists() or shutil.which("node") is None:
        pytest.skip(f"{package} is not here; install it with npm and name the folder in TWELVE_TEST_MANAGERS")
    return ["node", str(path)]


@pytest.mark.slow
@pytest.mark.parametrize(("package", "script", "words"), [("husky", "bin.js", []), ("husky8", "lib/bin.js", ["install"])])
def test_husky_may_be_installed_again_by_every_npm_install(repository: git.Repository, package: str, script: str, words: list[str]) -> None:
    command = node_tool(package, script) + words
    assert armed.run(repository, *command).returncode == 0
    theirs = NOTE.format(name="husky")
    if package == "husky8":
        theirs = theirs.replace("echo", '. "$(dirname -- "$0")/_/husky.sh"\necho', 1)
    place(repository, "pre-commit", theirs, ".husky")
    config = (repository.common_dir / "config").read_bytes()
    armed.set_up(repository)
    assert armed.run(repository, *command).returncode == 0
    assert armed.commit(repository).returncode == 0
    assert (log(repository), names(repository)) == (["husky "], COMMITTED)
    armed.take_back(repository)
    assert (repository.common_dir / "config").read_bytes() == config
    assert armed.commit(repository).returncode == 0
    assert log(repository) == ["husky ", "husky "]


def lefthook() -> str:
    if not HUSKY:
        pytest.skip("lefthook is not here; install it with npm and name the folder in TWELVE_TEST_MANAGERS")
    return subprocess.run(
        ["node", "-p", "require('lefthook/get-exe').getExePath()"], cwd=HUSKY, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.slow
def test_lefthook_may_be_installed_again(repository: git.Repository) -> None:
    tool = lefthook()
    repos.write(repository, {"lefthook.yml": "pre-commit:\n  commands:\n    theirs:\n      run: echo lefthook >> ../log\n"})
    assert armed.run(repository, tool, "install").returncode == 0
    before = repos.snapshot(repository.common_dir / "hooks")
    armed.set_up(repository)
    assert armed.run(repository, tool, "install").returncode == 0
    repository.run("add", "lefthook.yml")
    assert armed.commit(repository).returncode == 0
    assert (log(repository), sorted(names(repository))) == (["lefthook"], sorted(COMMITTED))
    assert not any("lefthook-local" in change.path for change in repository.status())
    repos.write(repository, {"lefthook.yml": "pre-commit: {}\n"})
    repository.run("add", "lefthook.yml")
    assert armed.commit(repository, REFUSE="pre-commit").returncode != 0
    armed.take_back(repository)
    assert repos.snapshot(repository.common_dir / "hooks") == before


@pytest.mark.slow
def test_lefthook_installed_afterwards_moves_our_hook_and_both_come_back(repository: git.Repository) -> None:
    tool = lefthook()
    place(repository, "pre-commit", NOTE.format(name="theirs"))
    armed.set_up(repository)
    repos.write(repository, {"lefthook.yml": "pre-commit:\n  commands:\n    x:\n      run: echo lefthook >> ../log\n"})
    assert armed.run(repository, tool, "install").returncode == 0
    armed.take_back(repository)
    assert "call_lefthook" in (repository.common_dir / "hooks/pre-commit").read_text()
    assert (repository.common_dir / "hooks/pre-commit.old").read_text() == NOTE.format(name="theirs")
    assert not list((repository.common_dir / "hooks").glob("*twelve*"))


def test_the_scripts_are_clean_shell_whatever_the_paths_hold(tmp_path: Path) -> None:
    checker = Path(sys.executable).parent / "shellcheck"
    if not checker.exists():
        pytest.skip("shellcheck is not in this environment")
    command = shlex.join(["/opt/it's here/python $HOME", "-I", "-S", "/a `b`/hook.py", "git"])
    for name in ("pre-commit", "pre-push", "post-commit"):
        (tmp_path / f"{name}.1").write_text(scripts.beside(name, command, f"{name}.twelve-previous"))
        (tmp_path / f"{name}.2").write_text(scripts.beside(name, command, ""))
        (tmp_path / f"{name}.3").write_text(scripts.in_folder(name, command, ours="/a b/h", default="/a'b/hooks"))
    (tmp_path / "post-merge").write_text(scripts.in_folder("post-merge", "", ours="/a b/h", default="/a b/hooks"))
    told = subprocess.run(
        [checker, "--shell=sh", "--exclude=SC2016", *sorted(tmp_path.iterdir())], capture_output=True, text=True, check=False
    )
    assert told.stdout == ""


def test_no_hook_is_written_when_none_is_wanted(repository: git.Repository) -> None:
    armed.set_up(repository, wish=install.Wish(clients=("claude",), git_hooks=False))
    assert not (repository.common_dir / "hooks/pre-commit").exists()
    assert githooks.configured(repository) is None
