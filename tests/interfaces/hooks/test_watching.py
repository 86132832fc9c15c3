"""What a program that an allowed call runs may try behind the guard's back: each is found after the call, and said."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kit.hooks import Answer, Guarded, guarded
from twelve.factors.guardrails import protected
from twelve.model.settings import Settings
from twelve.system import provenance
from twelve.workflow.fastpath import tampering, watch

FILES = {"twelve.toml": "[guard]\n", "src/a.py": "x\n", ".github/workflows/ci.yml": "on: push\n"}
CHOICES = 'model = "x"\n[projects."/a"]\ntrust_level = "trusted"\n'
LOOKS = ("git stash list; python -m pytest -q", "git worktree list; make", "git bisect log; make", "git reset --help; make")
FORGED = {"id": "e1", "rule": "protect-policy", "scope": "**", "from": 0, "expires": 99999999999, "uses": 0}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Guarded:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    made = guarded(tmp_path, FILES)
    made.event("SessionStart", source="startup")
    return made


def after(place: Guarded, command: str = "python -m pytest -q tests") -> Answer:
    response = {"stdout": "", "stderr": "", "interrupted": False}
    return place.event("PostToolUse", tool_name="Bash", tool_input={"command": command}, tool_response=response)


def tampers(place: Guarded) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((place.state / "tamper").glob("*.json"))]


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def remove(folder: Path) -> None:
    for path in folder.glob("*.json"):
        path.unlink()


def git(root: Path, *words: str) -> str:
    who = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def _back_in_time(place: Guarded) -> None:
    path = place.root / "twelve.toml"
    before = path.stat()
    with path.open("r+b") as stream:
        stream.seek(-4, os.SEEK_END)
        stream.write(b"xx]\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


STATE: dict[str, Callable[[Guarded], object]] = {
    "the hook's binary": lambda place: (place.state / "hook.bin").write_bytes(b"x"),
    "the hook's sources": lambda place: (place.state / "hook.src").unlink(),
    "an exemption": lambda place: put(place.state / "exemptions/e1.json", json.dumps(FORGED)),
    "a decision": lambda place: put(place.state / "decisions/action-12345678.json", "{}"),
    "a question": lambda place: put(place.state / "requests/action-12345678.json", "{}"),
    "a standing approval": lambda place: put(place.state / "standing/standing-12345678.json", "{}"),
    "the proof": lambda place: put(place.state / "heartbeat/proof.json", "{}"),
    "the record of the installation": lambda place: put(place.state / "install.json", "{}"),
    "the phase": lambda place: put(place.state / "phase/0.json", "{}"),
    "the same size at the same time": _back_in_time,
    "seals taken away": lambda place: remove(place.state / "seals"),
    "seals made unreadable": lambda place: [path.write_text("{") for path in (place.state / "seals").glob("*.json")],
    "git's hooks sent elsewhere": lambda place: git(place.root, "config", "core.hooksPath", "/dev/null"),
    "an alias": lambda place: git(place.root, "config", "alias.co", "!sh"),
    "a work tree elsewhere": lambda place: git(place.root, "config", "core.worktree", "/tmp"),
    "another address to push to": lambda place: git(place.root, "config", "url.x.pushInsteadOf", "y"),
    "settings of this work tree": lambda place: put(place.root / ".git/config.worktree", "[core]\n\thooksPath = /dev/null\n"),
    "git's attributes": lambda place: put(place.root / ".git/info/attributes", "* filter=x\n"),
    "who may sign": lambda place: put(place.root / ".twelve/allowed_signers", "x\n"),
    "local policy": lambda place: put(place.root / ".twelve/local.toml", ""),
    "a client's hook scripts": lambda place: put(place.root / ".claude/hooks/x.sh", ""),
    "settings of a hook manager": lambda place: put(place.root / "lefthook-local.yml", ""),
    "a folder of git hooks": lambda place: put(place.root / ".githooks/pre-commit", ""),
    "the person's Codex settings": lambda place: put(place.home / ".codex/config.toml", "[features]\nhooks = false\n"),
    "the person's Gemini settings": lambda place: put(place.home / ".gemini/settings.json", '{"hooksConfig": {"enabled": false}}'),
    "the person's git settings": lambda place: put(place.home / ".config/git/config", "[core]\n\thooksPath = /x\n"),
}


@pytest.mark.parametrize("name", STATE)
def test_what_a_test_run_did_to_the_guard_is_told_and_kept(place: Guarded, name: str) -> None:
    STATE[name](place)
    answer = after(place)
    assert answer.blocked
    assert "tampered" in answer.err
    assert tampers(place)
    assert after(place).out == "", "told once"


QUIET: dict[str, Callable[[Guarded], object]] = {
    "nothing": lambda place: place.root,
    "source": lambda place: put(place.root / "src/b.py", "y\n"),
    "artefacts of a run": lambda place: put(place.root / ".twelve/runs/r1/plan.md", "x"),
    "a name in git's settings": lambda place: git(place.root, "config", "user.name", "Pat"),
    "a branch's own remote": lambda place: git(place.root, "config", "branch.x.remote", "origin"),
    "a used exemption": lambda place: put(place.state / "exemptions/e1.1.used", ""),
    "a client's own choices": lambda place: put(
        place.home / ".codex/config.toml", 'model = "x"\n[projects."/a"]\ntrust_level = "trusted"\n'
    ),
    "a client's own notebook": lambda place: put(place.home / ".claude.json", '{"numStartups": 3}'),
    "a commit": lambda place: git(place.root, "commit", "-q", "--allow-empty", "-m", "x"),
}


@pytest.mark.parametrize("name", QUIET)
def test_ordinary_work_is_not_disturbed(place: Guarded, name: str) -> None:
    QUIET[name](place)
    assert after(place).out == ""
    assert tampers(place) == []


def test_what_twelve_wrote_itself_is_no_tampering_until_somebody_changes_it(place: Guarded) -> None:
    path = place.state / "exemptions/e2.json"
    put(path, "{}")
    provenance.wrote(place.state, path)
    assert after(place).out == ""
    put(path, json.dumps(FORGED))
    assert after(place).blocked


def test_an_exemption_that_was_withdrawn_does_not_come_back(place: Guarded) -> None:
    path = place.state / "exemptions/e2.json"
    put(path, "{}")
    provenance.wrote(place.state, path)
    path.unlink()
    provenance.wrote(place.state, path)
    assert after(place).out == ""
    put(path, "{}")
    assert after(place).blocked


def test_a_record_of_tampering_that_is_taken_away_is_told_again(place: Guarded) -> None:
    put(place.root / "twelve.toml", "[x]\n")
    assert after(place).blocked
    assert after(place).out == ""
    for path in (place.state / "tamper").glob("*.json"):
        path.unlink()
    assert after(place).blocked
    assert len(tampers(place)) == 1


def test_seals_that_are_gone_are_told_when_the_next_session_begins_at_once(place: Guarded) -> None:
    for path in (place.state / "seals").glob("*.json"):
        path.unlink()
    place.event("SessionStart", source="startup", session_id="s-2")
    assert len(tampers(place)) == 1


def test_another_work_tree_of_the_repository_is_watched_too(place: Guarded, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(place.root, "worktree", "add", "-q", str(other), "-b", "w")
    assert after(place, f"git worktree add {other} -b w").out == ""
    put(other / "twelve.toml", "[guard]\nx = 1\n")
    assert after(place, f"cd {other} && make").blocked


def test_protected_files_deep_in_the_tree_are_found_when_a_session_begins(tmp_path: Path) -> None:
    made = guarded(tmp_path, {**FILES, "packages/web/lefthook.yml": "", "packages/web/.husky/pre-push": ""})
    made.event("SessionStart", source="startup")
    put(made.root / "packages/web/lefthook.yml", "x:\n")
    (made.root / "packages/web/.husky/pre-push").unlink()
    assert after(made).blocked
    assert {Path(found["path"]).name for found in tampers(made)} == {"lefthook.yml", "pre-push"}


@pytest.mark.parametrize("command", LOOKS)
def test_looking_at_git_explains_nothing(place: Guarded, command: str) -> None:
    put(place.root / "twelve.toml", "[x]\n")
    assert after(place, command).blocked


def test_a_checkout_explains_what_git_has_and_nothing_else(place: Guarded) -> None:
    git(place.root, "checkout", "-q", "-b", "feat")
    put(place.root / ".github/workflows/ci.yml", "on: [push]\n")
    git(place.root, "commit", "-qam", "ci")
    git(place.root, "checkout", "-q", "main")
    assert after(place, "git checkout feat && git checkout main").out == ""
    git(place.root, "checkout", "-q", "feat")
    assert after(place, "git checkout feat").out == ""
    put(place.root / ".github/workflows/ci.yml", "on: never\n")
    put(place.root / ".claude/settings.local.json", '{"hooks": {"Stop": []}}')
    assert after(place, "git checkout -q -b other && python -m pytest").blocked
    assert {Path(found["path"]).name for found in tampers(place)} == {"ci.yml", "settings.local.json"}


def test_a_commit_the_call_made_itself_explains_nothing(place: Guarded) -> None:
    git(place.root, "checkout", "-q", "-b", "feat")
    put(place.root / ".github/workflows/ci.yml", "on: never\n")
    git(place.root, "commit", "-qam", "ci", "--no-verify")
    assert after(place, "git checkout -q -b feat && python -m pytest").blocked


def test_going_back_to_before_the_policy_is_told(place: Guarded) -> None:
    git(place.root, "rm", "-q", "twelve.toml")
    git(place.root, "commit", "-qm", "Revert")
    assert after(place, "git revert --no-edit HEAD").blocked


def test_a_stash_that_took_an_untracked_registration_away_is_told(place: Guarded) -> None:
    put(place.root / ".claude/settings.local.json", '{"hooks": {"PreToolUse": []}}')
    after(place)
    (place.root / ".claude/settings.local.json").unlink()
    assert after(place, "git stash -a -q").blocked


def test_a_refused_call_that_a_person_let_through_explains_its_change(place: Guarded) -> None:
    from_ = int(time.time()) - 1
    signed = {**FORGED, "id": "exemption-12345678", "from": from_, "expires": from_ + 600, "scope": "twelve.toml"}
    path = place.state / "exemptions/exemption-12345678.json"
    put(path, json.dumps(signed))
    provenance.wrote(place.state, path)
    target = str(place.root / "twelve.toml")
    assert place.call("Write", file_path=target, content="[x]\n").out == ""
    put(place.root / "twelve.toml", "[x]\n")
    given = {"file_path": target, "content": "[x]\n"}
    assert place.event("PostToolUse", tool_name="Write", tool_input=given, tool_response={"success": True}).out == ""
    assert tampers(place) == []


def test_a_remote_branch_rewritten_by_a_test_run_is_told(place: Guarded, tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    git(place.root, "init", "-q", "--bare", str(remote))
    git(place.root, "remote", "add", "origin", str(remote))
    git(place.root, "commit", "-q", "--allow-empty", "-m", "one")
    git(place.root, "push", "-q", "origin", "HEAD:main")
    assert after(place, f"git remote add origin {remote} && git push origin HEAD:main").out == ""
    git(place.root, "commit", "-q", "--allow-empty", "--amend", "-m", "two")
    git(place.root, "push", "-q", "--force", "origin", "HEAD:main")
    answer = after(place)
    assert answer.blocked
    assert "rewritten" in answer.err
    assert after(place).out == ""


def test_a_remote_branch_that_somebody_else_rewrote_is_not_ours(place: Guarded, tmp_path: Path) -> None:
    remote, other = tmp_path / "remote.git", tmp_path / "other"
    git(place.root, "init", "-q", "--bare", str(remote))
    git(place.root, "remote", "add", "origin", str(remote))
    git(place.root, "push", "-q", "origin", "HEAD:main")
    after(place, f"git remote add origin {remote}")
    git(tmp_path, "clone", "-q", "-b", "main", str(remote), str(other))
    git(other, "commit", "-q", "--allow-empty", "--amend", "-m", "theirs")
    git(other, "push", "-q", "--force", "origin", "HEAD:main")
    git(place.root, "fetch", "-q", "origin")
    assert after(place).out == ""


def test_evidence_that_lost_a_line_is_told_and_evidence_that_grew_is_not(place: Guarded) -> None:
    note = ("notes", "--ref=twelve/evidence")
    git(place.root, *note, "add", "-m", "one", "HEAD")
    assert after(place).out == ""
    git(place.root, *note, "append", "-m", "two", "HEAD")
    assert after(place).out == ""
    git(place.root, *note, "add", "-f", "-m", "two", "HEAD")
    assert after(place).blocked


def test_everything_the_policy_protects_is_watched_or_named_as_churning() -> None:
    listed = {glob for glob in (*protected.POLICY_GLOBS, *protected.CI_GLOBS) if glob not in watch.CHURNING}
    assert not [glob for glob in listed if any(sign in glob.removesuffix("/**") for sign in watch.SIGNS)]
    assert set(watch.CHURNING) <= set(protected.POLICY_GLOBS)
    assert Settings()


def stop(place: Guarded, **fields: Any) -> Answer:
    return place.event("Stop", last_assistant_message="I stopped.", **fields)


def test_a_program_left_running_is_noticed_when_the_turn_ends(place: Guarded) -> None:
    assert stop(place).out == ""
    put(place.root / ".git/hooks/pre-push", "#!/bin/sh\n")
    answer = stop(place)
    assert "tampered" in answer.out + answer.err
    assert len(tampers(place)) == 1
    assert stop(place).out == "", "told once"


def test_a_program_left_running_is_noticed_when_the_session_ends(place: Guarded) -> None:
    put(place.root / "twelve.toml", "[x]\n")
    assert place.event("SessionEnd", reason="exit") == Answer(code=0, out="", err="")
    assert [Path(found["path"]).name for found in tampers(place)] == ["twelve.toml"]


def test_a_branch_a_person_changed_to_is_no_tampering_at_the_end_of_a_turn(place: Guarded) -> None:
    git(place.root, "checkout", "-q", "-b", "feat")
    put(place.root / ".github/workflows/ci.yml", "on: [push]\n")
    git(place.root, "commit", "-qam", "ci")
    git(place.root, "checkout", "-q", "main")
    stop(place)
    git(place.root, "checkout", "-q", "feat")
    assert stop(place).out == ""
    assert tampers(place) == []


def test_what_guards_hang_on_is_not_taken_over_unseen_after_a_night(place: Guarded) -> None:
    put(place.root / ".github/workflows/ci.yml", "on: [push]\n")
    put(place.root / ".git/hooks/pre-push", "#!/bin/sh\n")
    long_ago = time.time() - 7_200
    os.utime(place.state / "heartbeat" / "claude", (long_ago, long_ago))
    told = place.event("SessionStart", source="startup", session_id="s-2").object["hookSpecificOutput"]["additionalContext"]
    assert "hooks/pre-push" in told
    assert "ci.yml" not in told, "git shows that to everybody"
    os.utime(place.state / "heartbeat" / "claude", (long_ago, long_ago))
    told = place.event("SessionStart", source="startup", session_id="s-3").object["hookSpecificOutput"]["additionalContext"]
    assert "hooks/pre-push" not in told


def test_a_forged_exemption_that_was_told_does_not_count_until_a_person_looked(place: Guarded) -> None:
    path = place.state / "exemptions/e1.json"
    put(path, json.dumps(FORGED))
    assert after(place).blocked
    assert place.call("Write", file_path=str(place.root / "twelve.toml"), content="x").code == 2
    tampering.settle(place.state, by="Pat", reason="it was me")
    assert place.call("Write", file_path=str(place.root / "twelve.toml"), content="x").code == 0


def test_seals_of_another_guard_do_not_hide_a_changed_policy(place: Guarded) -> None:
    path = next((place.state / "seals").glob("*.json"))
    record = json.loads(path.read_text())
    del record["entries"][str(place.root / "twelve.toml")]
    path.write_text(json.dumps({**record, "build": "x"}))
    assert after(place).blocked


def test_what_gits_hooks_kept_during_a_call_is_told_to_the_model(place: Guarded) -> None:
    tampering.note(place.state, path="commit 1234", change="committed without the hook", root=place.root, tool="post-commit")
    answer = after(place)
    assert answer.blocked
    assert "commit 1234" in answer.err
    assert after(place).out == ""
    assert len(tampers(place)) == 1


def test_a_fetch_in_the_call_does_not_cover_a_push_of_a_program(place: Guarded, tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    git(place.root, "init", "-q", "--bare", str(remote))
    git(place.root, "remote", "add", "origin", str(remote))
    git(place.root, "push", "-q", "origin", "HEAD:main")
    after(place, f"git remote add origin {remote}")
    git(place.root, "commit", "-q", "--allow-empty", "--amend", "-m", "two")
    git(place.root, "push", "-q", "--force", "origin", "HEAD:main")
    assert after(place, "git fetch -q; python -m pytest").blocked
