"""A driven turn's guard lies beside what is installed, and a session counts as armed only when the hooks left word of it."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

from kit import repos
from kit.hooks import guarded
from twelve.interfaces.hooks import phases
from twelve.model.phase import Phase, Size
from twelve.model.settings import Settings
from twelve.workflow import stamp
from twelve.workflow.fastpath import arming, bundle
from twelve.workflow.machine import State, Status


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


def test_the_hooks_read_the_phase_where_the_machine_leaves_it(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    assert phases.standing(str(tmp_path), str(root)) is None
    stamp.write(tmp_path, root, "r1", State(phase=Phase.PLAN, status=Status.READY, size=Size.NORMAL), by=stamp.DRIVE)
    found = phases.standing(str(tmp_path), str(root))
    assert found is not None
    assert (found["phase"], found["size"], found["run"]) == ("plan", "normal", "r1")
    assert phases.standing(str(tmp_path), f"{root}x") is None
    (tmp_path / "link").symlink_to(root)
    assert phases.standing(str(tmp_path), str(tmp_path / "link")) is not None
    path = stamp.place(tmp_path, root)
    path.write_text(path.read_text().replace('"expires":', '"expires":-'))
    assert phases.standing(str(tmp_path), str(root)) is None


def test_before_the_plan_holds_an_agent_writes_its_artefact_and_nothing_else(tmp_path: Path) -> None:
    place = guarded(tmp_path)
    state = State(phase=Phase.RESEARCH, status=Status.READY, size=Size.NORMAL)
    stamp.write(place.state, place.root, "r1", state, by=stamp.BY_HAND)
    refused = place.call("Write", file_path=str(place.root / "src/a.py"), content="x")
    assert refused.blocked
    assert "phase-order" in refused.err
    assert place.call("Write", file_path=str(place.root / ".twelve/runs/r1/research.md"), content="x").code == 0
    stamp.write(place.state, place.root, "r1", State(phase=Phase.IMPLEMENT, status=Status.READY, size=Size.NORMAL), by=stamp.BY_HAND)
    assert place.call("Write", file_path=str(place.root / "src/a.py"), content="x").code == 0
