"""The registered command line, run as a client runs it: what is blocked, what passes, and that every doubt is closed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kit.hooks import Answer, Guarded, guarded
from twelve.system import journal
from twelve.workflow.fastpath import bundle

SILENT = Answer(code=0, out="", err="")
CALLS = {"claude": ("Bash", "command"), "codex": ("Bash", "command"), "gemini": ("run_shell_command", "command")}
every_client = pytest.mark.parametrize("client", CALLS)


def call(place: Guarded, tool: str, client: str, given: dict[str, Any]) -> Answer:
    return place.call(tool, client, **given)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    return guarded(tmp_path_factory.mktemp("answers"))


@every_client
def test_a_forbidden_call_is_blocked_in_the_form_all_clients_honour(place: Guarded, client: str) -> None:
    tool, member = CALLS[client]
    answer = call(place, tool, client, {member: "git push --force origin main"})
    assert answer.blocked
    assert answer.out.count("{") == 1
    assert "force-push" in answer.err


@every_client
def test_a_harmless_call_passes_in_silence(place: Guarded, client: str) -> None:
    tool, member = CALLS[client]
    for command in ("git status --short", "python3 -m pytest -q", "for f in *.py; do echo $f; done"):
        assert call(place, tool, client, {member: command}) == SILENT


@pytest.mark.parametrize("file", ["twelve.toml", ".git/hooks/pre-commit", ".claude/settings.local.json"])
def test_what_decides_about_the_agent_cannot_be_written_by_it(place: Guarded, file: str) -> None:
    assert place.call("Write", file_path=str(place.root / file), content="x").blocked
    patch = f"*** Begin Patch\n*** Add File: {file}\n+x\n*** End Patch\n"
    assert place.call("apply_patch", "codex", command=patch).blocked
    assert place.call("write_file", "gemini", file_path=str(place.root / file), content="x").blocked


def payload(place: Guarded, **changes: Any) -> dict[str, Any]:
    whole = place.payload("PreToolUse", tool_name="Bash", tool_input={"command": "git status"})
    whole.update(changes)
    return {key: value for key, value in whole.items() if value is not None}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[]",
        b'{"hook_event_name":"PreToolUse","hook_event_name":"Stop"}',
        b'{"hook_event_name":"PreToolUse","tool_name":NaN}',
        b'\xef\xbb\xbf{"hook_event_name":"PreToolUse"}',
        b'{"hook_event_name":"PreToolUse","tool_name":"\xff"}',
        b'{"hook_event_name":"PreToolUse","x":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"hook_event_name":"PreToolUse"} {"decision":"approve"}',
        b'{"hook_event_name":"PreToolUse","tool_name":"Bash"',
        b'{"tool_name":"Bash","tool_input":{}}',
        b'{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"hook_event_name":"Stop","a":1,"a":2}}',
    ],
    ids=lambda raw: repr(raw[:40]),
)
def test_a_call_that_cannot_be_read_is_refused(place: Guarded, raw: bytes) -> None:
    assert place.run(raw).blocked


@pytest.mark.parametrize(
    "changes",
    [
        {"tool_name": None},
        {"tool_input": None},
        {"tool_input": []},
        {"cwd": None},
        {"cwd": "relative"},
        {"tool_name": 7},
        {"session_id": {}},
    ],
    ids=str,
)
def test_a_call_with_a_missing_or_odd_member_is_refused(place: Guarded, changes: dict[str, Any]) -> None:
    assert place.run(json.dumps(payload(place, **changes))).blocked


@pytest.mark.parametrize(
    "raw", [b'{"hook_event_name":"Stop","a":1,"a":2}', b'{"hook_event_name" : "SessionEnd","x":NaN}', b'{"hook_event_name":"NewEvent"}']
)
def test_an_event_no_call_hangs_on_is_answered_with_silence(place: Guarded, raw: bytes) -> None:
    assert place.run(raw) == SILENT


def test_text_inside_a_call_cannot_pass_it_off_as_another_event(place: Guarded) -> None:
    sly = json.dumps(payload(place, tool_input={"command": 'x "hook_event_name":"Stop"'}))[:-1]
    assert place.run(sly).blocked


def test_a_payload_beyond_the_limit_is_refused(place: Guarded) -> None:
    answer = place.call("Write", file_path="/x", content="x" * 17_000_000)
    assert answer.blocked
    assert "larger" in answer.err


def test_a_large_file_within_the_limit_is_looked_at(place: Guarded) -> None:
    assert place.call("Write", file_path=str(place.root / "src/big.py"), content="x" * 3_000_000) == SILENT
    assert place.call("Write", file_path=str(place.root / "twelve.toml"), content="x" * 3_000_000).blocked


def test_hidden_letters_are_judged_by_what_they_mean(place: Guarded) -> None:
    raw = json.dumps(payload(place)).replace("git status", "git p\\u0075sh --f\\u006frce")
    assert place.run(raw).blocked


def test_another_interpreters_bundle_falls_back_to_the_sources(tmp_path: Path) -> None:
    place = guarded(tmp_path)
    raw = (place.state / bundle.BINARY).read_bytes()
    (place.state / bundle.BINARY).write_bytes(raw[:8] + b"\0" * 8 + raw[16:])
    assert place.call("Bash", command="git push --force").blocked
    assert "force-push" in place.call("Bash", command="git push --force").err
    assert place.call("Bash", command="git status") == SILENT


def test_a_damaged_section_falls_back_and_nothing_at_all_closes(tmp_path: Path) -> None:
    place = guarded(tmp_path)
    raw = bytearray((place.state / bundle.BINARY).read_bytes())
    raw[len(raw) // 3 :: 7] = b"\xaa" * len(raw[len(raw) // 3 :: 7])
    (place.state / bundle.BINARY).write_bytes(bytes(raw))
    assert place.call("Bash", command="git push --force").blocked
    (place.state / bundle.SOURCES).write_bytes(b"x")
    refused = place.call("Bash", command="git status")
    assert refused.blocked
    assert "guard-failure" in refused.err
    (place.state / bundle.SOURCES).unlink()
    (place.state / bundle.BINARY).unlink()
    assert place.call("Bash", command="git status").blocked
    assert place.event("SessionEnd", reason="other") == SILENT


def test_another_python_runs_the_sources(tmp_path: Path) -> None:
    other = next((path for path in (f"/usr/bin/python3.{minor}" for minor in range(11, 16)) if os.access(path, os.X_OK)), "")
    if not other or os.path.realpath(other) == os.path.realpath(sys.executable):
        pytest.skip("there is no second Python 3.11 or later here")
    place = guarded(tmp_path)
    raw = json.dumps(place.payload("PreToolUse", tool_name="Bash", tool_input={"command": "git push --force"})).encode()
    argv = [other, "-I", "-S", str(place.state / "hook.py"), "claude"]
    done = subprocess.run(argv, input=raw, capture_output=True, check=False, timeout=60)
    assert (done.returncode, b"force-push" in done.stderr) == (2, True)


def test_a_hook_that_gets_no_input_in_time_refuses(place: Guarded, tmp_path: Path) -> None:
    text = (place.state / "hook.py").read_text().replace("DEADLINE_S = 8", "DEADLINE_S = 0.2")
    slow = tmp_path / "hook.py"
    slow.write_text(text)
    with subprocess.Popen(
        [sys.executable, "-I", "-S", str(slow), "claude"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        process.stdin.write(b'{"hook_event_name":"PreToolUse",')
        process.stdin.flush()
        code = process.wait(timeout=20)
        assert process.stdout is not None
        assert (code, json.loads(process.stdout.read())["decision"]) == (2, "block")


def test_the_deadline_stays_far_below_what_is_registered(place: Guarded) -> None:
    assert "DEADLINE_S = 8\\n" in (place.state / "hook.py").read_text()


def test_a_missing_home_a_hostile_path_and_a_gone_folder_change_nothing(place: Guarded, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    (gone / "json.py").write_text("raise SystemExit(0)")
    (gone / "posix.py").write_text("raise SystemExit(0)")
    env = {"HOME": "", "PATH": str(gone), "PYTHONPATH": str(gone), "PYTHONSTARTUP": str(gone / "json.py"), "LC_ALL": "C", "LANG": "xx"}
    raw = json.dumps(payload(place, tool_input={"command": "git push --force # ü"}), ensure_ascii=False)
    assert place.run(raw, env=env, cwd=gone).blocked


def test_the_project_is_the_clients_and_does_not_follow_cd(place: Guarded) -> None:
    (place.root / "sub").mkdir(exist_ok=True)
    inside = {
        "cwd": str(place.root / "sub"),
        "tool_name": "Write",
        "tool_input": {"file_path": str(place.root / "twelve.toml"), "content": "x"},
    }
    assert place.run(json.dumps({**place.payload("PreToolUse"), **inside})).blocked
    away = {**inside, "cwd": "/"}
    assert place.run(json.dumps({**place.payload("PreToolUse"), **away}), env={"CLAUDE_PROJECT_DIR": str(place.root)}).blocked


def test_a_second_work_tree_is_guarded_like_the_first(place: Guarded, tmp_path: Path) -> None:
    second = place.repository.add_worktree(tmp_path / "second", "side")

    def write(path: Path) -> Answer:
        call = {"cwd": str(second.root), "tool_name": "Write", "tool_input": {"file_path": str(path), "content": "x"}}
        return place.run(json.dumps({**place.payload("PreToolUse"), **call}))

    assert write(second.root / "src/b.py") == SILENT
    assert write(second.root / "twelve.toml").blocked
    assert write(place.root / "twelve.toml").blocked
    assert "outside-write" in write(Path("/opt/elsewhere.txt")).err


def test_the_sessions_own_temporary_folder_may_be_written(place: Guarded) -> None:
    def write(temporary: Path, target: Path) -> Answer:
        return place.call("Write", env={"TMPDIR": str(temporary)}, file_path=str(target), content="x")

    own = Path("/opt/session-tmp")
    assert write(own, own / "a.txt") == SILENT
    assert write(Path("/"), Path("/opt/a.txt")).blocked


def test_one_line_per_answer_is_readable_as_the_journal_and_holds_no_content(tmp_path: Path) -> None:
    place = guarded(tmp_path)
    place.call("Bash", command="echo TOP-SECRET-4711")
    place.call("Bash", command="git push --force TOP-SECRET-4711")
    place.event("UserPromptSubmit", prompt="TOP-SECRET-4711")
    place.event("SessionEnd", reason="other")
    read = journal.read_all(place.state / "journal")
    assert (len(read.events), read.torn) == (4, 0)
    assert {event["name"] for event in read.events} == {"hook.answered"}
    assert [event["decision"] for event in read.events] == ["allow", "deny", "silent", "silent"]
    assert "4711" not in "".join(path.read_text() for path in (place.state / "journal").glob("*"))


def test_the_first_and_only_words_of_a_healthy_session_go_to_standard_error(tmp_path: Path) -> None:
    place = guarded(tmp_path)
    place.proven("claude")
    started = place.event("SessionStart", source="startup")
    assert (started.code, started.out) == (0, "")
    assert place.built.proof in started.err
    assert place.built.build in (place.state / "heartbeat" / "claude").read_text()


def test_a_policy_that_changed_since_is_told_in_one_line(tmp_path: Path) -> None:
    place = guarded(tmp_path)
    (place.root / "twelve.toml").write_text("[guard]\n")
    told = place.event("SessionStart", source="startup").object["hookSpecificOutput"]
    assert told["hookEventName"] == "SessionStart"
    assert "another twelve.toml" in told["additionalContext"]
    assert len(told["additionalContext"]) < 240


def test_a_quiet_call_loads_a_handful_of_modules_and_a_simple_one_fewer_than_eighty(place: Guarded, tmp_path: Path) -> None:
    def loaded(tool: str, **given: Any) -> int:
        counting = tmp_path / "count.py"
        counting.write_text(COUNTING.format(hook=str(place.state / "hook.py")))
        raw = json.dumps(place.payload("PreToolUse", tool_name=tool, tool_input=given)).encode()
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(counting), "claude"], input=raw, capture_output=True, check=False, timeout=60
        )
        return int(done.stderr.rpartition(b"\n")[2])

    assert loaded("Bash", command="git status --short") <= 25
    assert loaded("Bash", command="python3 -m pytest -q") <= 80
    assert loaded("Write", file_path=str(place.root / "src/a.py"), content="x") <= 80


COUNTING = """\
import sys, posix
hook = {hook!r}
before = set(sys.modules)
leave = posix._exit
def count(code):
    ran = [name for name, module in sys.modules.items() if name not in before and type(module).__name__ != "Waiting"]
    posix.write(2, b"\\n" + str(len(ran)).encode())
    leave(code)
posix._exit = count
exec(compile(open(hook).read(), hook, "exec"), {{"__name__": "__main__", "__file__": hook}})
"""
