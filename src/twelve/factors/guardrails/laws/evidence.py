"""What the laws look at, and what they answer. Gathering is done elsewhere; every field says what not knowing means."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from twelve.factors.memory.dialects import Exemption, Message
from twelve.model.settings import LawSettings


class Violation(Struct, frozen=True, kw_only=True):
    """One law that was not kept, and what keeps it."""

    law: str
    message: str
    remedy: str
    where: str = ""
    """A commit, a run, or `file:line`."""


class CommitFacts(Struct, frozen=True, kw_only=True):
    """One commit, or a message about to become one (`oid` is "")."""

    oid: str
    message: Message
    exempt: Exemption = Exemption.NONE
    validated: bool | None = None
    """Required gates passed on exactly this content; None when no gate is required here or the content cannot be judged yet."""

    @property
    def where(self) -> str:
        return self.oid[:12] or "this message"


class SessionFacts(Struct, frozen=True, kw_only=True):
    """One run of the loop, as its artefacts show it."""

    run: str
    closed: bool = False
    learnings: int = 0
    improvements: int = 0
    """Backlog items with impact and effort."""
    rationale: bool = True
    alternatives: int = 2
    unvalidated: tuple[str, ...] = ()
    """Steps that ended without a passing validation."""
    unapproved: tuple[str, ...] = ()
    """Irreversible steps without a preview or a person's approval."""
    suggestions: int | None = None
    """Workflows offered after priming; None when the run has no such record."""


class RepositoryFacts(Struct, frozen=True, kw_only=True):
    """What the repository as a whole shows."""

    commits: int = 0
    clusters: tuple[str, ...] = ()
    """Learnings that were written often enough to be a pattern and are none yet."""
    improvement_age_days: float | None = None
    """Days since the youngest backlog item; None when there is none."""
    undecided: tuple[str, ...] = ()
    """Major changes without a decision record."""
    gates_in_ci: bool | None = None
    """None when there is no CI file."""
    hooks: str = ""
    """"" when they are in place, otherwise what is wrong with them."""
    hook_scripts: int = 0
    """Hook scripts there are."""
    looping_hooks: tuple[str, ...] = ()
    """Hook scripts that add or commit by themselves, `file:line`."""
    patterns: int = 0
    unpublished: tuple[str, ...] = ()
    """Validated patterns past the day they should have been shared."""
    workflows: int = 0
    """Workflows the catalogue can offer."""


class Law(Struct, frozen=True, kw_only=True):
    """One check and the facts it looks at; what is None it has nothing to say about."""

    id: str
    binds: Callable[[CommitFacts, LawSettings], bool] | None = None
    """Which commits it judges; given together with `on_commit`."""
    on_commit: Callable[[CommitFacts, LawSettings], Iterator[Violation]] | None = None
    on_session: Callable[[SessionFacts], Iterator[Violation]] | None = None
    sees: Callable[[RepositoryFacts], bool] | None = None
    """Whether the repository holds anything this law is about; given together with `on_repository`."""
    on_repository: Callable[[RepositoryFacts], Iterator[Violation]] | None = None
