"""Prime: the problem in one or two sentences, and how one will know that it is solved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from twelve.model.finding import Finding
from twelve.workflow.phases import shared
from twelve.workflow.phases.context import Context
from twelve.workflow.phases.schema import Artefact
from twelve.workflow.phases.shared import Criterion, Scope


class Prime(Artefact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`prime.md`."""

    NAME: ClassVar[str] = "prime"

    problem: str
    success_criteria: tuple[Criterion, ...]
    constraints: tuple[str, ...]
    """May be empty, but has to be said."""
    scope: Scope
    risk_notes: str = ""


def findings(artefact: Prime, _context: Context) -> Iterator[Finding]:
    """What keeps prime open."""
    yield from shared.problem(artefact.NAME, artefact.problem)
    yield from shared.criteria(artefact.NAME, artefact.success_criteria)
    yield from shared.scope(artefact.NAME, artefact.scope)
    yield from shared.checklist(artefact)
