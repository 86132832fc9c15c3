"""Exit of a phase whose outcome is an artefact: prime, research, plan, learn, and a tiny run's opening."""

from __future__ import annotations

from collections.abc import Iterator

from twelve.factors.approvals import request
from twelve.factors.approvals.request import RequestKind
from twelve.model.finding import Severity
from twelve.model.phase import Phase, Size
from twelve.workflow.machine import gates, holds, route
from twelve.workflow.machine.facts import Facts, PhaseFacts
from twelve.workflow.machine.holds import Hold
from twelve.workflow.machine.moves import Ask, Commit, Write
from twelve.workflow.machine.state import Status


def exit_holds(facts: Facts, phase: Phase, size: Size) -> Iterator[Hold]:
    """What keeps the phase open, in the order in which it has to be put right."""
    told = facts.phases.get(phase, PhaseFacts())
    artefact = route.artefact(facts, phase)

    def write(why: tuple[str, ...], what: str) -> Hold:
        turn = Write(phase=phase, artefact=artefact, unit=holds.unit(facts, phase.value), why=why)
        return holds.again(facts, phase, turn, what, f"write {artefact}.md as its format says")

    trouble = tuple(_trouble(facts, phase, told))
    if trouble:
        first_time = not told.artefact.present and not facts.rounds.get(holds.unit(facts, phase.value))
        yield write(() if first_time and trouble == (ABSENT,) else trouble, f"{artefact}.md: {holds.listing(trouble)}")
        return
    subject = facts.subject if phase is Phase.LEARN else told.subject
    yield from gates.hold_up(facts, told.gates, subject, phase, lambda why: write(why, f"gates are red: {holds.listing(why)}"))
    if not told.committed:
        yield holds.hold(Status.READY, f"{artefact}.md is not in the history", phase, "record the phase", Commit(phase=phase))
    if phase is route.planning(facts) and _needs_approval(facts, size):
        question = Ask(
            kind=RequestKind.PLAN,
            subject=request.subject(RequestKind.PLAN, facts.run, facts.plan, facts.base),
            question=f"may the plan of {facts.run} be carried out ({size.value})?",
            about=facts.plan,
        )
        answer = holds.ask(facts, phase, question, lambda reason: write((f"rejected by a person: {reason}",), "the plan was rejected"))
        if answer:
            yield answer


ABSENT = "not written yet"


def _trouble(facts: Facts, phase: Phase, told: PhaseFacts) -> Iterator[str]:
    if not told.artefact.present:
        yield ABSENT
        return
    for step in facts.regressions:
        if step.digests.get(phase.value) == told.artefact.digest:
            yield f"unchanged since the step back to {step.to.value}: {step.reason}"
            return
    for finding in told.artefact.findings:
        if finding.severity is Severity.ERROR:
            yield f"{finding.rule}: {finding.message}"


def _needs_approval(facts: Facts, size: Size) -> bool:
    return facts.plan_approval == "always" or (facts.plan_approval == "critical" and size is Size.CRITICAL)
