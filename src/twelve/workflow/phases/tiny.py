"""A tiny run's one artefact: problem, plan and, at the end, what was learned. What it leaves out is recorded with the rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct, field

from twelve.model.finding import Finding
from twelve.model.phase import Phase
from twelve.workflow.phases import learn, plan, shared
from twelve.workflow.phases.context import Context
from twelve.workflow.phases.plan import Acceptance, Checkpoint, Observability, Step
from twelve.workflow.phases.schema import Artefact, finding
from twelve.workflow.phases.shared import Criterion, Scope

RULES = ("tiny-size",)
"""Why something may be left out. `tiny-size`: few lines and files, no risk signal; re-checked against the diff."""
OMITTED = (Phase.RESEARCH.value, Phase.PLAN.value)
"""Phases a tiny run leaves out, and says so."""


class Omission(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A phase left out, by which rule, and why the rule applies here."""

    phase: str
    rule: str
    reason: str


class Tiny(Artefact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`tiny.md`. The learn fields are due when the work is done."""

    NAME: ClassVar[str] = "tiny"

    problem: str
    success_criteria: tuple[Criterion, ...]
    constraints: tuple[str, ...]
    scope: Scope
    steps: tuple[Step, ...]
    acceptance: tuple[Acceptance, ...]
    observability: Observability
    omissions: tuple[Omission, ...]
    human_checkpoints: tuple[Checkpoint, ...] | str = "none: a tiny change without risk signals"
    factors: dict[str, str] = field(default_factory=dict)
    worked: tuple[str, ...] = ()
    improve: tuple[str, ...] = ()
    patterns: tuple[learn.Pattern, ...] = ()
    backlog: tuple[learn.Item, ...] = ()
    domain_update: str = ""


def findings(artefact: Tiny, context: Context) -> Iterator[Finding]:
    """What keeps the opening, or with `context.closing` the learn part, open."""
    name = artefact.NAME
    if context.closing:
        yield from learn.lessons(name, artefact.worked, artefact.improve)
        yield from learn.patterns(name, artefact.patterns, context)
        yield from learn.backlog(name, artefact.backlog, context)
        yield from shared.text(name, "domain_update", artefact.domain_update)
        return
    yield from shared.problem(name, artefact.problem)
    yield from shared.criteria(name, artefact.success_criteria)
    yield from shared.scope(name, artefact.scope)
    yield from plan.steps(name, artefact.steps, context)
    yield from plan.acceptance(name, artefact.steps, artefact.acceptance, context)
    yield from plan.observability(name, artefact.observability)
    yield from plan.checkpoints(name, artefact.human_checkpoints, artefact.steps, context)
    yield from _omissions(artefact)
    yield from shared.checklist(artefact)


def _omissions(artefact: Tiny) -> Iterator[Finding]:
    name = artefact.NAME
    named = {item.phase for item in artefact.omissions}
    for phase in OMITTED:
        if phase not in named:
            message = f"{phase} is left out and `omissions` does not say so"
            yield finding(name, "omission-unrecorded", message, anchor=f"omissions.{phase}", fix="record phase, rule and reason")
    for item in artefact.omissions:
        place = f"omissions.{item.phase[:40]}"
        if item.phase not in OMITTED:
            yield finding(
                name, "omission-refused", f"{item.phase[:40]!r} cannot be left out", anchor=place, fix=f"only {' and '.join(OMITTED)} can"
            )
        if item.rule not in RULES:
            yield finding(name, "omission-rule", f"{item.rule[:40]!r} is no rule", anchor=place, fix=f"rules: {', '.join(RULES)}")
        yield from shared.text(name, f"{place}.reason", item.reason)
