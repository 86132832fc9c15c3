"""Tables that load by dotted name: every name resolves, every file is listed. Packages say what may enter."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click
import pytest

import twelve
from twelve.factors.agents import harness
from twelve.factors.gates import registry as kinds
from twelve.interfaces.cli import app, main

SOURCE = Path(twelve.__file__).parent
WITHOUT_DIRECTORY = {"demo"}
"""Makes its own repository, so there is nothing to point at."""
NOT_VERBS = {"__init__", "app", "main", "terminal", "exits", "bugs"}


def modules(folder: str) -> set[str]:
    return {path.stem for path in (SOURCE / folder).glob("*.py") if path.stem != "__init__"}


@pytest.mark.parametrize("name", app.VERBS)
def test_a_verb_resolves_to_a_command_with_examples_and_a_directory(name: str) -> None:
    command = app.load(app.VERBS[name])
    leaves = list(command.commands.values()) if isinstance(command, click.Group) else [command]
    assert len(getattr(command, "examples", ())) >= 2 or all(len(getattr(leaf, "examples", ())) >= 2 for leaf in leaves)
    for leaf in leaves:
        options = {option for parameter in leaf.params for option in parameter.opts}
        assert {"-C", "--directory"} <= options or name in WITHOUT_DIRECTORY
        assert leaf.help


@pytest.mark.parametrize("name", app.VERBS)
def test_a_verb_has_a_group_and_a_whole_sentence(name: str) -> None:
    entry = app.VERBS[name]
    assert entry.group in (*app.GROUPS, app.UNLISTED)
    assert entry.help[0].isupper()
    assert entry.help.endswith(".")


def test_every_verb_file_is_in_the_table() -> None:
    listed = {entry.module.rsplit(".", 1)[-1] for entry in app.VERBS.values()}
    found = {name for name in modules("interfaces/cli") - NOT_VERBS if hasattr(import_module(f"twelve.interfaces.cli.{name}"), "command")}
    assert found == listed


@pytest.mark.parametrize("name", main.QUICK)
def test_a_quick_verb_is_a_verb_and_leaves_what_it_does_not_know_to_the_parser(name: str) -> None:
    assert name in app.VERBS
    assert import_module(main.QUICK[name]).quick(["--no-such-option"]) is None


def test_every_gate_kind_resolves_and_every_file_is_listed() -> None:
    found = {name for name in modules("factors/gates/kinds") if hasattr(import_module(f"twelve.factors.gates.kinds.{name}"), "check")}
    assert {dotted.rsplit(".", 1)[-1] for dotted in kinds.KINDS.values()} == found
    for name in kinds.KINDS:
        kind = kinds.load(name)
        assert kind.SUMMARY
        assert callable(kind.check)
        assert callable(kind.seed)


def test_every_harness_resolves_and_every_file_is_listed() -> None:
    room = "twelve.factors.agents.harnesses"
    found = {name for name in modules("factors/agents/harnesses") if hasattr(import_module(f"{room}.{name}"), "take_turn")}
    assert {dotted.rsplit(".", 1)[-1] for dotted in harness.HARNESSES.values()} == found


PACKAGES = sorted(path.parent for path in SOURCE.rglob("__init__.py") if "content" not in path.parts)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_a_package_says_what_it_is_and_a_floor_or_room_what_may_enter(package: Path) -> None:
    text = (package / "__init__.py").read_text()
    assert text.startswith('"""')
    if 1 <= len(package.relative_to(SOURCE).parts) <= 2 and package.parent.name in ("twelve", "factors", "interfaces"):
        assert "Admission test:" in text
