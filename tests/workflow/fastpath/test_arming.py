"""A driven turn's guard lies beside what is installed, and a session counts as armed only when the hooks left word of it."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

from kit import repos
from twelve.interfaces.hooks import phases
from twelve.model.settings import Settings
from twelve.workflow.fastpath import arming, bundle, stamp


def test_what_is_installed_stays_as_it_is(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"twelve.toml": ""})
    arming.hooks(repository, Settings(), "claude")
    assert bundle.written(repository) == ""
    assert [path.name for path in repository.state_dir.iterdir()] == ["armed"]


def test_a_session_is_armed_when_its_own_hooks_say_so(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path, {"twelve.toml": ""})
    hooks = arming.hooks(repository, Settings(), "codex")
    assert hooks.armed_in("s-1") == "no hooks"
    command = hooks.settings["hooks"]["SessionStart"][0]["hooks"][0]["command"]
    event = {"hook_event_name": "SessionStart", "session_id": "s-1", "cwd": str(repository.root), "source": "startup"}
    done = subprocess.run(shlex.split(command), input=json.dumps(event).encode(), capture_output=True, check=True, timeout=60)
    assert hooks.proof.encode() in done.stderr
    assert hooks.armed_in("s-1") == "armed"
    assert hooks.armed_in("s-2") == "no hooks"
    assert hooks.armed_in("") == "no hooks"


def test_the_hooks_read_the_phase_the_driver_stamps(tmp_path: Path) -> None:
    root = str(tmp_path / "tree")
    assert phases.standing(str(tmp_path), root) is None
    stamp.write(tmp_path, Path(root), phase="plan", size="normal", run="r1")
    found = phases.standing(str(tmp_path), root)
    assert found is not None
    assert (found["phase"], found["size"], found["run"]) == ("plan", "normal", "r1")
    assert phases.standing(str(tmp_path), root + "x") is None
    stamp.clear(tmp_path, Path(root))
    assert phases.standing(str(tmp_path), root) is None
