"""A process that dies at any system call of init or uninstall leaves something the next uninstall puts right."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import twelve
from kit import repos
from twelve.model.errors import TwelveError
from twelve.system import git
from twelve.workflow import install

SOURCE = str(Path(twelve.__file__).parents[1])
CHILD = """
import os, sys
from pathlib import Path
left = int(sys.argv[1])
def dying(real):
    def call(*arguments, **options):
        global left
        if left == 0:
            os._exit(137)
        left -= 1
        return real(*arguments, **options)
    return call
from twelve.system import git
from twelve.workflow import install
repository = git.discover(Path('.'))
plan = install.plan_install(repository) if sys.argv[2] == 'init' else install.plan_uninstall(repository)
for name in ('open', 'link', 'replace', 'unlink', 'fsync', 'mkdir', 'rmdir'):
    setattr(os, name, dying(getattr(os, name)))
install.apply(repository, plan)
os._exit(0)
"""


def content(root: Path) -> dict[str, tuple[int, bytes]]:
    return {name: value for name, value in repos.snapshot(root).items() if not name.startswith(".git/")}


def die(root: Path, after: int, verb: str) -> int:
    command = [sys.executable, "-c", CHILD, str(after), verb]
    return subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": SOURCE}, check=False).returncode


def take_back(repository: git.Repository) -> None:
    with suppress(TwelveError):
        install.apply(repository, install.plan_uninstall(repository))


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["init", "uninstall"])
def test_a_process_killed_at_any_call_loses_no_byte_of_the_project(tmp_path: Path, verb: str) -> None:
    after, finished = 0, False
    while not finished:
        repository = repos.new_repository(tmp_path, {"Makefile": "all:\n\techo hi", "README.md": "# p\n"}, name=f"p{after}")
        before = content(repository.root)
        if verb == "uninstall":
            install.apply(repository, install.plan_install(repository))
        finished = die(repository.root, after, verb) == 0
        take_back(repository)
        assert content(repository.root) == before, f"died after {after} calls"
        after += 1
    assert after > 10
