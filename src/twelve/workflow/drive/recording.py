"""The implement record, written from what was run, never from what was said."""

from __future__ import annotations

import msgspec

from twelve.factors.gates import ledger
from twelve.model.phase import Phase
from twelve.model.verdict import Outcome
from twelve.system import documents
from twelve.workflow import facts, machine
from twelve.workflow.drive.desk import Place
from twelve.workflow.phases.checklist import Checklist
from twelve.workflow.phases.implement import AcceptanceRecord, GateResult, Implement, ObservabilityRecord, OracleRecord, StepRecord


def implement(place: Place, picture: facts.Picture) -> str:
    """Text of `implement.md` for the current content."""
    told = picture.facts
    whole = told.phases[Phase.IMPLEMENT]
    evidence = f"git notes --ref {ledger.REF.removeprefix('refs/notes/')}, subject {told.subject}"
    record = Implement(
        schema="twelve.implement.v1",
        run=place.run,
        phase="implement",
        subject=told.subject,
        steps=tuple(_step(place, step) for step in told.steps),
        gates=_results(whole.gates, evidence),
        acceptance=tuple(_acceptance(picture, item) for item in told.criteria),
        observability=_observability(picture),
        oracles=tuple(OracleRecord(path=item.path, digest=item.pinned) for item in told.oracles if not item.role),
        unverified=machine.unverified(told),
        checklist=_checklist(place, picture),
    )
    body = "Written by the driver from its own records; the agent's account of the work is not part of it.\n"
    return documents.render_document(msgspec.to_builtins(record), body)


def _step(place: Place, step: machine.StepFacts) -> StepRecord:
    closing = place.memory.closings[step.id]
    evidence = f"{ledger.REF} {closing.commit}"
    return StepRecord(id=step.id, commit=closing.commit, gates=_results(step.gates, evidence), attempts=max(1, closing.attempts))


def _results(gates: tuple[machine.GateFact, ...], evidence: str) -> tuple[GateResult, ...]:
    judged = ((gate, gate.outcome) for gate in gates)
    return tuple(GateResult(gate=gate.gate, outcome=said, required=gate.required, evidence=evidence) for gate, said in judged if said)


def _acceptance(picture: facts.Picture, item: machine.CriterionFacts) -> AcceptanceRecord:
    command = next((known.command for known in picture.design.acceptance if known.criterion == item.id), ())
    return AcceptanceRecord(criterion=item.id, outcome=item.outcome or Outcome.ERROR, command=command, red_first=item.red)


def _observability(picture: facts.Picture) -> ObservabilityRecord:
    plan, seen = picture.design.observability, picture.facts.observability
    return ObservabilityRecord(what=plan.what if plan else "nothing planned", outcome=seen.outcome or Outcome.SKIP)


def _checklist(place: Place, picture: facts.Picture) -> Checklist:
    told = picture.facts
    met = sum(item.outcome is Outcome.PASS for item in told.criteria)
    red = sum(item.red is Outcome.FAIL for item in told.criteria)
    return Checklist(
        outcome=f"{len(told.steps)} steps closed, {met} of {len(told.criteria)} acceptance commands pass on subject {told.subject[:12]}",
        assumptions=f"{red} of {len(told.criteria)} acceptance commands were seen failing before the work, run by the driver",
        intent=f"the plan with digest {told.plan[:12]} in the same folder says what was intended",
        observability=(picture.design.observability.what if picture.design.observability else "") or "the plan's observability section",
        stranger=f"read plan.md, then this record, then `git log --grep 'Run: {place.run}'` and the notes of its commits",
    )
