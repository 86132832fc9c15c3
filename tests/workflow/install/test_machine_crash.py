"""A process that dies at any system call of arming or taking back leaves what uninstall, or another init, puts right."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import twelve
from kit import armed, repos
from twelve.model.errors import TwelveError
from twelve.system import git
from twelve.workflow import install

SOURCE = os.pathsep.join((str(Path(twelve.__file__).parents[1]), str(Path(__file__).parents[2])))
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
from kit import armed
from twelve.system import git
from twelve.workflow import install
repository = git.discover(Path('.'))
wish = armed.WISH
verb = sys.argv[2]
plan = install.plan_install(repository, wish=wish, arm=armed.arm) if verb == 'init' else install.plan_uninstall(repository)
for name in ('open', 'link', 'replace', 'unlink', 'fsync', 'mkdir', 'rmdir'):
    setattr(os, name, dying(getattr(os, name)))
install.apply(repository, plan)
os._exit(0)
"""
EVERY_CALL = bool(os.environ.get("TWELVE_TEST_EVERY_CALL"))
"""Read at import, before a test's environment is cleaned."""
THEIRS = '{\n\t"hooks": {"PreToolUse": []}\n}'
HOOK = "#!/bin/sh\necho theirs\n"


# Primes, so that neither the calls of one write nor those of one file are always hit at the same place.
STEPS = {
    ("beside", "init"): 5, ("beside", "uninstall"): 3, ("beside", "init again"): 13,
    ("folder", "init"): 11, ("folder", "uninstall"): 7, ("folder", "init again"): 29,
}  # fmt: skip
"""Every how many-th system call a process dies at; TWELVE_TEST_EVERY_CALL=1 takes each of them, in about half an hour."""


def project(folder: Path, how: str, number: int) -> git.Repository:
    repository = repos.new_repository(folder, {"README.md": "# p\n"}, name=f"p{number}")
    repos.write(repository, {".claude/settings.local.json": THEIRS})
    hook = repository.common_dir / "hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(HOOK)
    hook.chmod(0o755)
    if how == "folder":
        repository.run("config", "core.hooksPath", ".husky")
    return repository


def die(root: Path, after: int, verb: str) -> int:
    command = [sys.executable, "-c", CHILD, str(after), verb]
    return subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": SOURCE}, check=False).returncode


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("how", ["beside", "folder"])
@pytest.mark.parametrize("verb", ["init", "uninstall", "init again"])
def test_a_process_killed_at_any_call_loses_no_byte(tmp_path: Path, verb: str, how: str) -> None:
    after, finished = 0, False
    step = 1 if EVERY_CALL else STEPS[how, verb]
    while not finished:
        repository = project(tmp_path, how, after)
        before = armed.everything(repository.root)
        if verb == "uninstall":
            armed.set_up(repository)
        finished = die(repository.root, after, verb.split(" ", maxsplit=1)[0]) == 0
        if verb == "init again":
            for plan in install.resume(repository, wish=armed.WISH, arm=armed.arm):
                install.apply(repository, plan)
            assert (repository.common_dir / "twelve/state/hook.py").read_bytes() == armed.HOOK
            assert install.plan_install(repository, wish=armed.WISH, arm=armed.arm).changes == ()
        with suppress(TwelveError):
            armed.take_back(repository)
        assert armed.everything(repository.root) == before, f"died after {after} calls"
        after += step
    assert after > 40
