"""`implement.md` of a run by hand, written from what was run."""

from __future__ import annotations

import msgspec

from twelve.factors.gates import ledger
from twelve.model.phase import Phase
from twelve.model.verdict import Outcome
from twelve.system import documents, files
from twelve.workflow import artefacts, machine
from twelve.workflow.byhand.bench import Bench, View
from twelve.workflow.phases.checklist import Checklist
from twelve.workflow.phases.implement import AcceptanceRecord, GateResult, Implement, ObservabilityRecord, OracleRecord, StepRecord


def path(bench: Bench) -> str:
    """Repository-relative path of the record."""
    return artefacts.relative(bench.book.run, "implement")


def write(bench: Bench, seen: View) -> bool:
    """Write the record of the current content; False when it is there already, word for word."""
    text = render(bench, seen)
    place = files.confined(bench.root, path(bench))
    if place.is_file() and files.read_text(place) == text:
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    files.write_atomic(place, text)
    return True


def render(bench: Bench, seen: View) -> str:
    """Text of the record."""
    told = seen.picture.facts
    plan = seen.picture.design.observability
    commands = {item.criterion: item.command for item in seen.picture.design.acceptance}
    record = Implement(
        schema="twelve.implement.v1",
        run=bench.book.run,
        phase="implement",
        subject=told.subject,
        steps=tuple(_step(bench, step) for step in told.steps),
        gates=_results(told.phases[Phase.IMPLEMENT].gates, ledger.REF),
        acceptance=tuple(
            AcceptanceRecord(
                criterion=item.id, outcome=item.outcome or Outcome.ERROR, command=commands.get(item.id, ()), red_first=item.red
            )
            for item in told.criteria
        ),
        observability=ObservabilityRecord(
            what=plan.what if plan else "nothing planned", outcome=told.observability.outcome or Outcome.SKIP
        ),
        oracles=tuple(OracleRecord(path=item.path, digest=item.pinned) for item in told.oracles),
        unverified=machine.unverified(told),
        checklist=_checklist(bench, seen),
    )
    return documents.render_document(msgspec.to_builtins(record), "Written from the commands that were run, not from anybody's account.\n")


def _step(bench: Bench, step: machine.StepFacts) -> StepRecord:
    closing = bench.book.closings[step.id]
    return StepRecord(
        id=step.id, commit=closing.commit, gates=_results(step.gates, f"{ledger.REF} {closing.commit}"), attempts=closing.attempts
    )


def _results(gates: tuple[machine.GateFact, ...], evidence: str) -> tuple[GateResult, ...]:
    return tuple(
        GateResult(gate=gate.gate, outcome=gate.outcome, required=gate.required, evidence=evidence) for gate in gates if gate.outcome
    )


def _checklist(bench: Bench, seen: View) -> Checklist:
    told = seen.picture.facts
    plan = seen.picture.design.observability
    red = sum(item.red is Outcome.FAIL for item in told.criteria)
    return Checklist(
        outcome=f"{len(told.steps)} steps closed and {len(told.criteria)} acceptance commands run on subject {told.subject[:12]}",
        assumptions=f"{red} of {len(told.criteria)} acceptance commands were seen failing before the work",
        intent=f"the plan with digest {told.plan[:12]} in the same folder says what was intended",
        observability=plan.what if plan else "nothing was planned for it",
        stranger=f"read the plan, this record, then `git log {bench.book.base[:12]}..HEAD` and the notes of its commits",
    )
