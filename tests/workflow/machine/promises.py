"""What `done` promises, written down a second time and without the machine's own code."""

from __future__ import annotations

from twelve.factors.approvals import request
from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.model.finding import Severity
from twelve.model.phase import Phase, Size
from twelve.model.verdict import Outcome
from twelve.workflow import machine as m


def broken(facts: m.Facts) -> list[str]:
    """Every promise of `done` that these facts do not keep."""
    trouble: list[str] = []

    def must(holds: bool, what: str) -> None:
        if not holds:
            trouble.append(what)

    sizes = [facts.size, *(step.size for step in facts.regressions)]
    tiny = all(size is Size.TINY for size in sizes)
    critical = Size.CRITICAL in (*sizes, facts.measured)
    must(not (tiny and facts.measured is not Size.TINY), "outgrew tiny")
    must(not facts.cancelled and not facts.halt and not facts.stray, "cancelled, halted or stray")
    for phase in facts.preset.phases:
        if tiny and phase in (Phase.RESEARCH, Phase.PLAN) and Phase.PRIME in facts.preset.phases:
            continue
        if tiny and phase is Phase.RESEARCH:
            continue
        told = facts.phases.get(phase, m.PhaseFacts())
        must(told.artefact.present, f"{phase} has no artefact")
        must(told.committed, f"{phase} is not committed")
        must(not any(item.severity is Severity.ERROR for item in told.artefact.findings), f"{phase} has findings")
        must(all(told.artefact.digest != step.digests.get(phase.value) for step in facts.regressions), f"{phase} was refused")
        on = facts.subject if phase in (Phase.IMPLEMENT, Phase.LEARN) else told.subject
        for gate in told.gates:
            must(_good(gate, on), f"{phase}: gate {gate.gate}")
    whole = facts.phases.get(Phase.IMPLEMENT, m.PhaseFacts())
    must(bool(whole.gates), "nothing was checked")
    if critical:
        must(all(gate.proof is m.Proof.PROVEN for gate in whole.gates if gate.required), "unproven gate in critical work")
    must(bool(facts.steps) and bool(facts.criteria), "no steps or no acceptance")
    for step in facts.steps:
        must(step.closed and step.plan == facts.plan and bool(step.gates), f"step {step.id} is open")
        must(all(_good(gate, step.subject) for gate in step.gates), f"step {step.id}: gates")
    for item in facts.criteria:
        must(item.outcome is Outcome.PASS and item.subject == facts.subject, f"{item.id} not accepted on this content")
        must(not item.must_fail_first or item.red is Outcome.FAIL, f"{item.id} was never red")
        must(set(item.oracles) <= {oracle.path for oracle in facts.oracles}, f"{item.id}: oracle unknown")
    for oracle in facts.oracles:
        subject = request.subject(RequestKind.ORACLE, facts.run, oracle.path, oracle.pinned, oracle.current)
        must(bool(oracle.pinned) and (not oracle.violation or granted(facts, RequestKind.ORACLE, subject)), f"oracle {oracle.path}")
    look = facts.observability
    must(not look.checkable or (look.outcome is Outcome.PASS and look.subject == facts.subject), "observability")
    must(facts.telemetry > 0, "telemetry")
    if facts.plan_approval == "always" or (facts.plan_approval == "critical" and critical):
        must(granted(facts, RequestKind.PLAN, request.subject(RequestKind.PLAN, facts.run, facts.plan, facts.base)), "plan not approved")
    return trouble


def granted(facts: m.Facts, kind: RequestKind, subject: str) -> bool:
    return any(item.kind is kind and item.subject == subject and item.status is RequestStatus.GRANTED for item in facts.requests)


def _good(gate: m.GateFact, subject: str) -> bool:
    if gate.subject != subject:
        return False
    return gate.outcome is Outcome.PASS or (not gate.required and gate.outcome is Outcome.SKIP)
