"""C1: no hook loops. A hook reports; it never commits what it rewrote."""

from __future__ import annotations

from collections.abc import Iterator

from twelve.factors.guardrails.laws.evidence import Law, RepositoryFacts, Violation

ID = "C1"


def sees(facts: RepositoryFacts) -> bool:
    return facts.hook_scripts > 0


def on_repository(facts: RepositoryFacts) -> Iterator[Violation]:
    for place in facts.looping_hooks:
        yield Violation(
            law=ID, where=place, message="this hook adds or commits by itself", remedy="let it fail and say what has to be done instead"
        )


LAW = Law(id=ID, sees=sees, on_repository=on_repository)
