"""Commit messages of the driver: the four sections, and trailers that tie the commit to its run and its evidence."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from twelve.model.phase import Phase
from twelve.model.verdict import Outcome
from twelve.system import redact
from twelve.workflow import facts, machine
from twelve.workflow.drive.desk import Place
from twelve.workflow.phases.learn import Learn
from twelve.workflow.phases.plan import Step
from twelve.workflow.phases.prime import Prime
from twelve.workflow.phases.research import Research
from twelve.workflow.phases.tiny import Tiny

SUBJECT_LIMIT = 72
"""Characters of the first line (ours: what git's own listings show)."""
WIDTH = 100


def compose(place: Place, picture: facts.Picture, phase: Phase, step: str) -> str:
    """The message of the commit that closes a phase or a step."""
    found = picture.design.step(step)
    head = _subject(place, phase, found)
    sections = {
        "Context": _problem(place, picture),
        "Solution": _solution(picture, phase, found),
        "Learning": _learning(picture, phase),
        "Impact": _impact(picture, phase, found),
    }
    return assemble(head, sections, trailers(place, picture, phase, step))


def assemble(head: str, sections: dict[str, str], trailers: Iterable[str]) -> str:
    """First line, four sections, trailers."""
    body = "\n".join(textwrap.fill(f"{name}: {_flat(text)}", WIDTH, break_on_hyphens=False) for name, text in sections.items())
    return redact.redact(f"{head}\n\n{body}\n\n") + "\n".join(trailers) + "\n"


def key_trailer(run: str, key: str) -> tuple[str, str]:
    """The two lines by which a commit is recognised as the one this effect made."""
    return f"Run: {run}", f"Step: {key}"


def trailers(place: Place, picture: facts.Picture, phase: Phase, step: str) -> tuple[str, ...]:
    gates = _gates(picture, phase, step)
    shown = ", ".join(f"{gate.gate}={gate.outcome.value if gate.outcome else 'none'}" for gate in gates) or "none apply"
    skipped = _unverified(picture, phase, step)
    unverified = (f"Unverified: {'; '.join(skipped)}",) if skipped else ()
    return (f"Gates: {shown}", *unverified, *key_trailer(place.run, place.key))


def _gates(picture: facts.Picture, phase: Phase, step: str) -> tuple[machine.GateFact, ...]:
    if step:
        return next((found.gates for found in picture.facts.steps if found.id == step), ())
    told = picture.facts.phases.get(phase)
    return told.gates if told else ()


def _unverified(picture: facts.Picture, phase: Phase, step: str) -> tuple[str, ...]:
    """What was skipped although optional; said once, where the work as a whole is recorded."""
    return machine.unverified(picture.facts) if phase is Phase.IMPLEMENT and not step else ()


def _subject(place: Place, phase: Phase, step: Step | None) -> str:
    if step is None:
        text = f"docs({phase.value}): record {phase.value} of {_flat(place.request.task)}"
    else:
        text = f"feat({step.id}): {_flat(step.title)}"
    return text if len(text) <= SUBJECT_LIMIT else text[: SUBJECT_LIMIT - 3].rstrip() + "..."


def _problem(place: Place, picture: facts.Picture) -> str:
    for reading in picture.readings.values():
        found = reading.artefact
        if isinstance(found, Prime | Tiny | Research) and found.problem.strip():
            return found.problem
    return place.request.task


def _solution(picture: facts.Picture, phase: Phase, step: Step | None) -> str:
    if step is not None:
        return f"plan step {step.id}: {step.title}"
    reading = picture.readings.get(phase)
    found = reading.artefact if reading else None
    if isinstance(found, Research):
        return f"approach {found.chosen}, because {found.rationale}"
    if phase is Phase.PLAN:
        return "steps in order: " + ", ".join(item.id for item in picture.design.steps)
    return f"write down what {phase.value} came to, checked against its format and rules"


def _learning(picture: facts.Picture, phase: Phase) -> str:
    reading = picture.readings.get(Phase.LEARN) if phase is Phase.LEARN else None
    found = reading.artefact if reading else None
    if isinstance(found, Learn | Tiny) and found.improve:
        return found.improve[0]
    back = picture.facts.regressions
    if back:
        return f"a step back to {back[-1].to.value} was needed: {back[-1].reason}"
    return "none beyond what the artefact says; lessons are collected in the learn phase"


def _impact(picture: facts.Picture, phase: Phase, step: Step | None) -> str:
    gates = _gates(picture, phase, step.id if step else "")
    passed = sum(gate.outcome is Outcome.PASS for gate in gates)
    met = sum(item.outcome is Outcome.PASS for item in picture.facts.criteria)
    if phase in (Phase.IMPLEMENT, Phase.LEARN) and step is None:
        return f"{passed} of {len(gates)} gates and {met} of {len(picture.facts.criteria)} acceptance commands pass on this content"
    return f"{passed} of {len(gates)} gates pass on this content; effect not yet measured"


def _flat(text: str) -> str:
    """One paragraph without control characters; agents write these texts."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
