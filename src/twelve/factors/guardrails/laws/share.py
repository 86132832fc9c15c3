"""L5: share patterns that hold, without what is confidential."""

from __future__ import annotations

from collections.abc import Iterator

from twelve.factors.guardrails.laws.evidence import Law, RepositoryFacts, Violation

ID = "L5"


def sees(facts: RepositoryFacts) -> bool:
    return facts.patterns > 0


def on_repository(facts: RepositoryFacts) -> Iterator[Violation]:
    for name in facts.unpublished:
        yield Violation(
            law=ID,
            where=name,
            message="is a validated pattern nobody outside can use yet",
            remedy="have it cleaned of names and publish it",
        )


LAW = Law(id=ID, sees=sees, on_repository=on_repository)
