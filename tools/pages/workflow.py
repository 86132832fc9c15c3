"""WORKFLOW.md, from the machine's own tables."""

from __future__ import annotations

import ast
import inspect
import typing
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.model.phase import Preset, Size
from twelve.workflow import artefacts, machine
from twelve.workflow.machine.exits import EXITS
from twelve.workflow.phases import implement, learn, plan, prime, research, tiny
from twelve.workflow.phases.checklist import QUESTIONS

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = ROOT / "src" / "twelve" / "workflow" / "phases" / "shared.py"
INTRODUCTION = """The machine is a pure function from facts to a state, what is missing, and the moves allowed next.
`twelve next` shows its answer. It checks every exit again each time, so a run is done only when all of them hold
on exactly this content."""
MODULES = {"prime": prime, "research": research, "plan": plan, "implement": implement, "learn": learn, "tiny": tiny}


def pages() -> dict[str, str]:
    return {"WORKFLOW.md": _workflow()}


def _workflow() -> str:
    parts = [
        "# The workflow",
        "Generated from the phase machine by `tools/reference.py`; edit the machine, not this file.",
        INTRODUCTION,
        "## Phases\n\n" + "\n".join(_routes()),
        *(
            f"### {phase.value}\n\n{exit.question}\n\n" + "\n".join(f"- {line}" for line in exit.conditions)
            for phase, exit in EXITS.items()
        ),
        "## The checklist at every exit\n\n" + "\n".join(f"- `{name}`: {question}" for name, question in QUESTIONS.items()),
        "## States\n\n" + _table(("state", "meaning"), _members(machine.Status)),
        "## Moves\n\n" + _table(("move", "meaning"), _moves()),
        "## Questions to people\n\n" + _table(("kind", "meaning"), _members(RequestKind)) + "\n\n" + _line(RequestStatus.__doc__),
        "## Rules of the artefacts\n\nEach refusal names one of these rules.\n\n" + "\n".join(_rules()),
    ]
    return "\n\n".join(parts) + "\n"


def _routes() -> Iterator[str]:
    yield "| preset | size | phases |"
    yield "|---|---|---|"
    for preset in Preset:
        for size in Size:
            facts = machine.Facts(run="r", preset=preset, size=size)
            route = machine.sequence(preset, size)
            names = [f"{phase.value} (`{machine.artefact(facts, phase)}.md`)" for phase in route]
            yield f"| {preset.value} | {size.value} | {' → '.join(names)} |"


def _moves() -> Iterator[tuple[str, str]]:
    for kind in typing.get_args(machine.Move):
        yield str(kind.__struct_config__.tag), _line(kind.__doc__)


def _members(kind: type[StrEnum]) -> Iterator[tuple[str, str]]:
    """Values of an enumeration with the string literal below each."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    notes: dict[str, str] = {}
    last = ""
    for node in body.body if isinstance(body, ast.ClassDef) else ():
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            last = node.targets[0].id
        elif last and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            notes[last] = _line(str(node.value.value))
    for member in kind:
        yield member.value, notes.get(member.name, "")


def _rules() -> Iterator[str]:
    common = set(_rule_names(SHARED.read_text("utf-8")))
    general = {"field-missing", "field-unknown", "field-wrong-type", "command-not-a-list", "wrong-schema", "wrong-run", "wrong-phase"}
    yield f"- any artefact, after its name: {_names(common | general)}"
    for name in artefacts.TYPES:
        own = set(_rule_names(inspect.getsource(MODULES[name])))
        yield f"- `{name}-`: {_names(own)}"


def _rule_names(source: str) -> Iterator[str]:
    """Second arguments of calls to `finding` that are plain strings."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "finding" and len(node.args) > 1:
            rule = node.args[1]
            if isinstance(rule, ast.Constant):
                yield str(rule.value)


def _names(rules: set[str]) -> str:
    return ", ".join(f"`{rule}`" for rule in sorted(rules)) or "none of its own"


def _table(heads: tuple[str, str], rows: Iterator[tuple[str, str]]) -> str:
    return "\n".join((f"| {heads[0]} | {heads[1]} |", "|---|---|", *(f"| `{key}` | {text} |" for key, text in rows)))


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
