"""Git hooks are handed to the full program; when it is gone, an agent is refused and a person is warned."""

from __future__ import annotations

import os
import posix
import shlex
import subprocess

import pytest

from kit.hooks import Guarded, guarded
from twelve.factors.approvals import session
from twelve.interfaces.hooks import handover
from twelve.interfaces.hooks.entry import Site
from twelve.workflow.fastpath import registration


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    return guarded(tmp_path_factory.mktemp("handover"))


def git_hook(place: Guarded, *arguments: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    argv = [*shlex.split(registration.command(place.repository, "git")), *arguments]
    clean = {"HOME": str(place.home), "PATH": os.defpath, **env}
    return subprocess.run(argv, cwd=place.root, capture_output=True, env=clean, stdin=subprocess.DEVNULL, check=False, timeout=60)


def test_the_full_program_takes_over_with_the_hooks_own_arguments(place: Guarded) -> None:
    done = git_hook(place, "no-such-git-hook", "--odd argument")
    assert done.returncode != 0
    assert b"hook" in done.stderr
    assert b"was not checked" not in done.stderr


def site(place: Guarded, **changes: str) -> Site:
    config = {"python": "/usr/bin/false", "package": str(place.root), "state": str(place.state), **changes}
    return Site(str(place.state), lambda _name: (config, False))


def test_without_the_program_an_agent_is_refused_and_a_person_goes_on(place: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posix, "environ", {})
    code, _, said = handover.answer(["pre-commit"], site(place, package="/no/such/folder"))
    assert (code, b"was not checked" in said) == (0, True)
    monkeypatch.setattr(posix, "environ", {b"CLAUDECODE": b"1"})
    code, _, said = handover.answer(["pre-commit"], site(place, package="/no/such/folder"))
    assert (code, b"does not go through" in said) == (1, True)
    assert b"Why:" in said
    assert b"Next:" in said


def test_the_marks_of_an_agent_are_the_ones_approvals_know() -> None:
    assert handover.MARKERS == session.AGENT_MARKERS


def test_a_module_in_the_repository_cannot_stand_in_for_the_program(place: Guarded) -> None:
    (place.root / "twelve").mkdir()
    (place.root / "twelve/__init__.py").write_text("import sys; sys.stderr.write('STAND-IN'); sys.exit(0)")
    done = git_hook(place, "no-such-git-hook", PYTHONPATH=str(place.root))
    assert b"STAND-IN" not in done.stderr
    assert b"was not checked" not in done.stderr
