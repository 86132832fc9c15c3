"""A factor as data: what `content/factors/registry.toml` holds and everything else is generated from."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Guarantee(StrEnum):
    """How strongly a promise holds: stopped, caught later, or merely said."""

    ENFORCED = "enforced"
    VERIFIED_AFTER = "verified-after"
    ADVISORY = "advisory"
    PLANNED = "planned"


class Evidence(StrEnum):
    """How well a factor's claim is supported; never more than the source says."""

    MEDIUM = "medium"
    LOW_MEDIUM = "low-medium"


class Alias(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another name or numbering of a factor, valid inside one namespace."""

    name: str
    namespace: str
    """Where the name comes from: `simplified`, `mvp`, `platform`, `devops`, `slug`."""
    numeral: str = ""
    """The numeral the name carried there, when that namespace numbers differently."""
    secondary: bool = False
    """A further reading of a name that covers more than one factor; the primary one is answered first."""


class Factor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the twelve."""

    numeral: str
    slug: str
    """The folder name under `twelve.factors`."""
    name: str
    tier: str
    pillar: str
    laws: tuple[int, ...]
    question: str
    failure_mode: str
    promise: str
    evidence: Evidence
    guarantee: Guarantee
    guarantee_note: str
    aliases: tuple[Alias, ...] = ()
