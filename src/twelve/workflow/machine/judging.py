"""The one function everything asks: facts in, state and allowed moves out. It looks at nothing and remembers nothing."""

from __future__ import annotations

from twelve.factors.context.budget import Band
from twelve.model.phase import Phase, Size
from twelve.workflow.machine import gates, holds, implementing, reading, route
from twelve.workflow.machine.facts import Facts, PhaseFacts
from twelve.workflow.machine.holds import Hold
from twelve.workflow.machine.moves import Discard, Finish, Work, Write
from twelve.workflow.machine.state import State, Status


def judge(facts: Facts) -> State:
    """Where the run stands and what may happen next.

    Every phase's exit is checked again each time, from the first on, so `done` means that all of them hold
    on exactly this content. Never raises.
    """
    size = route.effective_size(facts)
    phases = route.sequence(facts.preset, route.started_size(facts))
    for phase in phases:
        found = _first(facts, phase, size)
        if found:
            return _state(facts, phase, size, _overrule(facts, phase, size, found))
    extra = _loose_ends(facts, phases[-1], size)
    if extra:
        return _state(facts, phases[-1], size, extra)
    skipped = unverified(facts)
    return State(phase=phases[-1], status=Status.DONE, size=size, moves=(Finish(unverified=skipped),), unverified=skipped)


def unverified(facts: Facts) -> tuple[str, ...]:
    """Optional gates and checks that were skipped: allowed, and said."""
    others = tuple(phase for phase in route.sequence(facts.preset, route.started_size(facts)) if phase is not Phase.IMPLEMENT)
    lines = (f"{phase.value} {line}" for phase in others for line in gates.skipped(facts.phases.get(phase, PhaseFacts()).gates))
    return (*lines, *implementing.unverified(facts))


def _first(facts: Facts, phase: Phase, size: Size) -> tuple[Hold, ...]:
    if phase is Phase.IMPLEMENT:
        return tuple(implementing.exit_holds(facts, size))
    return tuple(reading.exit_holds(facts, phase, size))


def _overrule(facts: Facts, phase: Phase, size: Size, found: tuple[Hold, ...]) -> tuple[Hold, ...]:
    """What comes before any phase's own business; a run that a person ended stays ended."""
    if found[0].status is Status.FAILED:
        return found
    return _loose_ends(facts, phase, size) or _spent(facts, phase, found) or found


def _loose_ends(facts: Facts, phase: Phase, size: Size) -> tuple[Hold, ...]:
    if facts.cancelled:
        return (holds.hold(Status.FAILED, f"cancelled: {facts.cancelled}", phase, "start a new run when it is wanted again"),)
    if facts.halt:
        return (holds.stop(phase, facts.halt, "put right what is named and resume"),)
    if route.started_size(facts) is Size.TINY and size is not Size.TINY:
        reason = f"the work outgrew tiny: {facts.measured_why or size.value}"
        return (holds.step_back(facts, phase, Phase.RESEARCH, reason, size),)
    if facts.stray:
        what = f"changed outside the artefact during {phase.value}: {holds.listing(facts.stray)}"
        move = Discard(paths=facts.stray, reason=what)
        return (holds.hold(Status.BLOCKED, what, phase, "put these paths back as they were", move),)
    return ()


def _spent(facts: Facts, phase: Phase, found: tuple[Hold, ...]) -> tuple[Hold, ...]:
    """Caps and the context budget stop the next agent turn, not the judging of work already done."""
    if not found[0].moves or not isinstance(found[0].moves[0], Write | Work):
        return ()
    if facts.caps:
        return (holds.stop(phase, f"cap reached: {holds.listing(facts.caps)}", "raise the cap or shrink the task, and resume"),)
    if facts.band is Band.RED or (facts.strict_context and facts.band is Band.YELLOW):
        what = f"the next context would be {facts.band.value}"
        return (holds.stop(phase, what, "narrow the files the plan names, delegate, or split the step, and resume"),)
    return ()


def _state(facts: Facts, phase: Phase, size: Size, found: tuple[Hold, ...]) -> State:
    first = found[0]
    return State(
        phase=phase,
        status=first.status,
        size=size,
        missing=tuple(item.missing for item in found),
        moves=first.moves,
        waiting_on=first.waiting_on,
        unverified=unverified(facts),
    )
