"""What holds a run up, and the few ways out: try again, ask a person, step back, stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from twelve.factors.approvals import request
from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.model.phase import Phase, Size
from twelve.workflow.machine import route
from twelve.workflow.machine.facts import Facts, RequestFacts
from twelve.workflow.machine.moves import Ask, Escalate, Move, Regress, Work, Write
from twelve.workflow.machine.state import Missing, Status


class Hold(Struct, frozen=True, kw_only=True):
    """One reason why a phase does not close."""

    status: Status
    missing: Missing
    moves: tuple[Move, ...] = ()
    waiting_on: str = ""


def hold(status: Status, what: str, to: Phase, next: str, *moves: Move, waiting_on: str = "") -> Hold:
    return Hold(status=status, missing=Missing(what=what, return_to=to, next=next), moves=moves, waiting_on=waiting_on)


def unit(facts: Facts, name: str) -> str:
    """Name under which rounds are counted. A step back starts counting anew; how often that happens is capped too."""
    return f"{name}@{len(facts.regressions)}"


def newest(facts: Facts, kind: RequestKind, subject: str) -> RequestFacts | None:
    """The latest request about exactly this. Expired ones are passed over: expiry is not denial."""
    fitting = (
        item
        for item in reversed(facts.requests)
        if item.kind is kind and item.subject == subject and item.status is not RequestStatus.EXPIRED
    )
    return next(fitting, None)


def ask(facts: Facts, phase: Phase, question: Ask, rejected: Callable[[str], Hold]) -> Hold | None:
    """None once a person granted exactly this; otherwise what to wait for or what a rejection leads to."""
    found = newest(facts, question.kind, question.subject)
    if found is None:
        return hold(Status.WAITING, f"a person has not been asked: {question.question}", phase, "put the question to a person", question)
    if found.status is RequestStatus.PENDING:
        what = f"waiting for a person: {question.question}"
        return hold(Status.WAITING, what, phase, f"answer request {found.id}", waiting_on=found.id)
    if found.status is RequestStatus.REJECTED:
        return rejected(found.reason or "no reason given")
    return None


def allowance(facts: Facts, name: str) -> int:
    """Agent turns a unit may take: the first, the configured rounds, and as many again per grant."""
    counts = {rounds_subject(facts, name, used) for used in range(max(facts.rounds.get(name, 0), len(facts.regressions)) + 1)}
    grants = {item.subject for item in facts.requests if item.kind is RequestKind.ROUNDS and item.status is RequestStatus.GRANTED}
    return 1 + facts.gate_rounds + len(grants & counts) * max(1, facts.gate_rounds)


def rounds_subject(facts: Facts, name: str, used: int) -> str:
    """What a grant of more rounds is bound to: this unit after exactly so many."""
    return request.subject(RequestKind.ROUNDS, facts.run, name, str(used))


def exhausted(facts: Facts, name: str) -> bool:
    return facts.rounds.get(name, 0) >= allowance(facts, name)


def more_rounds(facts: Facts, phase: Phase, name: str, used: int, trouble: str) -> Hold:
    """The unit is out of rounds: a person decides whether it gets as many again."""
    text = f"{name} is still red after {used} rounds: {trouble}"
    question = Ask(kind=RequestKind.ROUNDS, subject=rounds_subject(facts, name, used), about=name, question=text)

    def ended(reason: str) -> Hold:
        return hold(Status.FAILED, f"a person ended the run: {reason}", phase, "start a new run with what was learned")

    # A grant for this very count that is not in the allowance yet cannot exist; ending is the safe reading.
    return ask(facts, phase, question, ended) or ended("a grant could not be matched to its unit")


def again(facts: Facts, phase: Phase, turn: Write | Work, what: str, next: str) -> Hold:
    """Give the turn to the agent, or to a person's judgement when its rounds are used up."""
    used = facts.rounds.get(turn.unit, 0)
    if exhausted(facts, turn.unit):
        return more_rounds(facts, phase, turn.unit, used, what)
    return hold(Status.BLOCKED if turn.why else Status.READY, what, phase, next, turn)


def step_back(facts: Facts, source: Phase, to: Phase, reason: str, size: Size) -> Hold:
    """An explicit, recorded return to an earlier phase; too many of them go to a person."""
    to = route.planning(facts) if to is Phase.PLAN else to
    name = "regressions"
    used = len(facts.regressions)
    if used >= allowance(facts, name):
        return more_rounds(facts, source, name, used, reason)
    return hold(Status.BLOCKED, reason, to, f"go back to {to.value} and say what changes", Regress(to=to, reason=reason, size=size))


def stop(phase: Phase, what: str, next: str) -> Hold:
    return hold(Status.ESCALATED, what, phase, next, Escalate(reason=what))


def listing(items: Iterable[str]) -> str:
    return ", ".join(items)
