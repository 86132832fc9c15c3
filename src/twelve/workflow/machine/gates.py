"""Which gate outcomes let a phase or step close, and what each of the others leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from twelve.model.phase import Phase, Size
from twelve.model.verdict import Outcome
from twelve.workflow.machine import holds
from twelve.workflow.machine.facts import GateFact, Proof
from twelve.workflow.machine.holds import Hold
from twelve.workflow.machine.moves import Gates, Prove
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


def hold_up(
    gates: tuple[GateFact, ...], subject: str, phase: Phase, repair: Callable[[tuple[str, ...]], Hold], *, step: str = ""
) -> Iterator[Hold]:
    """Unjudged gates first; then those no repair can help; then the red ones."""
    unjudged = tuple(gate.gate for gate in gates if gate.outcome is None or gate.subject != subject)
    if unjudged:
        what = f"not judged on this content: {holds.listing(unjudged)}"
        yield holds.hold(Status.READY, what, phase, "run the gates", Gates(phase=phase, gates=unjudged, step=step))
        return
    red = tuple(gate for gate in gates if blocks(gate))
    stuck = tuple(_line(gate) for gate in red if not gate.repairable)
    if stuck:
        yield holds.stop(phase, f"cannot be judged on this machine: {holds.listing(stuck)}", "install what is missing and resume")
    elif red:
        yield repair(tuple(_line(gate) for gate in red))


def unproven(gates: tuple[GateFact, ...], phase: Phase, size: Size) -> Iterator[Hold]:
    """Critical work rests only on gates that were seen red here (DESIGN 9.3)."""
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
