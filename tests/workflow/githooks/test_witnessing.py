"""Git's hooks look after the guard of clients: what was replaced behind its back is seen from outside, said and kept."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from kit.repos import new_repository, write
from twelve.model.settings import Settings
from twelve.system import git
from twelve.workflow.fastpath import bundle, registration, tampering, witness
from twelve.workflow.install import scripts

FULL = "feat: more\n\nContext: it was asked for.\nSolution: one line.\nLearning: lines are cheap here.\nImpact: 1 line.\n"
AGENT = {"CLAUDECODE": "1"}
EMPTY = "import sys\nsys.exit(0)\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> git.Repository:
    monkeypatch.setenv("HOME", str(tmp_path))
    made = new_repository(tmp_path, {"twelve.toml": "", "code.txt": "fine\n"})
    made.run("init", "-q", "--bare", str(tmp_path / "remote.git"))
    made.run("remote", "add", "origin", str(tmp_path / "remote.git"))
    made.run("push", "-q", "origin", "HEAD:refs/heads/main")
    bundle.write(made, bundle.build(made, Settings()))
    for name in scripts.NAMES:
        hook = made.common_dir / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(scripts.beside(name, registration.command(made, "git"), ""))
        hook.chmod(0o755)
    return made


def run(repository: git.Repository, *words: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    kept = {key: value for key, value in os.environ.items() if key not in AGENT and not key.startswith("GIT_")}
    done = subprocess.run(["git", *words], cwd=repository.root, env={**kept, **(env or {})}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def commit(repository: git.Repository, *words: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    write(repository, {"code.txt": f"fine {os.urandom(4).hex()}\n"})
    return run(repository, "commit", "--quiet", "-a", "-m", FULL, *words, env=env)


def kept(repository: git.Repository) -> list[str]:
    return [item.change for item in tampering.waiting(repository.state_dir)]


@pytest.mark.slow
@pytest.mark.parametrize("env", [{}, AGENT])
def test_an_unharmed_guard_lets_commits_and_pushes_through_in_silence(repository: git.Repository, env: dict[str, str]) -> None:
    assert commit(repository, env=env) == (0, "")
    code, said = run(repository, "push", "--quiet", "origin", "HEAD:refs/heads/work", env=env)
    assert (code, "tamper" in said, "not the one" in said) == (0, False, False)
    assert kept(repository) == []


@pytest.mark.parametrize(("name", "env", "code"), [("hook.bin", {}, 0), ("hook.py", AGENT, 1)])
def test_a_replaced_guard_stops_an_agent_and_is_told_to_a_person(
    repository: git.Repository, name: str, env: dict[str, str], code: int
) -> None:
    (repository.state_dir / name).write_text(EMPTY)
    done, said = commit(repository, env=env)
    assert done == code
    assert "tampered" in said
    assert name in said
    assert "changed" in kept(repository)


@pytest.mark.slow
def test_one_difference_leaves_one_record(repository: git.Repository) -> None:
    (repository.state_dir / "hook.py").unlink()
    commit(repository, env=AGENT)
    commit(repository, env=AGENT)
    assert kept(repository) == ["deleted"]


def test_a_replaced_guard_with_every_note_replaced_too_does_not_push(repository: git.Repository) -> None:
    path = repository.state_dir / "hook.bin"
    path.write_bytes(path.read_bytes() + b"x")
    (repository.state_dir / "provenance.jsonl").unlink()
    assert commit(repository, env=AGENT)[0] == 0
    code, said = run(repository, "push", "--quiet", "origin", "HEAD:refs/heads/work", env=AGENT)
    assert code == 1
    assert "not the one of this policy" in said


def test_an_agent_that_skips_the_hook_before_commits_is_recorded(repository: git.Repository) -> None:
    assert commit(repository, env=AGENT)[0] == 0
    _, said = commit(repository, "--no-verify", env=AGENT)
    assert "without the hook" in said
    assert kept(repository) == ["committed without the hook before commits"]
    assert commit(repository, "--no-verify")[0] == 0
    assert len(kept(repository)) == 1, "a person may"


@pytest.mark.slow
def test_an_agent_that_takes_the_policy_out_of_history_gets_no_further(repository: git.Repository) -> None:
    run(repository, "commit", "-q", "--allow-empty", "-m", FULL)
    write(repository, {"twelve.toml": "# again\n"})
    run(repository, "commit", "-q", "-a", "-m", FULL)
    run(repository, "rm", "-q", "twelve.toml")
    run(repository, "-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "gone")
    code, said = commit(repository, env=AGENT)
    assert code == 1
    assert "taken out" in said
    assert run(repository, "push", "--quiet", "origin", "HEAD:refs/heads/work", env=AGENT)[0] != 0
    code, said = commit(repository)
    assert (code, "no twelve.toml" in said) == (0, True)


@pytest.mark.slow
def test_an_agents_revert_that_touches_the_policy_is_recorded(repository: git.Repository) -> None:
    write(repository, {"twelve.toml": "# more\n"})
    assert run(repository, "commit", "-q", "-a", "-m", FULL)[0] == 0
    run(repository, "revert", "--no-edit", "HEAD", env=AGENT)
    assert any("what binds agents" in change for change in kept(repository))


def test_a_commit_that_changes_the_policy_leaves_the_machine_only_with_a_person(repository: git.Repository) -> None:
    write(repository, {"twelve.toml": "# more\n"})
    run(repository, "-c", "core.hooksPath=/dev/null", "commit", "-q", "-a", "-m", FULL)
    push = ("push", "--quiet", "origin", "HEAD:refs/heads/work")
    bundle.write(repository, bundle.build(repository, Settings()))
    code, said = run(repository, *push, env=AGENT)
    assert code == 1
    assert "binds agents" in said
    assert run(repository, *push)[0] == 0


@pytest.mark.slow
def test_an_agent_pushes_a_persons_change_of_the_policy(repository: git.Repository) -> None:
    write(repository, {"twelve.toml": "# more\n"})
    assert run(repository, "commit", "-q", "-a", "-m", FULL)[0] == 0
    bundle.write(repository, bundle.build(repository, Settings()))
    assert run(repository, "push", "--quiet", "origin", "HEAD:refs/heads/work", env=AGENT)[0] == 0


def test_a_registration_that_was_taken_out_is_seen(repository: git.Repository) -> None:
    value = '{"pointer": ["hooks", "Stop"], "value": {"hooks": []}}'
    piece = f'{{"place": "tree", "tree": "{repository.root}", "path": ".claude/settings.local.json", "values": [{value}]}}'
    (repository.state_dir / "install.json").write_text(f'{{"pieces": [{piece}]}}')
    assert [item.change for item in witness.differences(repository)] == ["deleted"]
    write(repository, {".claude/settings.local.json": '{"hooks": {"Stop": [{"hooks": []}]}}'})
    assert witness.differences(repository) == ()
    write(repository, {".claude/settings.local.json": "{}"})
    assert [item.change for item in witness.differences(repository)] == ["changed"]
