from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.forked import until
from twelve.workflow.drive import strays

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc here")
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(100)"


@pytest.fixture
def executor() -> Iterator[str]:
    name = f"test-{os.getpid()}-{time.monotonic_ns()}"
    yield name
    strays.kill(name, grace_s=0)


def start(executor: str, program: str = STUBBORN) -> subprocess.Popen[bytes]:
    environment = {**os.environ, strays.MARK: executor}
    child = subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, start_new_session=True)
    assert child.stdout is not None
    child.stdout.readline()
    return child


def test_a_stray_that_ignores_signals_is_killed(executor: str) -> None:
    child = start(executor)
    assert strays.find(executor) == (child.pid,)
    assert strays.kill(executor, grace_s=0.2) == 1
    assert child.wait(5) == -9
    assert child.stdout is not None
    child.stdout.close()


def test_children_of_a_stray_that_changed_their_session_are_found_by_their_mark(executor: str) -> None:
    leave = f"subprocess.Popen([sys.executable, '-c', {STUBBORN!r}], start_new_session=True)"
    program = f"import subprocess, sys; {leave}; print('up', flush=True)"
    child = start(executor, program)
    child.wait(5)
    assert child.stdout is not None
    child.stdout.close()
    until(lambda: len(strays.find(executor)) == 1)
    strays.kill(executor, grace_s=0.2)
    until(lambda: not strays.find(executor))


def test_processes_of_other_drivers_and_of_nobody_are_left_alone(executor: str) -> None:
    other = start(f"{executor}-other")
    assert strays.find(executor) == ()
    assert strays.kill(executor) == 0
    assert other.poll() is None
    other.kill()
    other.wait(5)
    assert other.stdout is not None
    other.stdout.close()


def test_we_never_find_ourselves_or_our_ancestors(executor: str) -> None:
    program = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); from twelve.workflow.drive import strays; "
        "print(strays.find(os.environ[strays.MARK]))"
    )
    source = str(Path(strays.__file__).parents[3])
    environment = {**os.environ, strays.MARK: executor}
    out = subprocess.run([sys.executable, "-c", program, source], env=environment, capture_output=True, text=True, timeout=30, check=True)
    assert out.stdout.strip() == "()"
