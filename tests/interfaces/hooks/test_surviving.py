"""Whatever stands in the way of the hook's own process, a call it could not look at does not run."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kit.hooks import Answer, Guarded, guarded
from twelve.workflow.fastpath import bundle, registration

SILENT = Answer(code=0, out="", err="")
FILES = (bundle.BINARY, bundle.SOURCES)


@pytest.fixture
def place(tmp_path: Path) -> Guarded:
    return guarded(tmp_path)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def served(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path.name)
    os.chdir(here)


def huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)


def linked(path: Path) -> None:
    path.symlink_to("/dev/zero")


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("put", [pipe, served, huge, linked, folder], ids=lambda value: value.__name__)
def test_anything_but_a_plain_file_in_the_place_of_the_bundle_is_refused_at_once(place: Guarded, put: Callable[[Path], None]) -> None:
    for name in FILES:
        (place.state / name).unlink()
        put(place.state / name)
    raw = json.dumps(place.payload("PreToolUse", tool_name="Bash", tool_input={"command": "git status"}))
    argv = shlex.split(registration.command(place.repository, "claude"))
    done = subprocess.run(argv, input=raw.encode(), capture_output=True, timeout=5, check=False)
    assert (done.returncode, b"guard-failure" in done.stderr) == (2, True)
    assert json.loads(done.stdout)["decision"] == "block"


def test_a_pipe_in_the_place_of_the_compiled_bundle_alone_leaves_the_sources(place: Guarded) -> None:
    (place.state / bundle.BINARY).unlink()
    pipe(place.state / bundle.BINARY)
    assert place.call("Bash", command="git status") == SILENT
    assert "force-push" in place.call("Bash", command="git push --force").err


def test_a_blocked_alarm_does_not_switch_the_deadline_off(place: Guarded, tmp_path: Path) -> None:
    def block() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGALRM,))

    slow = tmp_path / "hook.py"
    slow.write_text((place.state / "hook.py").read_text().replace("DEADLINE_S = 8", "DEADLINE_S = 0.2"))
    with subprocess.Popen(
        [sys.executable, "-I", "-S", str(slow), "claude"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=block,
    ) as process:
        assert process.wait(timeout=20) == 2


def test_an_answer_nobody_reads_is_given_up_and_blocks(place: Guarded, tmp_path: Path) -> None:
    slow = tmp_path / "hook.py"
    slow.write_text(
        (place.state / "hook.py").read_text().replace("DEADLINE_S = 8", "DEADLINE_S = 0.2").replace("LAST_S = 1", "LAST_S = 0.2")
    )
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, b"x" * 65_536)
    except BlockingIOError:
        os.set_blocking(writing, True)
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(slow), "claude"],
            input=b"nothing anybody could read",
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=10,
            check=False,
        )
    finally:
        os.close(reading)
        os.close(writing)
    assert (done.returncode, b"guard-failure" in done.stderr) == (2, True)


@pytest.mark.parametrize("deaf", ["stdout", "stderr"])
def test_the_other_stream_is_written_when_nobody_listens_on_one(place: Guarded, deaf: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    raw = json.dumps(place.payload("PreToolUse", tool_name="Bash", tool_input={"command": "git push --force"})).encode()
    argv = shlex.split(registration.command(place.repository, "claude"))
    streams: dict[str, int] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, deaf: writing}
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=streams["stdout"], stderr=streams["stderr"]) as process:
        os.close(writing)
        out, err = process.communicate(raw, timeout=30)
    assert (process.returncode, b"force-push" in (err if deaf == "stdout" else out)) == (2, True)


@pytest.mark.parametrize("name", ["pretooluse", "PreToolUse ", "pre_tool_use", "BeforeToolCall", "PreToolUseV2"])
def test_an_event_of_another_name_that_brings_a_tools_input_is_looked_at(place: Guarded, name: str) -> None:
    assert place.event(name, tool_name="Bash", tool_input={"command": "git push --force"}).blocked
    assert place.event(name, tool_name="Bash", tool_input={"command": "git status"}).code == 0


def test_an_unknown_event_without_a_call_or_with_its_result_is_left_alone(place: Guarded) -> None:
    assert place.event("TeammateIdle", teammate="x") == SILENT
    done: dict[str, Any] = {"tool_name": "Bash", "tool_input": {"command": "git push --force"}, "tool_response": {"stdout": ""}}
    assert place.event("ToolFinished", **done) == SILENT


@pytest.mark.parametrize(
    "raw",
    [
        b'{"hook_event_name":"Pre\\u0054oolUse","x":{"hook_event_name":"Stop"},"a":1,"a":2}',
        b'{"hook\\u005fevent_name":"Pre\\u0054oolUse","x":{"hook_event_name":"Stop"},"a":1,"a":2}',
    ],
)
def test_hidden_letters_do_not_pass_an_unreadable_call_off_as_another_event(place: Guarded, raw: bytes) -> None:
    assert place.run(raw).blocked
    for name in FILES:
        (place.state / name).unlink()
    assert place.run(raw).blocked


def test_a_command_with_a_nul_is_refused_like_other_unreadable_lines(place: Guarded) -> None:
    assert place.call("Bash", command="git\0 push -f").blocked
    assert place.call("Write", file_path=str(place.root / "src/z.py"), content="a\0b").code == 0


def shelled(place: Guarded, client: str, event: str, *, before: str = "", command: str = "git status") -> tuple[int, bytes]:
    """The registered command line as a client runs it, through a shell."""
    hooks = registration.hooks(client, registration.command(place.repository, client))
    line = hooks[event][0]["hooks"][0]["command"]
    given: dict[str, Any] = {"tool_name": "Bash", "tool_input": {"command": command}} if "Tool" in event else {}
    raw = json.dumps(place.payload(event, **given)).encode()
    done = subprocess.run(["/bin/sh", "-c", before + line], input=raw, capture_output=True, timeout=30, check=False)
    return done.returncode, done.stdout


GUARDED = [("claude", "PreToolUse"), ("claude", "ConfigChange"), ("codex", "PreToolUse"), ("gemini", "BeforeTool")]


@pytest.mark.parametrize(("client", "event"), GUARDED)
def test_a_hook_that_cannot_start_or_crashes_blocks_the_call(place: Guarded, client: str, event: str) -> None:
    program = place.state / "hook.py"
    if event != "ConfigChange":
        assert shelled(place, client, event) == (0, b"")
    program.write_text("raise SystemExit(1)\n")
    assert shelled(place, client, event)[0] == 2
    program.write_text("import os\nos.kill(os.getpid(), 9)\n")
    assert shelled(place, client, event)[0] == 2
    program.unlink()
    program.mkdir()
    assert shelled(place, client, event)[0] == 2


@pytest.mark.skipif(sys.platform != "linux", reason="this limit is kept on Linux only")
@pytest.mark.parametrize("kilobytes", [6_000, 8_000, 12_000, 16_000, 20_000, 30_000])
def test_too_little_memory_for_the_interpreter_blocks_the_call(place: Guarded, kilobytes: int) -> None:
    code, _ = shelled(place, "claude", "PreToolUse", before=f"ulimit -v {kilobytes}; ", command="git push --force")
    assert code == 2


@pytest.mark.parametrize("files", [4, 5, 6])
def test_too_few_files_for_the_interpreter_block_the_call(place: Guarded, files: int) -> None:
    assert shelled(place, "claude", "PreToolUse", before=f"ulimit -n {files}; ", command="git push --force")[0] == 2
    assert shelled(place, "claude", "PreToolUse", before="ulimit -n 3; ", command="git push --force")[0] == 2


@pytest.mark.parametrize(
    ("client", "event"), [("claude", "Stop"), ("claude", "UserPromptSubmit"), ("gemini", "AfterAgent"), ("codex", "Stop")]
)
def test_where_a_block_would_loop_or_lose_a_prompt_a_crash_stays_a_crash(place: Guarded, client: str, event: str) -> None:
    (place.state / "hook.py").write_text("raise SystemExit(1)\n")
    assert shelled(place, client, event)[0] == 1
