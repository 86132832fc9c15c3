"""init, use, doctor, upgrade and uninstall as a person types them, with the real generated hook."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kit import armed, repos
from twelve.interfaces.cli import exits, main
from twelve.system import git

CLAUDE = ".claude/settings.local.json"
FORCED = {"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": "git push --force"}, "session_id": "s"}


@pytest.fixture
def repository(tmp_path: Path) -> git.Repository:
    made = repos.new_repository(tmp_path, {"README.md": "# p\n", "a.json": "{}\n"})
    repos.write(made, {CLAUDE: '{\n\t"model": "x"\n}'})
    return made


def twelve(repository: git.Repository, *arguments: str) -> int:
    return main.main(["-C", str(repository.root), *arguments])


def answer(repository: git.Repository, capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    twelve(repository, *arguments, "--json")
    return json.loads(capsys.readouterr().out)


def fire(repository: git.Repository) -> int:
    """The registered command line, given a forbidden call; its exit code."""
    hooks = json.loads((repository.root / CLAUDE).read_text())["hooks"]["PreToolUse"]
    command = hooks[-1]["hooks"][0]["command"]
    payload = json.dumps({**FORCED, "cwd": str(repository.root)}).encode()
    return subprocess.run(
        ["sh", "-c", command], input=payload, cwd=repository.root, capture_output=True, check=False, timeout=30
    ).returncode


def note(repository: git.Repository, ref: str, line: bytes) -> None:
    repository.notes_append(f"refs/notes/twelve/{ref}", repository.resolve("HEAD") or "", [line])


def without_notes(found: dict[str, tuple[int, bytes]]) -> dict[str, tuple[int, bytes]]:
    """Notes are compared as references; the lock of their writer is runtime state, which purging takes along."""
    return {name: value for name, value in found.items() if not name.startswith((".git/refs/notes", ".git/twelve"))}


@pytest.mark.slow
def test_init_use_upgrade_and_purge_leave_no_trace(repository: git.Repository) -> None:
    note(repository, "gates", b"of a colleague")
    before, refs = armed.everything(repository.root), repository.run("for-each-ref", "refs/notes")
    assert twelve(repository, "init", "--yes", "--client", "claude", "--client", "codex") == exits.PASS
    assert fire(repository) == 2
    assert twelve(repository, "gate", "run", "--suite", "quick") == exits.PASS
    note(repository, "gates", b"of ours")
    note(repository, "approvals", b"of ours")
    repos.write(repository, {".twelve/lessons/a.md": "# a\n"})
    assert twelve(repository, "upgrade", "--yes") == exits.PASS
    assert twelve(repository, "uninstall", "--purge", "--yes") == exits.PASS
    assert repository.run("for-each-ref", "refs/notes") == refs
    assert without_notes(armed.everything(repository.root)) == without_notes(before)


@pytest.mark.slow
def test_uninstalling_without_purging_keeps_what_is_the_persons(repository: git.Repository) -> None:
    before = armed.everything(repository.root)
    twelve(repository, "init", "--yes", "--client", "claude")
    note(repository, "gates", b"of ours")
    repos.write(repository, {".twelve/lessons/a.md": "# a\n"})
    (repository.state_dir / "journal").mkdir(exist_ok=True)
    (repository.state_dir / "journal/1.jsonl").write_text("{}\n")
    assert twelve(repository, "uninstall") == exits.PASS
    assert (repository.root / ".twelve/lessons/a.md").read_text() == "# a\n"
    assert (repository.state_dir / "journal/1.jsonl").is_file()
    assert repository.run("for-each-ref", "refs/notes/twelve") != b""
    left = armed.everything(repository.root)
    assert {name: left[name] for name in before} == before


def test_purging_without_anybody_to_ask_needs_a_yes(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    twelve(repository, "init", "--yes", "--no-hooks")
    before = armed.everything(repository.root)
    assert twelve(repository, "uninstall", "--purge") == exits.USAGE
    assert "--yes" in capsys.readouterr().err
    assert armed.everything(repository.root) == before


def test_a_dry_run_shows_hooks_modes_and_settings_and_writes_nothing(
    repository: git.Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.run("config", "core.hooksPath", ".husky")
    before = armed.everything(repository.root)
    assert twelve(repository, "init", "--dry-run", "--client", "claude") == exits.PASS
    shown = capsys.readouterr().out
    assert armed.everything(repository.root) == before
    assert "new file mode 100755 .git/twelve/hooks/pre-commit" in shown
    assert "+\tpath = twelve/hooks.gitconfig" in shown
    assert '+\t"hooks": {' in shown
    assert "hook.py (" in shown


def test_doctor_answers_in_json_and_its_exit_code_says_broken(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    twelve(repository, "init", "--yes", "--client", "claude")
    found = answer(repository, capsys, "doctor", "--check", "client-registration", "--check", "installed")
    assert (found["schema"], found["ailments"]) == ("twelve.doctor.v1", [])
    (repository.root / CLAUDE).write_text("{}")
    assert twelve(repository, "doctor", "--check", "client-registration") == exits.RED
    assert twelve(repository, "doctor", "--fix") == exits.USAGE
    assert twelve(repository, "doctor", "--fix", "--yes", "--check", "client-registration") == exits.PASS
    assert fire(repository) == 2


def test_upgrade_says_what_it_kept_and_leaves_it_to_the_person(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    twelve(repository, "init", "--yes", "--client", "claude")
    (repository.root / CLAUDE).unlink()
    assert twelve(repository, "upgrade", "--yes") == exits.RED
    assert f"kept {CLAUDE}: it was removed" in capsys.readouterr().out
    found = answer(repository, capsys, "upgrade", "--dry-run")
    assert (found["schema"], found["needs_person"]) == ("twelve.upgrade.v1", True)


def test_no_hooks_means_no_hooks(repository: git.Repository) -> None:
    twelve(repository, "init", "--yes", "--no-hooks")
    assert not (repository.common_dir / "twelve").exists()
    assert (repository.root / CLAUDE).read_text() == '{\n\t"model": "x"\n}'


def test_a_persons_next_commit_passes_before_and_after_the_policy_is_committed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLAUDECODE", raising=False)
    plain = repos.new_repository(tmp_path / "plain", {"README.md": "# p\n"})
    repos.write(plain, {"notes.json": "{}\n"})
    twelve(plain, "init", "--yes", "--client", "claude")
    told = capsys.readouterr().out
    assert "git add twelve.toml .twelve/manifest.json" in told
    assert "[gates.json]" not in (plain.root / "twelve.toml").read_text()
    repos.write(plain, {"README.md": "# p\n\nmore\n"})
    first = armed.run(plain, "git", "commit", "-am", "docs: more")
    assert first.returncode == 0
    assert "twelve.toml is not committed yet" in first.stderr
    repos.write(plain, {"README.md": "<<<<<<< ours\n"})
    command = next(line for line in told.splitlines() if "git add" in line).strip()
    subprocess.run(["sh", "-c", command], cwd=plain.root, check=True, capture_output=True)
    refused = armed.run(plain, "git", "commit", "-am", "docs: more")
    assert (refused.returncode, "merge-markers" in refused.stderr) == (1, True)


def test_settings_that_were_there_untracked_stay_out_of_commits(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    (repository.common_dir / "info").mkdir(exist_ok=True)
    (repository.common_dir / "info/exclude").write_bytes(before := b"*.swp\n")
    twelve(repository, "init", "--yes", "--client", "claude")
    assert CLAUDE not in repository.run("status", "--porcelain", "--untracked-files=all").decode()
    repository.run("add", "--force", CLAUDE)
    capsys.readouterr()
    assert twelve(repository, "doctor", "--check", "tracked-registration") == exits.RED
    assert f"git rm --cached {CLAUDE}" in capsys.readouterr().out
    repository.run("rm", "--cached", "--quiet", CLAUDE)
    twelve(repository, "uninstall", "--yes")
    assert (repository.common_dir / "info/exclude").read_bytes() == before


def test_purging_after_a_plain_uninstall_removes_the_evidence_too(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    note(repository, "gates", b"of a colleague")
    before, refs = armed.everything(repository.root), repository.run("for-each-ref", "refs/notes")
    twelve(repository, "init", "--yes", "--client", "claude")
    note(repository, "approvals", b"of ours")
    repos.write(repository, {".twelve/lessons/a.md": "# a\n"})
    capsys.readouterr()
    assert twelve(repository, "uninstall", "--dry-run") == exits.PASS
    shown = capsys.readouterr().out
    assert (len(shown) < 40_000, "removes .git/twelve/state/hook.py (" in shown) == (True, True)
    twelve(repository, "uninstall", "--yes")
    assert "twelve uninstall --purge" in capsys.readouterr().out
    assert twelve(repository, "uninstall", "--purge", "--yes") == exits.PASS
    assert repository.run("for-each-ref", "refs/notes") == refs
    assert without_notes(armed.everything(repository.root)) == without_notes(before)


def test_mending_a_hook_leaves_the_policy_and_an_upgrade_names_new_gates(
    repository: git.Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    twelve(repository, "init", "--yes", "--client", "claude")
    policy = (repository.root / "twelve.toml").read_bytes()
    repos.write(repository, {"x.yaml": "a: 1\n"})
    repository.run("add", "x.yaml")
    hook = repository.common_dir / "hooks/pre-commit"
    hook.write_text(f"{hook.read_text()}# mine\n")
    assert twelve(repository, "doctor", "--fix", "--yes", "--check", "git-hook-edited") == exits.PASS
    assert (repository.root / "twelve.toml").read_bytes() == policy
    capsys.readouterr()
    twelve(repository, "upgrade", "--yes")
    assert "replaced twelve.toml: new gates: yaml" in capsys.readouterr().out


def test_a_gate_of_no_kind_is_named_by_doctor_and_stops_an_upgrade(repository: git.Repository, capsys: pytest.CaptureFixture[str]) -> None:
    twelve(repository, "init", "--yes", "--client", "claude")
    path = repository.root / "twelve.toml"
    path.write_text(f'{path.read_text()}\n[gates.odd]\nkind = "tml"\n')
    capsys.readouterr()
    assert twelve(repository, "doctor", "--check", "policy") == exits.RED
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if "tml" in text and "toml" not in text)
    assert f"twelve.toml:{line}: gate odd" in capsys.readouterr().out
    assert twelve(repository, "upgrade", "--yes") == exits.CONFIG


def test_the_note_about_evidence_goes_when_its_advice_was_followed(
    repository: git.Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note(repository, "gates", b"of a colleague")
    clone = tmp_path / "clone"
    repository.run("clone", "--quiet", str(repository.root), str(clone))
    here = git.discover(clone)
    twelve(here, "init", "--yes", "--client", "claude")
    capsys.readouterr()
    twelve(here, "doctor", "--check", "notes-fetch")
    assert "next: twelve evidence fetch origin" in capsys.readouterr().out
    assert twelve(here, "evidence", "fetch", "origin") == exits.PASS
    capsys.readouterr()
    twelve(here, "doctor", "--check", "notes-fetch")
    assert "evidence" not in capsys.readouterr().out


def test_in_a_clone_that_received_the_policy_only_this_machines_part_goes(
    repository: git.Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twelve(repository, "init", "--yes", "--no-hooks")
    repository.run("add", "twelve.toml", ".twelve", "Makefile")
    repository.run("commit", "--quiet", "-m", "chore: operations")
    repository.run("clone", "--quiet", str(repository.root), str(tmp_path / "second"))
    here = git.discover(tmp_path / "second")
    capsys.readouterr()
    assert twelve(here, "init", "--yes", "--client", "claude") == exits.PASS
    told = capsys.readouterr().out
    assert ("git add" in told, "already installed" in told, "next: twelve prove" in told) == (False, False, True)
    assert twelve(here, "uninstall", "--yes") == exits.PASS
    assert "twelve uninstall --tracked" in capsys.readouterr().out
    assert here.run("status", "--porcelain") == b""
    assert not (here.common_dir / "hooks/pre-commit").exists()
    twelve(here, "init", "--yes", "--client", "claude")
    assert twelve(here, "uninstall", "--yes", "--tracked") == exits.PASS
    assert not (here.root / "twelve.toml").exists()


def test_a_copied_repository_is_mended_and_taken_back_on_its_own(repository: git.Repository, tmp_path: Path) -> None:
    twelve(repository, "init", "--yes", "--client", "claude")
    before = armed.everything(repository.root)
    subprocess.run(["cp", "-a", str(repository.root), str(tmp_path / "copy")], check=True)
    copy = git.discover(tmp_path / "copy")
    twelve(copy, "doctor", "--fix", "--yes")
    text = (copy.root / CLAUDE).read_text()
    assert (str(repository.root) in text, str(copy.root) in text, fire(copy)) == (False, True, 2)
    assert twelve(copy, "uninstall", "--yes") == exits.PASS
    assert not (copy.common_dir / "hooks/pre-commit").exists()
    assert (copy.root / CLAUDE).read_text() == '{\n\t"model": "x"\n}'
    assert armed.everything(repository.root) == before


def test_a_client_nobody_chose_is_noted_and_one_with_a_folder_is_missed(
    repository: git.Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    twelve(repository, "init", "--yes", "--client", "claude")
    program = tmp_path / "programs/gemini"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    capsys.readouterr()
    assert twelve(repository, "doctor", "--check", "client-missing") == exits.PASS
    assert "note: gemini is on PATH" in capsys.readouterr().out
    (repository.root / ".gemini").mkdir()
    assert twelve(repository, "doctor", "--check", "client-missing") == exits.RED
