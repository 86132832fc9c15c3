"""L2: leave at least one improvement."""

from __future__ import annotations

from collections.abc import Iterator

from twelve.factors.guardrails.laws.evidence import Law, RepositoryFacts, SessionFacts, Violation

ID = "L2"
WINDOW_DAYS = 7
"""An active repository gains an improvement at least this often (U:F11)."""


def on_session(session: SessionFacts) -> Iterator[Violation]:
    if session.closed and not session.improvements:
        yield Violation(
            law=ID,
            where=session.run,
            message="closed without an improvement",
            remedy="add one item with impact and effort under `backlog` in its last artefact",
        )


def sees(facts: RepositoryFacts) -> bool:
    return facts.commits > 0


def on_repository(facts: RepositoryFacts) -> Iterator[Violation]:
    age = facts.improvement_age_days
    if age is None or age > WINDOW_DAYS:
        when = "none is recorded" if age is None else f"the youngest is {age:.0f} days old"
        yield Violation(
            law=ID, message=f"no improvement in {WINDOW_DAYS} days: {when}", remedy="record what the last runs showed to be worth doing"
        )


LAW = Law(id=ID, on_session=on_session, sees=sees, on_repository=on_repository)
