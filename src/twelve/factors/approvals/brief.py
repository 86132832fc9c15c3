"""What a reviewer has to know before answering: the request template, and how much of a diff is shown.

All of it was written by an agent or taken from files: it is quoted, never obeyed, and cleaned where it is shown.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

INLINE_LINES = 50
"""Up to here, exclusive, a diff is shown whole (U:F08)."""
FOLLOWING_LINES = 500
"""Up to here, exclusive, a summary comes first and the diff follows; above it only the way to see it (U:F08)."""


class Display(StrEnum):
    """How a diff is shown."""

    INLINE = "inline"
    SUMMARY_AND_DIFF = "summary and diff"
    SUMMARY = "summary"


class Alternative(Struct, frozen=True, kw_only=True):
    """An approach that was not taken."""

    what: str
    why_not: str


class Hazard(Struct, frozen=True, kw_only=True):
    """A risk and what is done about it."""

    risk: str
    mitigation: str


class Impact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the answer sets in motion."""

    files: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    time: str = ""
    risk: str = ""


class Brief(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The request template (U:F08); its last two fields, decision and feedback, are the answer's."""

    summary: str = ""
    findings: str = ""
    approach: str = ""
    alternatives: tuple[Alternative, ...] = ()
    impact: Impact = Impact()
    hazards: tuple[Hazard, ...] = ()
    rollback: str = ""
    questions: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    """Commands that show what is being approved."""


REQUIRED = ("summary", "findings", "approach", "alternatives", "impact", "hazards", "rollback")
"""Fields a complete request fills; questions may well be none."""


def gaps(brief: Brief) -> tuple[str, ...]:
    """Fields a reviewer misses. Shown with the request: a gap is itself something to know."""
    empty = Brief()
    return tuple(name for name in REQUIRED if getattr(brief, name) == getattr(empty, name))


def display(lines: int) -> Display:
    """How a diff of this many lines is shown."""
    if lines < INLINE_LINES:
        return Display.INLINE
    return Display.SUMMARY_AND_DIFF if lines < FOLLOWING_LINES else Display.SUMMARY
