"""Learn: what worked, what to improve, one or two patterns with evidence, backlog, and what the domain now knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from twelve.model.finding import Finding
from twelve.workflow.phases import shared
from twelve.workflow.phases.context import Context
from twelve.workflow.phases.schema import Artefact, finding

_OBJECT = re.compile(r"[0-9a-f]{7,64}")


class Pattern(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to reuse, or the refinement of an existing pattern."""

    name: str
    problem: str
    solution: str
    evidence: tuple[str, ...]
    """Commits of this run that show it, at least seven hex digits each."""
    refines: str = ""
    """Id of the pattern it refines, when it does."""


class Item(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An improvement for the backlog; impact and effort from 1 to 10 (U:F10)."""

    title: str
    impact: int
    effort: int
    category: str


class Learn(Artefact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`learn.md`."""

    NAME: ClassVar[str] = "learn"

    worked: tuple[str, ...]
    improve: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    backlog: tuple[Item, ...]
    domain_update: str


def findings(artefact: Learn, context: Context) -> Iterator[Finding]:
    """What keeps learn open."""
    name = artefact.NAME
    yield from lessons(name, artefact.worked, artefact.improve)
    yield from patterns(name, artefact.patterns, context)
    yield from backlog(name, artefact.backlog, context)
    yield from shared.text(name, "domain_update", artefact.domain_update)
    yield from shared.checklist(artefact)


def lessons(name: str, worked: tuple[str, ...], improve: tuple[str, ...]) -> Iterator[Finding]:
    for field, values in (("worked", worked), ("improve", improve)):
        if not values:
            yield finding(name, f"{field}-empty", f"`{field}` is empty", anchor=field, fix="name at least one thing")
        for number, value in enumerate(values):
            yield from shared.text(name, f"{field}[{number}].{field}", value)


def patterns(name: str, values: tuple[Pattern, ...], context: Context) -> Iterator[Finding]:
    """One or two, each with commits that show it."""
    least, most = context.settings.patterns
    if not least <= len(values) <= most:
        message = f"{len(values)} patterns; {least} to {most} are wanted"
        yield finding(
            name, "pattern-count", message, anchor="patterns", fix="name what you would reuse; a refinement of an existing pattern counts"
        )
    yield from shared.duplicates(name, "pattern", (item.name for item in values))
    for item in values:
        place = f"patterns.{item.name[:64]}"
        yield from shared.text(name, f"{place}.problem", item.problem)
        yield from shared.text(name, f"{place}.solution", item.solution)
        if not item.evidence:
            yield finding(
                name,
                "pattern-without-evidence",
                f"pattern {item.name[:64]!r} names no commit",
                anchor=place,
                fix="name a commit of this run",
            )
        for commit in item.evidence:
            known = not context.commits or any(oid.startswith(commit) for oid in context.commits)
            if not _OBJECT.fullmatch(commit) or not known:
                message = f"{commit[:64]!r} is not a commit of this run"
                yield finding(name, "evidence-unknown", message, anchor=f"{place}.{commit[:64]}", fix="take one from implement.md")


def backlog(name: str, values: tuple[Item, ...], context: Context) -> Iterator[Finding]:
    least = context.settings.backlog_items
    if len(values) < least:
        message = "`backlog` is empty" if not values else f"`backlog` names {len(values)}, at least {least} are wanted"
        yield finding(name, "backlog-empty", message, anchor="backlog", fix="name at least one improvement")
    for item in values:
        place = f"backlog.{item.title[:64]}"
        yield from shared.text(name, f"{place}.title", item.title)
        if not (1 <= item.impact <= 10 and 1 <= item.effort <= 10):
            yield finding(name, "backlog-score", f"{item.title[:64]!r}: impact and effort go from 1 to 10", anchor=place)
        if not item.category.strip():
            yield finding(name, "backlog-category", f"{item.title[:64]!r} has no category", anchor=place)
