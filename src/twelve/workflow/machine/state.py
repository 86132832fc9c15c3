"""What the machine answers."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from twelve.model.phase import Phase, Size
from twelve.workflow.machine.moves import Move


class Status(StrEnum):
    READY = "ready"
    """The first move can be made."""
    BLOCKED = "blocked"
    """Something is red; the first move repairs it."""
    WAITING = "waiting"
    """A person has to answer. With a move: the question has yet to be put. Without: it is pending."""
    ESCALATED = "escalated"
    """Stopped; a person has to change something outside and resume."""
    DONE = "done"
    """Every exit holds on exactly this content."""
    FAILED = "failed"
    """A person ended it."""


class Missing(Struct, frozen=True, kw_only=True):
    """One thing between here and done."""

    what: str
    return_to: Phase
    """Where it has to be put right."""
    next: str
    """What to do about it, in words."""


class State(Struct, frozen=True, kw_only=True):
    """Where a run stands."""

    phase: Phase
    status: Status
    size: Size
    missing: tuple[Missing, ...] = ()
    """Everything known to be missing in this phase; the first belongs to the first move."""
    moves: tuple[Move, ...] = ()
    """Allowed moves; the driver makes the first."""
    waiting_on: str = ""
    """Id of the pending request."""
    unverified: tuple[str, ...] = ()
    """Optional gates and checks that were skipped so far."""
