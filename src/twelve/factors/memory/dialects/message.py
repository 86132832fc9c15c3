"""The one shape every commit dialect is read into."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from twelve.factors.memory.dialects.wording import is_placeholder

SECTIONS = ("context", "solution", "learning", "impact")
"""The four sections of the default template, in reading order."""


class Dialect(StrEnum):
    """Which form a message was written in."""

    TWELVE = "twelve"
    WORKFLOW = "workflow"
    POSTMORTEM = "postmortem"
    BULLETS = "bullets"
    PLAIN = "plain"
    """A body without any known section."""
    ONE_LINE = "one-line"
    """A subject and nothing else."""


class Exemption(StrEnum):
    """Why a message need not carry sections: git or a machine wrote it."""

    NONE = ""
    MERGE = "merge"
    REVERT = "revert"
    FIXUP = "fixup"
    BOT = "bot"


class Header(Struct, frozen=True, kw_only=True):
    """The first line, `type(scope)!: summary`; type is empty when the line has no such prefix."""

    raw: str
    type: str = ""
    scope: str = ""
    breaking: bool = False
    summary: str = ""


class FactorUse(Struct, frozen=True, kw_only=True):
    """A factor the author says was applied, and what they say about it."""

    numeral: str
    text: str = ""


class Message(Struct, frozen=True, kw_only=True):
    """One commit message, normalised. Text is kept as written, only outer blank lines and markup of the key are gone."""

    header: Header
    dialect: Dialect
    context: str = ""
    solution: str = ""
    learning: str = ""
    impact: str = ""
    validation: str = ""
    security: str = ""
    keys: tuple[str, ...] = ()
    """Section keys as found, lower case, in order, e.g. `("why", "what", "root cause")`."""
    bullets: tuple[str, ...] = ()
    """List items outside any section."""
    factors: tuple[FactorUse, ...] = ()
    trailers: tuple[tuple[str, str], ...] = ()
    preamble: str = ""
    """Body text before the first section, trailers excluded."""

    def section(self, name: str) -> str:
        """Text of a normalised section: context, solution, learning, impact, validation or security."""
        text: str = getattr(self, name)
        return text

    def missing(self, required: tuple[str, ...] = SECTIONS) -> tuple[str, ...]:
        """Required sections that are absent, empty or only hold a placeholder."""
        return tuple(name for name in required if is_placeholder(self.section(name)))

    def trailer(self, key: str) -> tuple[str, ...]:
        """Every value of a trailer, matched without regard to case."""
        return tuple(value for name, value in self.trailers if name.lower() == key.lower())
