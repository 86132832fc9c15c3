"""One bundle serves every work tree of its repository."""

from __future__ import annotations

import os
import posix
from typing import Any

import pytest

from twelve.factors.guardrails.actions.action import KILL, READ, Action
from twelve.factors.guardrails.compiling import compile_policy
from twelve.interfaces.hooks import relocating
from twelve.interfaces.hooks.entry import Site
from twelve.model.settings import Settings

ROOT = "/srv/work/repo"
POLICY = compile_policy(Settings(), root=ROOT, common_dir=f"{ROOT}/.git", home="/srv/home", temporary="", fold=False)


def site() -> Site:
    sections = {"=config": ({"root": ROOT, "state": "/s"}, False), "=policy": (POLICY, False)}
    return Site("/s", sections.__getitem__)


def policy_for(root: str, *kinds: str) -> dict[str, Any]:
    return relocating.policy(root, tuple(Action(kind) for kind in kinds), site())


def test_in_its_own_tree_the_policy_is_what_was_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posix, "environ", {})
    assert policy_for(ROOT, READ) is POLICY


@pytest.mark.parametrize("folder", ["/", "/srv", "/srv/home", ROOT, "/srv/work", f"{ROOT}/.git", "", "relative"])
def test_a_temporary_folder_that_holds_the_tree_or_a_home_opens_nothing(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posix, "environ", {b"TMPDIR": folder.encode()})
    assert policy_for(ROOT, READ)["temp"] == POLICY["temp"]


def test_a_session_of_its_own_folder_may_pass_things_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posix, "environ", {b"TMPDIR": b"/srv/scratch/"})
    assert "/srv/scratch" in policy_for(ROOT, READ)["temp"]


def test_another_tree_protects_its_own_places_and_those_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posix, "environ", {})
    moved = policy_for("/srv/home/.local/state/twelve/worktrees/r1", READ)
    assert moved["roots"] == ("/srv/home/.local/state/twelve/worktrees/r1",)
    folders = {folder for folder, _ in moved["places"]["protect-policy"]["paths"]}
    assert {f"{ROOT}/twelve.toml", "/srv/home/.local/state/twelve/worktrees/r1/twelve.toml"} <= folders
    assert "/srv/home/.local/state/twelve" not in folders


def test_the_processes_above_are_known_when_something_would_be_ended() -> None:
    parents = policy_for(ROOT, KILL)["parents"]
    assert parents[:2] == (str(os.getpid()), str(os.getppid()))
    assert len(set(parents)) == len(parents)
