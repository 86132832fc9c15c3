"""Research: what exists already, two or three ways to go, one chosen with a reason and a probe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from twelve.model.finding import Finding
from twelve.model.phase import Phase
from twelve.workflow.phases import shared, wording
from twelve.workflow.phases.context import Context
from twelve.workflow.phases.schema import Artefact, finding
from twelve.workflow.phases.shared import Criterion


class PriorArt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The look into history (Factor I): what was asked and how much came back, none included."""

    query: str
    results: int


class Approach(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to go."""

    id: str
    summary: str
    pros: tuple[str, ...]
    cons: tuple[str, ...]


class Probe(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was tried to see that the chosen way is feasible."""

    command: tuple[str, ...]
    result: str


class Research(Artefact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`research.md`. Without a prime phase it also carries problem and success criteria."""

    NAME: ClassVar[str] = "research"

    prior_art: PriorArt
    findings: str
    approaches: tuple[Approach, ...]
    chosen: str
    rationale: str
    probe: Probe | None = None
    problem: str = ""
    success_criteria: tuple[Criterion, ...] = ()
    constraints: tuple[str, ...] = ()


def findings(artefact: Research, context: Context) -> Iterator[Finding]:
    """What keeps research open."""
    name = artefact.NAME
    if Phase.PRIME not in context.preset.phases:
        yield from shared.problem(name, artefact.problem)
        yield from shared.criteria(name, artefact.success_criteria)
    elif artefact.problem or artefact.success_criteria:
        yield finding(name, "restates-prime", "problem and criteria belong to prime", anchor="problem", fix="leave them out here")
    if not artefact.prior_art.query.strip() or artefact.prior_art.results < 0:
        fix = "record what you searched the history for and how many results there were; 0 is an answer"
        yield finding(name, "prior-art-missing", "`prior_art` holds no query", anchor="prior_art", fix=fix)
    yield from shared.text(name, "findings", artefact.findings)
    yield from _approaches(artefact, context)
    yield from _probe(artefact)
    yield from shared.checklist(artefact)


def _approaches(artefact: Research, context: Context) -> Iterator[Finding]:
    name = artefact.NAME
    least, most = context.settings.approaches
    count = len(artefact.approaches)
    if count < least:
        yield finding(
            name,
            "too-few-approaches",
            f"{count} approaches; at least {least} are needed",
            anchor="approaches",
            fix="add a viable alternative",
        )
    if count > most:
        yield finding(
            name, "too-many-approaches", f"{count} approaches; at most {most} are allowed", anchor="approaches", fix="keep the viable ones"
        )
    yield from shared.duplicates(name, "approach", (item.id for item in artefact.approaches))
    for item in artefact.approaches:
        place = f"approaches.{item.id}"
        yield from shared.text(name, f"{place}.summary", item.summary)
        for side, entries in (("pros", item.pros), ("cons", item.cons)):
            if not any(entry.strip() for entry in entries):
                message = f"approach {item.id} has no {side}"
                yield finding(
                    name, f"approach-without-{side}", message, anchor=f"{place}.{side}", fix="every way has both sides; name at least one"
                )
    if artefact.chosen not in {item.id for item in artefact.approaches}:
        yield finding(
            name, "chosen-unknown", f"`chosen` is {artefact.chosen!r}", anchor="chosen", fix="name the id of exactly one approach"
        )
    yield from shared.text(name, "rationale", artefact.rationale)


def _probe(artefact: Research) -> Iterator[Finding]:
    if artefact.probe is None:
        fix = "try the riskiest part of the chosen way and record command and result"
        yield finding(artefact.NAME, "probe-missing", "no feasibility probe is recorded", anchor="probe", fix=fix)
        return
    yield from shared.argv(artefact.NAME, "probe.command", artefact.probe.command)
    if wording.placeholder(artefact.probe.result):
        yield finding(
            artefact.NAME, "probe-without-result", "`probe.result` says nothing", anchor="probe.result", fix="say what the command showed"
        )
