"""How much ceremony a run follows and which phases that means, in order."""

from __future__ import annotations

from twelve.model.phase import Phase, Preset, Size
from twelve.workflow.machine.facts import Facts

TINY_ARTEFACT = "tiny"
"""File stem of the one artefact of a tiny run."""


def started_size(facts: Facts) -> Size:
    """Ceremony the run follows: what it started with, raised by recorded steps back."""
    return max((facts.size, *(step.size for step in facts.regressions)), key=lambda size: size.rank)


def effective_size(facts: Facts) -> Size:
    """Ceremony the run deserves by what is measured now; never below what it follows."""
    return max((started_size(facts), facts.measured), key=lambda size: size.rank)


def opening(preset: Preset) -> Phase:
    """Phase under which a tiny run's problem and plan are written."""
    return Phase.PRIME if Phase.PRIME in preset.phases else Phase.PLAN


def sequence(preset: Preset, size: Size) -> tuple[Phase, ...]:
    """Phases in order. A tiny run opens with one artefact that holds problem and plan, and leaves the rest out."""
    if size is not Size.TINY:
        return preset.phases
    return (opening(preset), *(phase for phase in preset.phases if phase in (Phase.IMPLEMENT, Phase.LEARN)))


def planning(facts: Facts) -> Phase:
    """Phase whose artefact holds the plan."""
    return opening(facts.preset) if started_size(facts) is Size.TINY else Phase.PLAN


def artefact(facts: Facts, phase: Phase) -> str:
    """File stem of the phase's artefact under the run's folder."""
    return TINY_ARTEFACT if started_size(facts) is Size.TINY and phase is not Phase.IMPLEMENT else phase.value
