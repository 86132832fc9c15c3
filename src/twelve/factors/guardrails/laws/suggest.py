"""C2: after priming, suggest workflows and prescribe none."""

from __future__ import annotations

from collections.abc import Iterator

from twelve.factors.guardrails.laws.evidence import Law, RepositoryFacts, SessionFacts, Violation

ID = "C2"
SUGGESTIONS = (5, 6)
"""Workflows offered after priming (S1)."""


def on_session(session: SessionFacts) -> Iterator[Violation]:
    least, most = SUGGESTIONS
    if session.suggestions is not None and not least <= session.suggestions <= most:
        yield Violation(
            law=ID, where=session.run, message=f"offered {session.suggestions} workflows after priming", remedy=f"offer {least} or {most}"
        )


def sees(facts: RepositoryFacts) -> bool:
    return facts.workflows > 0


def on_repository(facts: RepositoryFacts) -> Iterator[Violation]:
    if facts.workflows < SUGGESTIONS[0]:
        yield Violation(
            law=ID, message=f"the catalogue holds {facts.workflows} workflows", remedy=f"have at least {SUGGESTIONS[0]} to choose from"
        )


LAW = Law(id=ID, on_session=on_session, sees=sees, on_repository=on_repository)
