"""How the laws were kept over commits, runs and the repository, as one answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct

from twelve.factors.guardrails.laws import statute
from twelve.factors.guardrails.laws.statute import Tally
from twelve.model.errors import Trouble, TwelveError
from twelve.model.settings import Settings
from twelve.system import clock, git
from twelve.workflow import registry
from twelve.workflow.laws import commits, sessions, whole

Scope = Literal["commits", "sessions", "repo"]
SCOPES: tuple[Scope, ...] = ("commits", "sessions", "repo")
LAST = 50
"""Commits looked at unless a range is given (ours)."""
WEEK = timedelta(days=7)


class LawAudit(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.laws.v1"):
    """What was looked at and how each law fared."""

    lawset: str
    range: str
    commits: int
    exempt: int
    sessions: int
    shallow: bool
    """The history ends early here; what lies before it was not looked at."""
    laws: tuple[Tally, ...]

    @property
    def kept(self) -> bool:
        return not any(law.violations for law in self.laws)


def audit(
    repository: git.Repository,
    settings: Settings,
    *,
    range: str = "",
    last: int = LAST,
    weekly: bool = False,
    lawset: str = "",
    scopes: tuple[Scope, ...] = SCOPES,
) -> LawAudit:
    """Judge what the scopes name. A repository without commits has nothing to judge there, which is no compliance.

    Raises:
        TwelveError: `range` names no commits here.
    """
    chosen = lawset or settings.laws.lawset
    history = _history(repository, range, last, weekly=weekly)
    judged = commits.facts(repository, history, settings) if "commits" in scopes else ()
    found = tuple(sessions.facts(repository.root, run) for run in sessions.runs(repository.root)) if "sessions" in scopes else ()
    runs = tuple(session for session in found if session is not None)
    laws = statute.tally(
        {**registry.lawsets()[chosen], **registry.lawsets()["conduct"]},
        lawset=chosen,
        settings=settings.laws,
        commits=judged,
        sessions=runs,
        repository=whole.facts(repository, commits=len(history)) if "repo" in scopes else None,
    )
    return LawAudit(
        lawset=chosen,
        range=range or ("the last 7 days" if weekly else f"the last {last} commits"),
        commits=len(history),
        exempt=sum(bool(commit.exempt) for commit in judged),
        sessions=len(runs),
        shallow=repository.is_shallow(),
        laws=laws,
    )


def _history(repository: git.Repository, range: str, last: int, *, weekly: bool) -> tuple[git.Commit, ...]:
    if range and not repository.resolve(range.replace("...", "..").split("..")[0] or "HEAD"):
        raise TwelveError(f"{range!r} names no commits here", next="give something like main..HEAD", kind=Trouble.USAGE)
    if repository.is_unborn() and not range:
        return ()
    found = repository.log(range or "HEAD", last if not (range or weekly) else 10_000)
    if not weekly:
        return found
    since = clock.now() - WEEK
    return tuple(commit for commit in found if datetime.fromisoformat(commit.date).astimezone(UTC) >= since)
