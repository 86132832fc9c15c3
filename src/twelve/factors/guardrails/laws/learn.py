"""L1: extract what was learned."""

from __future__ import annotations

from collections.abc import Iterator

from twelve.factors.guardrails.laws.evidence import CommitFacts, Law, RepositoryFacts, SessionFacts, Violation
from twelve.factors.memory.dialects import Exemption, is_placeholder
from twelve.model.settings import LawSettings

ID = "L1"


def binds(commit: CommitFacts, settings: LawSettings) -> bool:
    """Only what a person or an agent wrote, and only types that change behaviour (C19)."""
    return commit.exempt is Exemption.NONE and commit.message.header.type in settings.strict_types


def on_commit(commit: CommitFacts, settings: LawSettings) -> Iterator[Violation]:
    learning = commit.message.learning
    if is_placeholder(learning):
        yield _violation(commit.where, "says nothing it learned", "add `Learning:` with what you know now and did not before")
    elif learning.strip().rstrip(".").lower() == commit.message.header.summary.strip().rstrip(".").lower():
        yield _violation(commit.where, "repeats its subject as learning", "write what surprised you, not what you did")
    elif len(learning.split()) < settings.min_words:
        yield _violation(
            commit.where, f"has a learning of fewer than {settings.min_words} words", "write one whole sentence after `Learning:`"
        )


def on_session(session: SessionFacts) -> Iterator[Violation]:
    if session.closed and not session.learnings:
        yield _violation(session.run, "closed without a learning", "name under `worked` and `improve` what the run showed")


def sees(facts: RepositoryFacts) -> bool:
    return bool(facts.clusters)


def on_repository(facts: RepositoryFacts) -> Iterator[Violation]:
    for cluster in facts.clusters:
        yield _violation(cluster, "was learned again and again and is no pattern yet", "write it down as a pattern")


def _violation(where: str, message: str, remedy: str) -> Violation:
    return Violation(law=ID, where=where, message=message, remedy=remedy)


LAW = Law(id=ID, binds=binds, on_commit=on_commit, on_session=on_session, sees=sees, on_repository=on_repository)
