"""Which gate outcomes let a phase or step close, and what each of the others leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from twelve.factors.approvals import request
from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.model.phase import Phase, Size
from twelve.model.verdict import Outcome
from twelve.workflow.machine import holds
from twelve.workflow.machine.facts import Facts, GateFact, Proof
from twelve.workflow.machine.holds import Hold
from twelve.workflow.machine.moves import Ask, Gates, Prove
from twelve.workflow.machine.state import Status


def blocks(gate: GateFact) -> bool:
    """Required means PASS; optional may be skipped but not be red."""
    if gate.required:
        return gate.outcome is not Outcome.PASS
    return gate.outcome is not Outcome.PASS and gate.outcome is not Outcome.SKIP


def settled(gates: Iterable[GateFact], subject: str) -> bool:
    """Every gate has been judged on this subject and none holds up."""
    return all(gate.subject == subject and not blocks(gate) for gate in gates)


def skipped(gates: Iterable[GateFact]) -> tuple[str, ...]:
    return tuple(f"gate {gate.gate}" for gate in gates if not gate.required and gate.outcome is Outcome.SKIP)


Repair = Callable[[tuple[str, ...]], Hold]


def hold_up(facts: Facts, gates: tuple[GateFact, ...], subject: str, phase: Phase, repair: Repair, *, step: str = "") -> Iterator[Hold]:
    """Unjudged gates first; then those no repair can help; then the red ones; last what only a person can let pass."""
    unjudged = tuple(gate.gate for gate in gates if gate.outcome is None or gate.subject != subject)
    if unjudged:
        what = f"not judged on this content: {holds.listing(unjudged)}"
        yield holds.hold(Status.READY, what, phase, "run the gates", Gates(phase=phase, gates=unjudged, step=step))
        return
    red = tuple(gate for gate in gates if blocks(gate))
    stuck = tuple(_line(gate) for gate in red if not gate.repairable)
    if stuck:
        yield holds.stop(phase, f"cannot be judged on this machine: {holds.listing(stuck)}", "install what is missing and resume")
        return
    mendable = tuple(_line(gate) for gate in red if not gate.asks)
    if mendable:
        yield repair(mendable)
        return
    for gate in red:
        yield _unread(facts, gate, phase, repair, step)


def approved_diffs(facts: Facts) -> tuple[str, ...]:
    """Digests of the diffs a person let pass in this run."""
    granted = (item for item in facts.requests if item.kind is RequestKind.DIFF and item.status is RequestStatus.GRANTED)
    return tuple(item.about for item in granted if item.subject == _diff_subject(facts, item.about))


def _diff_subject(facts: Facts, digest: str) -> str:
    return request.subject(RequestKind.DIFF, facts.run, digest)


def _unread(facts: Facts, gate: GateFact, phase: Phase, repair: Repair, step: str) -> Hold:
    """Nobody has read exactly this diff yet. Once somebody let it pass, the gate judges again and is told so."""
    question = Ask(
        kind=RequestKind.DIFF,
        subject=_diff_subject(facts, gate.asks),
        question=f"may exactly this diff go on (gate {gate.gate})?",
        about=gate.asks,
    )
    answer = holds.ask(facts, phase, question, lambda reason: repair((f"{gate.gate}: a person rejected the diff: {reason}",)))
    if answer:
        return answer
    what = f"not judged since a person let the diff pass: {gate.gate}"
    return holds.hold(Status.READY, what, phase, "run the gate again", Gates(phase=phase, gates=(gate.gate,), step=step))


def unproven(gates: tuple[GateFact, ...], phase: Phase, size: Size) -> Iterator[Hold]:
    """Critical work rests only on gates that were seen red here."""
    if size is not Size.CRITICAL:
        return
    required = tuple(gate for gate in gates if gate.required)
    never = tuple(gate.gate for gate in required if gate.proof is Proof.UNPROVABLE)
    if never:
        what = f"critical work, but these gates cannot be seen red: {holds.listing(never)}"
        yield holds.stop(phase, what, "give each a `prove` entry in twelve.toml and resume")
    todo = tuple(gate.gate for gate in required if gate.proof is Proof.UNPROVEN)
    if todo:
        what = f"never seen red here: {holds.listing(todo)}"
        yield holds.hold(Status.READY, what, phase, "prove them on a seeded defect", Prove(gates=todo))


def _line(gate: GateFact) -> str:
    outcome = gate.outcome.value if gate.outcome else "not judged"
    return f"{gate.gate}: {outcome}" + (f" ({gate.why})" if gate.why else "")
