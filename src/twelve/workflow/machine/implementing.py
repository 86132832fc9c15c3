"""Exit of implement: oracles pinned and intact, red seen first, every step gated, everything judged on this content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from twelve.factors.approvals import request
from twelve.factors.approvals.request import RequestKind
from twelve.model.finding import Severity
from twelve.model.phase import Phase, Size
from twelve.model.verdict import Outcome
from twelve.workflow.machine import gates, holds
from twelve.workflow.machine.facts import CriterionFacts, Facts, OracleFacts, PhaseFacts, StepFacts
from twelve.workflow.machine.holds import Hold
from twelve.workflow.machine.moves import Accept, Ask, Commit, Observe, Pin, SeeRed, Work
from twelve.workflow.machine.state import Status

HERE = Phase.IMPLEMENT


def exit_holds(facts: Facts, size: Size) -> Iterator[Hold]:
    """What keeps implement open, in the order in which it has to be put right."""
    if not facts.steps or not facts.criteria:
        yield holds.step_back(facts, HERE, Phase.PLAN, "the plan has no steps or no acceptance", size)
        return
    if not facts.phases.get(HERE, PhaseFacts()).gates:
        yield holds.stop(HERE, "no gate applies to implement, so nothing would be checked", "add a gate to twelve.toml and resume")
        return
    yield from _checkpoint(facts, "implement", size)
    yield from _pins(facts, size)
    yield from _violations(facts)
    yield from _seen_red(facts, size)
    open_steps = tuple(step for step in facts.steps if not closed(facts, step))
    if open_steps:
        yield from _next_step(facts, open_steps, size)
        return
    yield from _whole(facts, size)


def closed(facts: Facts, step: StepFacts) -> bool:
    """Closed under this very plan, with every gate settled on the content it was closed with."""
    return step.closed and step.plan == facts.plan and bool(step.gates) and gates.settled(step.gates, step.subject)


def unverified(facts: Facts) -> tuple[str, ...]:
    """What the phase lets pass without having seen it."""
    full = gates.skipped(facts.phases.get(HERE, PhaseFacts()).gates)
    steps = tuple(f"step {step.id} {line}" for step in facts.steps for line in gates.skipped(step.gates))
    return (*full, *steps, *(() if facts.observability.checkable or not facts.steps else ("observability (the plan gives no check)",)))


def _checkpoint(facts: Facts, before: str, size: Size) -> Iterator[Hold]:
    for point in facts.checkpoints:
        if point.before != before:
            continue
        subject = request.subject(RequestKind.CHECKPOINT, facts.run, facts.plan, before, point.question)
        if before == Phase.LEARN.value:
            # What is looked at then is the result, so the answer is bound to it.
            subject = request.subject(RequestKind.CHECKPOINT, facts.run, facts.plan, before, point.question, facts.subject)
        question = Ask(kind=RequestKind.CHECKPOINT, subject=subject, question=point.question, about=before)
        answer = holds.ask(facts, HERE, question, lambda reason: _refused(facts, before, reason, size))
        if answer:
            yield answer
            return


def _refused(facts: Facts, before: str, reason: str, size: Size) -> Hold:
    return holds.step_back(facts, HERE, Phase.PLAN, f"a person said no before {before}: {reason}", size)


def _pins(facts: Facts, size: Size) -> Iterator[Hold]:
    done = {step.id for step in facts.steps if closed(facts, step)}
    due = tuple(oracle for oracle in facts.oracles if not oracle.pinned and (not oracle.creator or oracle.creator in done))
    absent = tuple(oracle.path for oracle in due if not oracle.exists)
    if absent:
        yield holds.step_back(facts, HERE, Phase.PLAN, f"oracles that do not exist: {holds.listing(absent)}", size)
    elif due:
        paths = tuple(oracle.path for oracle in due)
        yield holds.hold(Status.READY, f"oracles not pinned: {holds.listing(paths)}", HERE, "pin them as they are now", Pin(paths=paths))


def oracle_subject(facts: Facts, oracle: OracleFacts) -> str:
    """What a person approves who lets an oracle change: this file, from that content to this."""
    return request.subject(RequestKind.ORACLE, facts.run, oracle.path, oracle.pinned, oracle.current)


def _violations(facts: Facts) -> Iterator[Hold]:
    for oracle in facts.oracles:
        if not oracle.pinned or not oracle.violation:
            continue
        subject = oracle_subject(facts, oracle)
        text = f"{oracle.path} {f'({oracle.role})' if oracle.role else 'is an oracle and'} is now {oracle.violation}"
        question = Ask(kind=RequestKind.ORACLE, subject=subject, about=oracle.path, question=text)
        found = holds.newest(facts, RequestKind.ORACLE, subject)
        if found and found.status is request.RequestStatus.GRANTED:
            continue
        what = f"oracle {oracle.path}: {oracle.violation}"
        reason = f"{oracle.role}, and no step of the plan names it as oracle" if oracle.role else "it was pinned before the work it judges"
        turn = _repair(facts, (f"{what}; {reason}, put it back as it was",))
        if not holds.exhausted(facts, turn.unit):
            yield holds.hold(Status.BLOCKED, what, HERE, "put it back, or have a person approve the change", turn, question)
        else:
            put_back = holds.again(facts, HERE, turn, what, "put it back")
            yield holds.ask(facts, HERE, question, partial(_instead, put_back)) or put_back
        return


def _instead(other: Hold, _reason: str) -> Hold:
    return other


def _repair(facts: Facts, why: tuple[str, ...]) -> Work:
    """The turn that mends the tree: the worked step that is open, else the whole."""
    step = next((step.id for step in facts.steps if step.worked and not closed(facts, step)), "")
    return Work(step=step, unit=holds.unit(facts, f"step:{step}" if step else "repair"), why=why)


def _seen_red(facts: Facts, size: Size) -> Iterator[Hold]:
    pinned = {oracle.path for oracle in facts.oracles if oracle.pinned}
    due = tuple(item for item in facts.criteria if item.must_fail_first and item.red is None and pinned.issuperset(item.oracles))
    if due:
        ids = tuple(item.id for item in due)
        what = f"acceptance not seen red: {holds.listing(ids)}"
        yield holds.hold(Status.READY, what, HERE, "run the acceptance commands before the work", SeeRed(criteria=ids))
    for item in facts.criteria:
        if item.must_fail_first and item.red is not None and item.red is not Outcome.FAIL:
            yield holds.step_back(facts, HERE, Phase.PLAN, _not_red(item), size)
            return


def _not_red(item: CriterionFacts) -> str:
    if item.red is Outcome.PASS:
        return (
            f"acceptance of {item.id} passes before the work, so it proves nothing; "
            "plan a command that fails now, or say must_fail_first: false with the reason"
        )
    return f"acceptance of {item.id} does not run here: {item.why or 'it gave no answer'}"


def _next_step(facts: Facts, open_steps: tuple[StepFacts, ...], size: Size) -> Iterator[Hold]:
    waiting = {step.id for step in open_steps}
    step = next((step for step in open_steps if waiting.isdisjoint(step.needs)), None)
    if step is None:
        yield holds.step_back(facts, HERE, Phase.PLAN, f"steps wait for each other: {holds.listing(sorted(waiting))}", size)
        return
    yield from _checkpoint(facts, step.id, size)

    def work(why: tuple[str, ...]) -> Hold:
        turn = Work(step=step.id, unit=holds.unit(facts, f"step:{step.id}"), why=why)
        what = f"step {step.id}: {holds.listing(why)}" if why else f"step {step.id} is not done"
        return holds.again(facts, HERE, turn, what, "carry out the step" if not why else "repair what the gates found")

    if not step.worked:
        yield work(())
        return
    if not step.gates:
        yield holds.step_back(facts, HERE, Phase.PLAN, f"step {step.id} has nothing that validates it", size)
        return
    absent = tuple(oracle.path for oracle in facts.oracles if oracle.creator == step.id and not oracle.exists)
    if absent:
        yield work(tuple(f"{path} should exist after this step and does not" for path in absent))
        return
    yield from gates.hold_up(facts, step.gates, facts.subject, HERE, work, step=step.id)
    yield holds.hold(Status.READY, f"step {step.id} is not closed", HERE, "close the step", Commit(phase=HERE, step=step.id))


def _whole(facts: Facts, size: Size) -> Iterator[Hold]:
    told = facts.phases.get(HERE, PhaseFacts())

    def repair(why: tuple[str, ...]) -> Hold:
        return holds.again(facts, HERE, _repair(facts, why), holds.listing(why), "repair what was found")

    yield from gates.hold_up(facts, told.gates, facts.subject, HERE, repair)
    yield from gates.unproven(told.gates, HERE, size)
    unrun = tuple(item.id for item in facts.criteria if item.outcome is None or item.subject != facts.subject)
    if unrun:
        what = f"acceptance not run on this content: {holds.listing(unrun)}"
        yield holds.hold(Status.READY, what, HERE, "run the acceptance commands", Accept(criteria=unrun))
    red = tuple(item for item in facts.criteria if item.id not in unrun and item.outcome is not Outcome.PASS)
    if red:
        yield repair(tuple(f"acceptance of {item.id} is red: {item.why or 'no output'}" for item in red))
    yield from _unseen(facts)
    yield from _observability(facts, repair)
    if not facts.telemetry:
        yield holds.stop(HERE, "the journal holds no record of this run", "see why nothing could be written to the journal and resume")
    yield from _record(told)
    yield from _checkpoint(facts, Phase.LEARN.value, size)


def _unseen(facts: Facts) -> Iterator[Hold]:
    """With every step closed, nothing may be left whose red was never seen or whose oracle was never pinned."""
    loose = tuple(item.id for item in facts.criteria if item.must_fail_first and item.red is not Outcome.FAIL)
    unpinned = tuple(oracle.path for oracle in facts.oracles if not oracle.pinned)
    named = {path for item in facts.criteria for path in item.oracles} - {oracle.path for oracle in facts.oracles}
    if loose or unpinned or named:
        trouble = holds.listing((*loose, *unpinned, *sorted(named)))
        yield holds.stop(HERE, f"the work closed without red seen or oracle pinned: {trouble}", "go back to the plan and order its steps")


def _observability(facts: Facts, repair: Callable[[tuple[str, ...]], Hold]) -> Iterator[Hold]:
    check = facts.observability
    if not check.checkable:
        return
    if check.outcome is None or check.subject != facts.subject:
        yield holds.hold(Status.READY, "observability not checked on this content", HERE, "run the plan's check", Observe())
    elif check.outcome is not Outcome.PASS:
        yield repair((f"observability check is red: {check.why or 'no output'}",))


def _record(told: PhaseFacts) -> Iterator[Hold]:
    if not told.committed:
        yield holds.hold(Status.READY, "implement.md does not record this content", HERE, "record the phase", Commit(phase=HERE))
    elif not told.artefact.present or any(finding.severity is Severity.ERROR for finding in told.artefact.findings):
        yield holds.stop(HERE, "implement.md is damaged", "put it back from the branch's history and resume")
