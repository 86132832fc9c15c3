"""L3: document context, solution, learning and impact."""

from __future__ import annotations

import re
from collections.abc import Iterator

from twelve.factors.guardrails.laws.evidence import CommitFacts, Law, RepositoryFacts, SessionFacts, Violation
from twelve.factors.memory.dialects import Exemption
from twelve.model.settings import LawSettings

ID = "L3"
MEASURED = re.compile(r"\d|\bnot (?:yet )?measured\b|\bno measurable\b|\bunmeasured\b", re.IGNORECASE)
"""An impact names a quantity or says that there is none yet."""
_NUMBER_WORDS = re.compile(
    r"\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|dozens?|half|twice|thrice|hundreds?|thousands?)\b", re.IGNORECASE
)
_SECTIONS = ("context", "solution", "impact")
"""Learning is law 1's own; naming it here too would tell one gap twice."""


def binds(commit: CommitFacts, settings: LawSettings) -> bool:
    """Only what a person or an agent wrote, and only types that change behaviour (C19)."""
    return commit.exempt is Exemption.NONE and commit.message.header.type in settings.strict_types


def on_commit(commit: CommitFacts, _settings: LawSettings) -> Iterator[Violation]:
    missing = commit.message.missing(_SECTIONS)
    if missing:
        names = ", ".join(f"{name.capitalize()}:" for name in missing)
        yield _violation(commit.where, f"lacks {names}", f"add {names} one or two honest sentences each")
    if "impact" not in missing and not quantified(commit.message.impact):
        yield _violation(commit.where, "has an impact without a quantity", "give a number, or write: not yet measured")


def quantified(impact: str) -> bool:
    """Whether an impact says how much, or that nobody measured it."""
    return bool(MEASURED.search(impact) or _NUMBER_WORDS.search(impact))


def on_session(session: SessionFacts) -> Iterator[Violation]:
    if not session.rationale:
        yield _violation(session.run, "decided without a rationale", "write why the chosen approach was chosen")
    if session.alternatives < 2:
        yield _violation(session.run, "weighed no alternative", "name at least one other approach and why it lost")


def sees(facts: RepositoryFacts) -> bool:
    return bool(facts.undecided)


def on_repository(facts: RepositoryFacts) -> Iterator[Violation]:
    for change in facts.undecided:
        yield _violation(change, "is a major change without a decision record", "add one short record: context, decision, consequences")


def _violation(where: str, message: str, remedy: str) -> Violation:
    return Violation(law=ID, where=where, message=message, remedy=remedy)


LAW = Law(id=ID, binds=binds, on_commit=on_commit, on_session=on_session, sees=sees, on_repository=on_repository)
