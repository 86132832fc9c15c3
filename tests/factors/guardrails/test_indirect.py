"""What is done through something else is seen: files that are read and run, names that are computed, tools of unknown name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kit import guarding, indirect
from twelve.factors.guardrails.policy.decision import Decision

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> indirect.World:
    return indirect.World(tmp_path_factory.mktemp("indirect"))


def entries(name: str, mark: str) -> list[str]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line[2:] for line in lines if line.startswith(mark)]


def told(decision: Decision) -> list[str]:
    return [f"{found.rule}: {found.what}" for found in decision.findings]


@pytest.mark.parametrize("line", entries("indirect_lines.txt", "! "))
def test_a_line_that_does_it_indirectly_is_stopped(world: indirect.World, line: str) -> None:
    assert world.line(line).verdict in ("ask", "deny")


@pytest.mark.parametrize("line", entries("indirect_lines.txt", "= "))
def test_its_harmless_look_alike_passes(world: indirect.World, line: str) -> None:
    decision = world.line(line)
    assert decision.verdict == "allow", told(decision)


@pytest.mark.parametrize("call", entries("indirect_calls.txt", "! "))
def test_a_tool_call_that_does_it_under_another_name_is_stopped(world: indirect.World, call: str) -> None:
    client, tool, given = call.split(" ", 2)
    assert world.call(client, tool, json.loads(world.filled(given))).verdict in ("ask", "deny")


@pytest.mark.parametrize("call", entries("indirect_calls.txt", "= "))
def test_an_ordinary_tool_call_passes(world: indirect.World, call: str) -> None:
    client, tool, given = call.split(" ", 2)
    decision = world.call(client, tool, json.loads(world.filled(given)))
    assert decision.verdict == "allow", told(decision)


def test_the_default_policy_is_asked(world: indirect.World) -> None:
    assert guarding.rules(world.line("git push --force")) == {"force-push"}
