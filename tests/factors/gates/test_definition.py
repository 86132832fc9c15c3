from __future__ import annotations

from typing import Any

import pytest

from kit import gating
from twelve.factors.gates import definition
from twelve.model.errors import ConfigError
from twelve.model.gate import Cost


def _one(**table: Any) -> definition.Gate:
    return gating.gates(one=table)[0]


def test_defaults_come_from_the_kind() -> None:
    gate = _one(kind="ruff")
    assert (gate.tool, gate.cost, gate.required, gate.timeout_s) == ("ruff", Cost.SYNTAX, True, 60)
    assert "*.py" in gate.inputs


def test_the_first_word_of_a_command_is_its_tool() -> None:
    assert _one(command=["make", "test"]).tool == "make"
    assert _one(command=["sh", "x.sh"], tool="terraform").tool == "terraform"


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({"kind": "comand", "command": ["true"]}, "command"),
        ({"kind": "ruff", "options": {"fromat": True}}, "format"),
        ({"kind": "ruff", "options": {"format": "yes"}}, "format"),
        ({"kind": "ruff", "command": ["ruff"]}, "does not use command"),
        ({"kind": "yaml", "parser": "junit"}, "does not use parser"),
        ({}, "needs `command`"),
        ({"command": ["x"], "parser": "junit"}, "report"),
        ({"command": ["x"], "parser": "regex"}, "pattern"),
        ({"command": ["x\0y"]}, "NUL"),
        ({"command": ["x"], "timeout_s": -1}, "negative"),
        ({"command": ["x"], "needs": ["absent"]}, "absent"),
        ({"command": ["x"], "prove": {"file": "a"}}, "exactly one"),
        ({"command": ["x"], "prove": {"file": "a", "append": "x", "delete": True}}, "exactly one"),
    ],
)
def test_a_mistake_in_the_policy_is_named(table: dict[str, Any], word: str) -> None:
    with pytest.raises(ConfigError) as refused:
        _one(**table)
    assert word in str(refused.value)
    assert refused.value.next


@pytest.mark.parametrize("name", ["../x", "A", "", "a b", "x" * 81, "a/b", ".hidden"])
def test_an_id_that_could_leave_its_folder_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="no gate id"):
        gating.gates(**{name: gating.command("true")})


def test_gates_that_need_each_other_are_refused() -> None:
    with pytest.raises(ConfigError, match="a -> b -> c -> a"):
        gating.gates(a=gating.command("true", needs=["b"]), b=gating.command("true", needs=["c"]), c=gating.command("true", needs=["a"]))


JUDGING = [
    {"command": ["false"]},
    {"cwd": "sub"},
    {"env": {"A": "1"}},
    {"inputs": ["*.py"]},
    {"tool": "other"},
    {"timeout_s": 5},
    {"options": {"threshold": 3}},
    {"parser": "regex", "pattern": "x"},
]


@pytest.mark.parametrize("change", JUDGING)
def test_whatever_decides_the_judgment_changes_the_digest(change: dict[str, Any]) -> None:
    assert _one(**{**gating.command("true"), **change}).digest != _one(**gating.command("true")).digest


@pytest.mark.parametrize(
    "change",
    [
        {"title": "x"},
        {"phase": ["plan"]},
        {"need": "optional"},
        {"cost": "syntax"},
        {"retry": "transient"},
        {"prove": {"file": "a", "delete": True}},
    ],
)
def test_what_only_orders_or_describes_leaves_the_digest(change: dict[str, Any]) -> None:
    assert _one(**{**gating.command("true"), **change}).digest == _one(**gating.command("true")).digest


def test_a_default_written_out_is_the_same_definition() -> None:
    assert _one(kind="ruff", options={"format": False}).digest == _one(kind="ruff").digest


def test_choosing_a_gate_brings_what_it_needs() -> None:
    needs = {"a": [], "b": ["a"], "c": ["b"], "d": []}
    resolved = {gate.id: gate for gate in gating.gates(**{name: gating.command("true", needs=needed) for name, needed in needs.items()})}
    assert [gate.id for gate in definition.closure(["c"], resolved)] == ["a", "b", "c"]
