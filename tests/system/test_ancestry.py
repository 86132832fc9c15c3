"""Parents of real processes, and who holds a terminal."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from twelve.system import ancestry

LINUX = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")


def test_the_chain_of_parents_starts_here_and_climbs() -> None:
    found = ancestry.lineage()
    assert [found[0].pid, found[1].pid] == [os.getpid(), os.getppid()]
    assert all(child.parent == parent.pid for child, parent in itertools.pairwise(found))


@LINUX
def test_variables_a_parent_was_started_with_are_seen_though_the_child_dropped_them() -> None:
    program = (
        "import subprocess, sys\n"
        "ask = 'from twelve.system import ancestry; print([sorted(p.variables) for p in ancestry.lineage()[:2]])'\n"
        "subprocess.run([sys.executable, '-c', ask], env={'PYTHONPATH': sys.argv[1]})\n"
    )
    source = str(Path(__file__).parents[2] / "src")
    marked = {**os.environ, "CLAUDECODE": "1"}
    shown = subprocess.run([sys.executable, "-c", program, source], env=marked, capture_output=True, text=True, check=True).stdout
    child, parent = eval(shown)  # noqa: S307 - our own output
    assert "CLAUDECODE" not in child
    assert "CLAUDECODE" in parent


@LINUX
def test_whoever_holds_the_other_end_of_a_terminal_is_found() -> None:
    master, slave = os.openpty()
    try:
        assert os.getpid() in ancestry.terminal_holders(slave)
    finally:
        os.close(master)
        os.close(slave)


def test_something_that_is_no_terminal_has_no_holder(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as stream:
        assert ancestry.terminal_holders(stream.fileno()) == ()


def test_the_output_of_ps_tells_command_from_environment() -> None:
    listing = (
        "  1     0 /sbin/launchd\n"
        "700     1 /bin/zsh -l HOME=/Users/ana CLAUDECODE=1 EMPTY=\n"
        "701   700 node /x/@openai/codex/bin/codex.js --flag=a PATH=/bin\n"
        "not a row\n"
    )
    look = ancestry._from_ps(listing)
    shell, node = look(700), look(701)
    assert shell is not None
    assert node is not None
    assert (shell.parent, shell.argv, shell.variables) == (1, ("/bin/zsh", "-l"), frozenset({"HOME", "CLAUDECODE"}))
    assert (node.name, node.argv[-1]) == ("node", "--flag=a")
    assert look(9) is None


@pytest.mark.skipif(shutil.which("ps") is None, reason="ps is not installed")
def test_ps_and_proc_agree_about_the_parents() -> None:
    listing = subprocess.run(["ps", "-axww", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True).stdout
    found = ancestry._from_ps(listing)(os.getpid())
    assert found is not None
    assert found.parent == os.getppid()
