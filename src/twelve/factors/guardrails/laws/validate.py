"""L4: validate before executing."""

from __future__ import annotations

from collections.abc import Iterator

from twelve.factors.guardrails.laws.evidence import CommitFacts, Law, RepositoryFacts, SessionFacts, Violation
from twelve.model.settings import LawSettings

ID = "L4"


def binds(commit: CommitFacts, _settings: LawSettings) -> bool:
    """Every commit whose content can be judged, whoever wrote it."""
    return commit.validated is not None


def on_commit(commit: CommitFacts, _settings: LawSettings) -> Iterator[Violation]:
    if commit.validated is False:
        yield _violation(commit.where, "has no evidence that its required gates passed on exactly this content", "run the gates on it")


def on_session(session: SessionFacts) -> Iterator[Violation]:
    for step in session.unvalidated:
        yield _violation(session.run, f"step {step} ended without a passing validation", "run the validation the plan names")
    for step in session.unapproved:
        yield _violation(session.run, f"step {step} cannot be undone and nobody saw a preview", "have a person approve it first")


def sees(facts: RepositoryFacts) -> bool:
    return facts.gates_in_ci is not None or bool(facts.hooks)


def on_repository(facts: RepositoryFacts) -> Iterator[Violation]:
    if facts.gates_in_ci is False:
        yield _violation("", "no CI job runs the gates", "add the ready job for your CI")
    if facts.hooks:
        yield _violation("", f"git hooks: {facts.hooks}", "see what `twelve doctor` finds")


def _violation(where: str, message: str, remedy: str) -> Violation:
    return Violation(law=ID, where=where, message=message, remedy=remedy)


LAW = Law(id=ID, binds=binds, on_commit=on_commit, on_session=on_session, sees=sees, on_repository=on_repository)
