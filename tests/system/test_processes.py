from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.model.verdict import Outcome
from twelve.system import async_processes, process_group, processes
from twelve.system.processes import Execution, RetryPolicy
from twelve.system.supervisor import FLOOD_FACTOR, Capture

Runner = Callable[..., Execution]


def _run_in_loop(argv: list[str], **options: object) -> Execution:
    return asyncio.run(async_processes.run(argv, **options))  # type: ignore[arg-type]


@pytest.fixture(params=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Runner:
    """Every rule below holds for both entrances."""
    return processes.run if request.param == "sync" else _run_in_loop


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits for its parent does not count."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pid: int, patience_s: float = 10) -> bool:
    deadline = time.monotonic() + patience_s
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code]


needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc on this system: daemons cannot be traced")


def test_exit_code_zero_is_pass_and_any_other_is_fail(run: Runner, tmp_path: Path) -> None:
    good, bad = run(["true"], cwd=tmp_path), run(python("raise SystemExit(3)"), cwd=tmp_path)
    assert (good.outcome, good.exit_code, good.reason) == (Outcome.PASS, 0, "")
    assert (bad.outcome, bad.exit_code, bad.reason) == (Outcome.FAIL, 3, "")


def test_both_output_streams_are_kept_apart(run: Runner, tmp_path: Path) -> None:
    execution = run(["sh", "-c", "echo out; echo err >&2"], cwd=tmp_path)
    assert (execution.stdout, execution.stderr, execution.text) == (b"out\n", b"err\n", "out\n")


def test_arguments_reach_the_program_exactly_as_given(run: Runner, tmp_path: Path) -> None:
    awkward = ["; rm -rf /", "$(id)", "a b\n'\"", "ü", "\udcff", "", "*"]
    execution = run(python("import sys,os; sys.stdout.buffer.write(b'\\0'.join(map(os.fsencode, sys.argv[1:])))") + awkward, cwd=tmp_path)
    assert execution.stdout.split(b"\0") == [os.fsencode(part) for part in awkward]


def test_a_timeout_ends_the_program_and_is_an_error_worth_a_retry(run: Runner, tmp_path: Path) -> None:
    execution = run(["sleep", "30"], cwd=tmp_path, timeout_s=0.2)
    assert execution.outcome is Outcome.ERROR
    assert execution.exit_code is None
    assert "timeout" in execution.reason
    assert execution.transient
    assert execution.duration_s < 15


def test_exiting_cleanly_after_the_timeout_is_still_an_error(run: Runner, tmp_path: Path) -> None:
    execution = run(["sh", "-c", "trap 'exit 0' TERM; sleep 30 & wait"], cwd=tmp_path, timeout_s=0.3)
    assert execution.outcome is Outcome.ERROR


def test_a_program_that_ignores_sigterm_is_killed(run: Runner, tmp_path: Path) -> None:
    code = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(30)"
    execution = run(python(code), cwd=tmp_path, timeout_s=1, grace_s=0.2)
    assert execution.stdout == b"deaf\n"
    assert execution.outcome is Outcome.ERROR
    assert execution.duration_s < 15


def test_a_program_gets_time_to_tidy_up_after_sigterm(run: Runner, tmp_path: Path) -> None:
    code = (
        "import signal,sys,time\n"
        "def tidy(*_):\n  time.sleep(0.2); open('tidied', 'w').close(); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, tidy); time.sleep(30)"
    )
    run(python(code), cwd=tmp_path, timeout_s=1, grace_s=10)
    assert (tmp_path / "tidied").exists()


def test_a_stopped_program_is_killed_too(run: Runner, tmp_path: Path) -> None:
    execution = run(["sh", "-c", "kill -STOP $$"], cwd=tmp_path, timeout_s=0.2, grace_s=0.2)
    assert execution.outcome is Outcome.ERROR
    assert execution.duration_s < 15


def test_a_background_child_that_holds_the_output_open_does_not_hang_us(run: Runner, tmp_path: Path) -> None:
    execution = run(["sh", "-c", "sleep 30 & echo $!"], cwd=tmp_path, timeout_s=20)
    assert execution.outcome is Outcome.PASS
    assert execution.duration_s < 15
    assert gone(int(execution.stdout))


def test_a_background_child_that_closed_the_output_is_killed_at_the_end(run: Runner, tmp_path: Path) -> None:
    execution = run(["sh", "-c", "sleep 30 >/dev/null 2>&1 & echo $!"], cwd=tmp_path, timeout_s=20)
    assert execution.outcome is Outcome.PASS
    assert gone(int(execution.stdout))


DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        {quiet}
        open('pid', 'w').write(str(os.getpid()))
        time.sleep(30)
    os._exit(0)
while not os.path.exists('pid') or not open('pid').read(): time.sleep(0.01)
"""


@needs_proc
@pytest.mark.parametrize("quiet", ["pass", "[os.close(n) for n in (0, 1, 2)]"], ids=["holding stdout", "detached"])
def test_a_daemon_that_left_the_process_group_is_killed_at_the_end(run: Runner, tmp_path: Path, quiet: str) -> None:
    execution = run(python(DAEMON.format(quiet=quiet)), cwd=tmp_path, timeout_s=20)
    assert execution.outcome is Outcome.PASS
    assert execution.duration_s < 15
    assert gone(int((tmp_path / "pid").read_text()))


@needs_proc
def test_without_the_sweep_a_detached_daemon_lives_on(tmp_path: Path) -> None:
    processes.run(python(DAEMON.format(quiet="[os.close(n) for n in (0, 1, 2)]")), cwd=tmp_path, sweep=False)
    pid = int((tmp_path / "pid").read_text())
    assert alive(pid), "the test above would prove nothing"
    os.kill(pid, signal.SIGKILL)


@needs_proc
def test_a_timeout_reaches_children_that_cleaned_their_environment_and_left_the_group(run: Runner, tmp_path: Path) -> None:
    script = "env -i setsid sh -c 'echo $$ > pid; exec sleep 30' & wait"
    run(["sh", "-c", script], cwd=tmp_path, timeout_s=1, grace_s=5)
    assert gone(int((tmp_path / "pid").read_text()))


def test_a_tree_of_children_dies_with_the_timeout(run: Runner, tmp_path: Path) -> None:
    run(["sh", "-c", "for i in 1 2 3; do (sleep 30 & echo $! >> pids; wait) & done; wait"], cwd=tmp_path, timeout_s=1)
    pids = [int(word) for word in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 3
    assert all(gone(pid) for pid in pids)


def test_a_flood_is_cut_short_and_keeps_its_beginning_and_end(run: Runner, tmp_path: Path) -> None:
    execution = run(["yes"], cwd=tmp_path, output_limit=10_000, timeout_s=20)
    assert execution.outcome is Outcome.ERROR
    assert "bytes of output" in execution.reason
    assert execution.truncated
    assert len(execution.stdout) < 10_200
    assert execution.duration_s < 15


def test_output_above_the_limit_loses_its_middle_but_not_its_verdict(run: Runner, tmp_path: Path) -> None:
    execution = run(python("print('first'); print('x' * 30000); print('last')"), cwd=tmp_path, output_limit=10_000)
    assert execution.outcome is Outcome.PASS
    assert execution.truncated
    assert execution.stdout.startswith(b"first\n")
    assert execution.stdout.endswith(b"last\n")
    assert b"bytes left out" in execution.stdout


@given(st.lists(st.binary(max_size=40), max_size=30), st.integers(min_value=1, max_value=200))
def test_captured_output_is_whole_or_a_head_and_a_tail_of_the_limit(chunks: list[bytes], limit: int) -> None:
    capture = Capture(limit)
    for chunk in chunks:
        capture.add(chunk)
    whole = b"".join(chunks)
    if len(whole) <= limit:
        assert capture.value() == whole
    else:
        head, tail = whole[: limit // 2], whole[len(whole) - (limit - limit // 2) :]
        assert capture.truncated
        assert capture.value().startswith(head)
        assert capture.value().endswith(tail)
        assert len(capture.value()) == limit + len(capture.value()) - len(head) - len(tail)


def test_a_flood_never_holds_more_memory_than_a_few_limits() -> None:
    capture = Capture(1000)
    for _ in range(1000):
        capture.add(b"y" * 1000)
    assert len(capture._head) + len(capture._tail) < 200_000
    assert capture.total > FLOOD_FACTOR * 1000


def test_a_large_input_and_a_large_output_at_once_do_not_deadlock(run: Runner, tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    assert run(["cat"], cwd=tmp_path, stdin=data).stdout == data


def test_a_program_that_never_reads_its_input_ends_normally(run: Runner, tmp_path: Path) -> None:
    assert run(["true"], cwd=tmp_path, stdin=b"x" * 3_000_000).outcome is Outcome.PASS


def test_without_input_a_reader_sees_the_end_at_once(run: Runner, tmp_path: Path) -> None:
    assert run(["cat"], cwd=tmp_path).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["no-such-program-here"], "not found on PATH"),
        (["./absent"], "was not found"),
        (["./plain"], "not executable"),
        (["./not-a-program"], "not a program"),
        (["true", "a\0b"], "NUL"),
        ([], "empty"),
        ([""], "empty"),
        (["true", "x" * 3_000_000], "cannot be started"),
        (["true", "\ud800"], "cannot be started"),
    ],
)
def test_what_cannot_start_is_an_error_that_says_why(run: Runner, tmp_path: Path, argv: list[str], reason: str) -> None:
    (tmp_path / "plain").write_text("echo hello")
    (tmp_path / "not-a-program").write_bytes(b"\x00\x01\x02")
    (tmp_path / "not-a-program").chmod(0o755)
    execution = run(argv, cwd=tmp_path)
    assert execution.outcome is Outcome.ERROR
    assert reason in execution.reason
    assert not execution.transient


def test_a_missing_working_directory_is_not_mistaken_for_a_missing_program(run: Runner, tmp_path: Path) -> None:
    execution = run(["true"], cwd=tmp_path / "nowhere")
    assert execution.outcome is Outcome.ERROR
    assert "working directory" in execution.reason


def test_a_program_killed_by_a_signal_is_an_error_that_names_it(run: Runner, tmp_path: Path) -> None:
    execution = run(["sh", "-c", "kill -SEGV $$"], cwd=tmp_path)
    assert (execution.outcome, execution.exit_code) == (Outcome.ERROR, None)
    assert "SIGSEGV" in execution.reason


def test_a_command_line_as_one_string_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="list"):
        processes.run("echo hello", cwd=tmp_path)


def test_output_can_be_followed_while_the_program_runs(run: Runner, tmp_path: Path) -> None:
    seen: list[bytes] = []

    def listener(data: bytes) -> None:
        seen.append(data)
        (tmp_path / "go").touch()

    script = "echo one; while [ ! -e go ]; do sleep 0.01; done; echo two"
    execution = run(["sh", "-c", script], cwd=tmp_path, timeout_s=20, on_output=listener)
    assert execution.passed
    assert b"".join(seen) == b"one\ntwo\n"


def test_an_exception_of_the_listener_ends_the_program_and_reaches_the_caller(run: Runner, tmp_path: Path) -> None:
    def listener(data: bytes) -> None:
        raise LookupError("listener")

    started = time.monotonic()
    with pytest.raises(LookupError, match="listener"):
        run(["sh", "-c", "echo $$ > pid; echo x; exec sleep 30"], cwd=tmp_path, on_output=listener)
    assert time.monotonic() - started < 15
    assert gone(int((tmp_path / "pid").read_text()))


def test_the_process_id_is_told_at_the_start(run: Runner, tmp_path: Path) -> None:
    pids: list[int] = []
    execution = run(["sh", "-c", "echo $$"], cwd=tmp_path, on_start=pids.append)
    assert pids == [int(execution.stdout)]


def test_a_child_has_no_terminal_and_its_own_group(run: Runner, tmp_path: Path) -> None:
    execution = run(python("import os; print(os.getpgrp() == os.getpid(), os.getsid(0) == os.getpid())"), cwd=tmp_path)
    assert execution.text.split() == ["True", "True"]


def test_file_descriptors_of_ours_are_not_inherited(run: Runner, tmp_path: Path) -> None:
    with (tmp_path / "open").open("w"):
        execution = run(python("import os; print(sorted(map(int, os.listdir('/dev/fd')))[:4])"), cwd=tmp_path)
    assert "0, 1, 2, 3" in execution.text, "3 is the listing of the folder itself"


def test_descriptors_do_not_leak_over_many_calls(run: Runner, tmp_path: Path) -> None:
    run(["true"], cwd=tmp_path)
    before = len(os.listdir("/dev/fd"))
    for _ in range(5):
        run(["true"], cwd=tmp_path)
        run(["sleep", "5"], cwd=tmp_path, timeout_s=0.02)
        run(["no-such-program-here"], cwd=tmp_path)
    assert len(os.listdir("/dev/fd")) <= before


def test_cancelling_kills_the_whole_group(tmp_path: Path) -> None:
    async def scenario() -> None:
        task = asyncio.ensure_future(async_processes.run(["sh", "-c", "sleep 30 & echo $! > pid; wait"], cwd=tmp_path))
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
    assert not alive(int((tmp_path / "pid").read_text())), "cancelling returned before the program was dead"


def test_cancelling_twice_still_leaves_nothing_running(tmp_path: Path) -> None:
    async def scenario() -> int:
        pids: list[int] = []
        deaf = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open('deaf','w').close(); time.sleep(30)"
        task = asyncio.ensure_future(async_processes.run(python(deaf), cwd=tmp_path, grace_s=0.4, on_start=pids.append))
        while not (tmp_path / "deaf").exists():
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return pids[0]

    assert not alive(asyncio.run(scenario()))


def test_a_stop_event_ends_the_program_with_an_answer(tmp_path: Path) -> None:
    async def scenario() -> Execution:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.2, stop.set)
        return await async_processes.run(["sh", "-c", "echo started; exec sleep 30"], cwd=tmp_path, stop=stop)

    execution = asyncio.run(scenario())
    assert (execution.outcome, execution.reason, execution.stdout) == (Outcome.ERROR, "stopped on request", b"started\n")
    assert not execution.transient


def test_many_programs_run_at_the_same_time_in_one_loop(tmp_path: Path) -> None:
    async def scenario() -> list[Execution]:
        return await asyncio.gather(*(async_processes.run(["sleep", "0.5"], cwd=tmp_path) for _ in range(20)))

    started = time.monotonic()
    assert all(execution.passed for execution in asyncio.run(scenario()))
    assert time.monotonic() - started < 8, "they queued"


def test_kill_all_ends_what_another_thread_is_running(tmp_path: Path) -> None:
    async def scenario() -> Execution:
        return await async_processes.run(["sleep", "30"], cwd=tmp_path, on_start=lambda _: processes.kill_all())

    assert "SIGKILL" in asyncio.run(scenario()).reason


def test_kill_group_ends_a_group_known_only_by_its_id(tmp_path: Path) -> None:
    async def scenario() -> Execution:
        def kill_soon(pid: int) -> None:
            asyncio.get_running_loop().call_later(0.1, processes.kill_group, pid)

        return await async_processes.run(["sh", "-c", "sleep 30 & wait"], cwd=tmp_path, on_start=kill_soon)

    assert asyncio.run(scenario()).duration_s < 10


def test_kill_group_never_touches_our_own_group_or_init() -> None:
    for pid in (os.getpgrp(), 0, 1, -1):
        process_group.signal_group(pid, signal.SIGKILL)


@needs_proc
def test_a_process_is_told_from_a_later_one_with_the_same_id() -> None:
    assert processes.started_at(os.getpid()) == processes.started_at(os.getpid()) is not None
    assert processes.started_at(2**22 + 1) is None


def test_environment_hides_what_would_redirect_git_and_what_is_internal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_TRACE", "TWELVE_INTERNAL_X"):
        monkeypatch.setenv(name, "x")
    for name in ("GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "TWELVE__RUN__TOKENS"):
        monkeypatch.setenv(name, "x")
    scrubbed = processes.environment({"EXTRA": "1"})
    assert not {"GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_TRACE", "TWELVE_INTERNAL_X"} & scrubbed.keys()
    assert {"GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "TWELVE__RUN__TOKENS", "EXTRA", "PATH"} <= scrubbed.keys()
    assert "GIT_DIR" in processes.environment(scrub_git=False)


def test_a_repository_cannot_bring_its_own_program_through_a_relative_path_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Runner
) -> None:
    (tmp_path / "evil").write_text("#!/bin/sh\necho evil\n")
    (tmp_path / "evil").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".::{os.environ['PATH']}")
    assert processes.which("evil") is None
    assert run(["evil"], cwd=tmp_path).outcome is Outcome.ERROR
    assert Path(processes.which("./evil", cwd=tmp_path) or "") == tmp_path / "evil"


@pytest.mark.parametrize("message", ["fatal: Could not resolve host: example.invalid", "read ECONNRESET", "HTTP 503 Service Unavailable"])
def test_a_lost_network_is_transient_and_only_when_the_program_failed(tmp_path: Path, message: str) -> None:
    assert processes.run(["sh", "-c", f"echo '{message}' >&2; exit 1"], cwd=tmp_path).transient
    assert not processes.run(["sh", "-c", f"echo '{message}' >&2"], cwd=tmp_path).transient


def test_a_plain_failure_is_not_transient(tmp_path: Path) -> None:
    assert not processes.run(["sh", "-c", "echo '3 tests failed in 503 seconds'; exit 1"], cwd=tmp_path).transient


def test_retry_stops_at_the_first_lasting_answer_and_waits_longer_each_time() -> None:
    waits: list[float] = []
    answers = iter(["lost", "lost", "good"])
    answer, attempts = processes.retry(
        lambda _: next(answers), RetryPolicy(attempts=5, base_s=2, factor=3), transient=lambda text: text == "lost", sleep=waits.append
    )
    assert (answer, attempts, waits) == ("good", 3, [2.0, 6.0])


def test_retry_gives_the_last_answer_when_the_attempts_are_used_up() -> None:
    answer, attempts = processes.retry(lambda attempt: f"lost {attempt}", RetryPolicy(), transient=lambda _: True, sleep=lambda _: None)
    assert (answer, attempts) == ("lost 3", 3)
