"""Implement's record, written from what was run, never from what was said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from twelve.model.finding import Finding
from twelve.model.verdict import Outcome
from twelve.workflow.phases import shared
from twelve.workflow.phases.context import Context
from twelve.workflow.phases.schema import Artefact, finding


class GateResult(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One gate of a step or of the whole."""

    gate: str
    outcome: Outcome
    required: bool = True
    evidence: str = ""
    """Where to look: notes ref and object, or a digest."""


class StepRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of one step."""

    id: str
    commit: str
    gates: tuple[GateResult, ...]
    attempts: int


class AcceptanceRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the acceptance command of one criterion said, before and after."""

    criterion: str
    outcome: Outcome
    command: tuple[str, ...] = ()
    red_first: Outcome | None = None
    """What it said before the work; None where the plan gave a reason not to look."""


class OracleRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pinned file, so that anyone can compare."""

    path: str
    digest: str


class ObservabilityRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the plan's check said; SKIP when the plan gives none."""

    what: str
    outcome: Outcome


class Implement(Artefact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`implement.md`."""

    NAME: ClassVar[str] = "implement"

    subject: str
    """Tree id without `.twelve/` everything below was judged on."""
    steps: tuple[StepRecord, ...]
    gates: tuple[GateResult, ...]
    """The full suite on `subject`."""
    acceptance: tuple[AcceptanceRecord, ...]
    observability: ObservabilityRecord
    oracles: tuple[OracleRecord, ...] = ()
    unverified: tuple[str, ...] = ()


def findings(artefact: Implement, context: Context) -> Iterator[Finding]:
    """What is wrong with the record."""
    name = artefact.NAME
    if context.subject and artefact.subject != context.subject:
        yield finding(name, "subject-stale", "the record is about other content", anchor="subject", fix="record the phase again")
    recorded = {step.id for step in artefact.steps}
    for id in context.steps:
        if id not in recorded:
            yield finding(name, "step-unrecorded", f"step {id} is not in the record", anchor=f"steps.{id}")
    for step in artefact.steps:
        if not step.gates:
            yield finding(name, "step-without-gate", f"step {step.id} has no gate result", anchor=f"steps.{step.id}")
    for place, gate in ((place, gate) for place, gates in _gates(artefact) for gate in gates):
        red = gate.outcome is not Outcome.PASS if gate.required else gate.outcome in (Outcome.FAIL, Outcome.ERROR)
        if red:
            yield finding(name, "gate-red", f"{place}: {gate.gate} is {gate.outcome.value}", anchor=f"{place}.{gate.gate}")
    for item in artefact.acceptance:
        if item.outcome is not Outcome.PASS:
            yield finding(name, "acceptance-red", f"{item.criterion} is {item.outcome.value}", anchor=f"acceptance.{item.criterion}")
    missing = set(context.criteria) - {item.criterion for item in artefact.acceptance}
    for id in sorted(missing):
        yield finding(name, "acceptance-unrecorded", f"criterion {id} is not in the record", anchor=f"acceptance.{id}")
    if artefact.observability.outcome in (Outcome.FAIL, Outcome.ERROR):
        yield finding(name, "observability-red", "the observability check is red", anchor="observability")
    yield from shared.checklist(artefact)


def _gates(artefact: Implement) -> Iterator[tuple[str, tuple[GateResult, ...]]]:
    yield "whole", artefact.gates
    for step in artefact.steps:
        yield f"step {step.id}", step.gates
