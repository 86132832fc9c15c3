"""Errors a person reads: what happened, why, and what to do next."""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
    """Kinds of trouble; only an interface turns one into an exit code."""

    USAGE = "usage"
    CONFIG = "config"
    TOOL = "tool"
    WAITING = "waiting"
    ESCALATED = "escalated"
    RED = "red"
    DAMAGED = "damaged"


class TwelveError(Exception):
    """Something a person can act on. Three sentences, no stack, never a way around a check."""

    def __init__(self, what: str, *, why: str = "", next: str = "", kind: Trouble = Trouble.USAGE) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.next = next
        self.kind = kind

    def __str__(self) -> str:
        return "\n".join(part for part in (self.what, self.why and f"why: {self.why}", self.next and f"next: {self.next}") if part)


class ConfigError(TwelveError):
    """The policy or a local setting is malformed, unknown or loosens what it may only tighten."""

    def __init__(self, what: str, *, why: str = "", next: str = "") -> None:
        super().__init__(what, why=why, next=next, kind=Trouble.CONFIG)


class ToolMissing(TwelveError):  # noqa: N818 - read as a sentence, like every name a person meets
    """A program a required step needs is not installed here."""

    def __init__(self, tool: str, *, why: str = "", next: str = "") -> None:
        advice = next or f"install {tool} and run the command again"
        super().__init__(f"{tool} is not installed here", why=why, next=advice, kind=Trouble.TOOL)
        self.tool = tool
