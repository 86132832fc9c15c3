"""The brief of a question from what the run has written so far: an agent's words, quoted for the person who decides."""

from __future__ import annotations

from twelve.factors.approvals import risk, signers
from twelve.factors.approvals.brief import Alternative, Brief, Hazard, Impact
from twelve.factors.approvals.decision import Tier
from twelve.factors.approvals.record import Wish
from twelve.factors.approvals.request import RequestKind
from twelve.model.phase import Phase, Size
from twelve.model.settings import Settings
from twelve.workflow import artefacts
from twelve.workflow.facts import Picture
from twelve.workflow.phases.prime import Prime
from twelve.workflow.phases.research import Research
from twelve.workflow.phases.tiny import Tiny

TEXT_LIMIT = 4_000
"""Longest text of one field, characters (ours)."""
MOST_FILES = 200
"""Files named as impact (ours)."""


def wish(picture: Picture, kind: RequestKind, settings: Settings, *, signers_text: str = "", see: tuple[str, ...] = ()) -> Wish:
    """What a request of a run says beyond its question.

    `signers_text`: the list of signers. Where there is one, the plan of critical work needs a signature.
    """
    found = risk.signals(paths=picture.told.changed, task=picture.told.task, manifests=picture.told.manifests)
    level = risk.highest(found).value
    return Wish(
        brief=brief(picture, kind, risk_level=level, see=see),
        tier=_least(picture, kind, settings, signers_text),
        risk=level,
    )


def brief(picture: Picture, kind: RequestKind, *, risk_level: str, see: tuple[str, ...] = ()) -> Brief:
    """The template filled from prime, research and plan; what they do not say stays empty and is shown as missing."""
    prime, research = (_artefact(picture, phase) for phase in (Phase.PRIME, Phase.RESEARCH))
    opening = prime if isinstance(prime, Prime | Tiny) else None
    options = research if isinstance(research, Research) else None
    steps = picture.design.steps
    return Brief(
        summary=_cut(f"{picture.told.task}\n{opening.problem}" if opening else picture.told.task),
        findings=_cut(options.findings) if options else "",
        approach=_approach(options) or _cut("; ".join(step.title for step in steps)),
        alternatives=_alternatives(options),
        impact=Impact(files=_files(picture), time=f"{len(steps)} steps" if steps else "", risk=risk_level),
        hazards=_hazards(picture, opening),
        rollback=_cut("\n".join(f"{step.id}: {step.rollback or 'git revert of its commit'}" for step in steps)),
        questions=tuple(point.question for point in picture.design.checkpoints) if kind is RequestKind.PLAN else (),
        see=see,
    )


def _least(picture: Picture, kind: RequestKind, settings: Settings, signers_text: str) -> Tier:
    least = Tier(settings.approvals.tier)
    critical = (picture.told.size or picture.sizing.size) is Size.CRITICAL
    if kind is RequestKind.PLAN and critical and signers.usable(signers_text):
        return max(least, Tier.SIGNED, key=lambda tier: tier.rank)
    return least


def see_plan(branch: str, run: str) -> tuple[str, ...]:
    """How a person reads the plan of a driven run."""
    return (f"git show {branch}:{artefacts.relative(run, 'plan')}",)


def _artefact(picture: Picture, phase: Phase) -> object:
    reading = picture.readings.get(phase)
    return reading.artefact if reading else None


def _approach(research: Research | None) -> str:
    if research is None:
        return ""
    chosen = next((item for item in research.approaches if item.id == research.chosen), None)
    return _cut(f"{chosen.summary}\n{research.rationale}" if chosen else research.rationale)


def _alternatives(research: Research | None) -> tuple[Alternative, ...]:
    others = [item for item in research.approaches if item.id != research.chosen] if research else []
    return tuple(Alternative(what=_cut(item.summary), why_not=_cut("; ".join(item.cons))) for item in others)


def _files(picture: Picture) -> tuple[str, ...]:
    planned = [path for step in picture.design.steps for path in (*step.files, *step.creates_oracles)]
    return tuple(dict.fromkeys([*planned, *picture.told.changed]))[:MOST_FILES]


def _hazards(picture: Picture, opening: Prime | Tiny | None) -> tuple[Hazard, ...]:
    noted = opening.risk_notes if isinstance(opening, Prime) else ""
    found = [Hazard(risk=_cut(noted), mitigation="see the plan's steps and their rollback")] if noted.strip() else []
    fixed = [step for step in picture.design.steps if not step.reversible]
    return (*found, *(Hazard(risk=f"step {step.id} cannot be undone: {step.title}", mitigation=_cut(step.rollback)) for step in fixed))


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_LIMIT else f"{text[:TEXT_LIMIT]} [cut: {len(text)} characters]"
