"""The generated files: complete, the same every time, private, and known by their digest."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kit import repos
from twelve.model.errors import TwelveError
from twelve.model.settings import Settings
from twelve.workflow.fastpath import bundle, closure, early, launcher, sections

ALLOWED = frozenset(
    (
        *("_frozen_importlib", "_frozen_importlib_external", "_imp", "_json", "_signal", "binascii", "gc", "marshal"),
        *("os", "posix", "stat", "sys", "time", "warnings"),
    )
)
"""All the standard library the fast path may import; every other module costs more than it gives."""


def test_the_fast_path_is_the_standard_library_and_little_of_it() -> None:
    assert closure.foreign(closure.fast_path()) <= ALLOWED


def test_every_route_and_every_rule_is_in_the_bundle() -> None:
    names = set(closure.fast_path())
    assert {"twelve.interfaces.hooks.judgement", "twelve.interfaces.hooks.stopping", "twelve.system.shell.parsing"} <= names
    assert len([name for name in names if name.startswith("twelve.factors.guardrails.policy.rules.")]) > 15
    assert not any(name.startswith(("twelve.model", "twelve.workflow", "twelve.interfaces.cli")) for name in names)


def test_building_twice_gives_the_same_bytes_also_in_another_process(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"twelve.toml": ""})
    one = bundle.build(repository, Settings())
    code = (
        "import sys; from pathlib import Path; from twelve.system import git; from twelve.model.settings import Settings; "
        "from twelve.workflow.fastpath import bundle; print(bundle.build(git.discover(Path(sys.argv[1])), Settings()).digest)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(repository.root)], capture_output=True, text=True, env=env, check=True, timeout=120
    )
    assert done.stdout.strip() == one.digest


def test_another_policy_is_another_bundle(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"twelve.toml": ""})
    first = bundle.build(repository, Settings())
    (repository.root / "twelve.toml").write_text("[guard]\nrequire_run = true\n")
    assert bundle.build(repository, Settings()).digest != first.digest


def test_what_is_written_is_private_and_any_change_shows_in_the_digest(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"twelve.toml": ""})
    assert bundle.written(repository) == ""
    built = bundle.build(repository, Settings())
    bundle.write(repository, built)
    assert bundle.written(repository) == built.digest
    for name in built.files:
        assert stat.S_IMODE((repository.state_dir / name).stat().st_mode) == 0o600
    with (repository.state_dir / bundle.BINARY).open("ab") as stream:
        stream.write(b"x")
    assert bundle.written(repository) != built.digest


def test_no_path_of_this_machine_is_in_the_marshalled_code() -> None:
    sources = {"twelve": closure.fast_path()["twelve"], "twelve.system": closure.fast_path()["twelve.system"]}
    assert str(Path(closure.__file__).parents[3]).encode() not in sections.binary(sources, {}, closure.source(closure.LAUNCH))


def test_the_program_is_small_enough_to_compile_on_every_call() -> None:
    program = launcher.program(closure.source(closure.LAUNCH), sections.KEY)
    assert len(program) < 7_000
    assert len(compile(program, "hook.py", "exec").co_code) < 900


def test_a_rule_is_known_before_it_runs_with_all_its_words() -> None:
    known = early.objects(closure.fast_path())
    assert len(known) == len([name for name in closure.fast_path() if name.startswith("twelve.factors.guardrails.policy.rules.")])


def test_a_module_without_source_is_named() -> None:
    with pytest.raises(TwelveError, match="source of"):
        closure.source("twelve.no_such_module")
