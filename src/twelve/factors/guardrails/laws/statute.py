"""Which laws a law-set holds, and what asking all of them gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from twelve.factors.guardrails.laws import context, hook_loop, improve, learn, share, suggest, validate
from twelve.factors.guardrails.laws.evidence import CommitFacts, Law, RepositoryFacts, SessionFacts, Violation
from twelve.model.settings import LawSettings

LAWS: Mapping[str, Law] = {
    law.id: law for law in (learn.LAW, improve.LAW, context.LAW, validate.LAW, share.LAW, hook_loop.LAW, suggest.LAW)
}

LAWSETS: Mapping[str, Mapping[str, str]] = {
    "v1": {"1": "L1", "2": "L2", "3": "L3", "4": "L4", "5": "L5", "C1": "C1", "C2": "C2"},
    "seed-001": {"1": "L1", "2": "L2", "3": "L3", "4": "C1", "5": "C2"},
}
"""Law-set -> its own numbering -> the check behind it. Laws four and five differ between the two readings (C5)."""


class Tally(Struct, frozen=True, kw_only=True):
    """How one law was kept. `percent` is None when there was nothing to judge: no law is kept by doing nothing."""

    law: str
    """The number in its law-set."""
    check: str
    text: str
    judged: int
    kept: int
    violations: tuple[Violation, ...]

    @property
    def percent(self) -> float | None:
        return round(100 * self.kept / self.judged, 1) if self.judged else None


def judge_commit(commit: CommitFacts, settings: LawSettings, *, lawset: str = "") -> tuple[Violation, ...]:
    """Every law of the set a commit, or a message about to become one, does not keep."""
    laws = (LAWS[check] for check in LAWSETS[lawset or settings.lawset].values())
    return tuple(found for law in laws for found in _on_commit(law, commit, settings) or ())


def tally(
    texts: Mapping[str, str],
    *,
    lawset: str,
    settings: LawSettings,
    commits: Iterable[CommitFacts] = (),
    sessions: Iterable[SessionFacts] = (),
    repository: RepositoryFacts | None = None,
) -> tuple[Tally, ...]:
    """One line per law over everything given. `texts` maps the law's number to its wording."""
    commits, sessions = tuple(commits), tuple(sessions)
    return tuple(
        _count(number, check, texts.get(number, ""), list(_judgements(LAWS[check], settings, commits, sessions, repository)))
        for number, check in LAWSETS[lawset].items()
    )


def _count(number: str, check: str, text: str, judged: list[tuple[Violation, ...]]) -> Tally:
    violations = tuple(violation for found in judged for violation in found)
    return Tally(law=number, check=check, text=text, judged=len(judged), kept=sum(not found for found in judged), violations=violations)


def _judgements(
    law: Law,
    settings: LawSettings,
    commits: tuple[CommitFacts, ...],
    sessions: tuple[SessionFacts, ...],
    repository: RepositoryFacts | None,
) -> Iterator[tuple[Violation, ...]]:
    """One entry per thing judged, holding its violations."""
    for commit in commits:
        found = _on_commit(law, commit, settings)
        if found is not None:
            yield found
    for session in sessions:
        if session.closed and law.on_session is not None:
            yield tuple(law.on_session(session))
    if repository is not None and law.on_repository is not None and law.sees is not None and law.sees(repository):
        yield tuple(law.on_repository(repository))


def _on_commit(law: Law, commit: CommitFacts, settings: LawSettings) -> tuple[Violation, ...] | None:
    """None when the law does not bind this commit."""
    if law.binds is None or law.on_commit is None or not law.binds(commit, settings):
        return None
    return tuple(law.on_commit(commit, settings))
