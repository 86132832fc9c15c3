"""The twelve factors loaded from content, found by any of their names, and audited against the pillars.

Numbers were reassigned over time and differ between domains; names were not. So a name decides where it
is known, and a number is read in the numbering of the domain that is asked for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

import twelve
from twelve.model.errors import ConfigError, TwelveError
from twelve.model.factor import Alias, Factor

CONTENT = Path(twelve.__file__).parent / "content"
PILLARS = ("DevOps+SRE", "Learning Science", "Context Engineering", "Knowledge OS")
TIERS = ("foundation", "operations", "improvement")
NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_WRITTEN = re.compile(
    r"(?:(?P<namespace>[a-z0-9-]+)\s*:\s*)?(?:factor[\s_-]*)?(?P<number>[ivx]+|\d{1,2})\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)


class Registry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"factors": "factor"}):
    """Everything `content/factors/registry.toml` holds."""

    factors: tuple[Factor, ...]
    older_pillars: dict[str, tuple[str, ...]]


class Difference(Struct, frozen=True, kw_only=True):
    """The older map puts a factor under another pillar."""

    older_numeral: str
    factor: str
    older_pillar: str
    pillar: str


class Audit(Struct, frozen=True, kw_only=True):
    """How factors, pillars and laws cover each other."""

    coverage: dict[str, tuple[str, ...]]
    """Pillar -> numerals."""
    laws: dict[int, tuple[str, ...]]
    """Law -> numerals."""
    gaps: tuple[str, ...]
    differences: tuple[Difference, ...]


@cache
def registry() -> Registry:
    """The shipped registry; package data, so damage to it is a broken installation."""
    text = (CONTENT / "factors" / "registry.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Registry)


@cache
def lawsets() -> dict[str, dict[str, str]]:
    """Law-set -> law -> text."""
    return tomllib.loads((CONTENT / "laws" / "lawsets.toml").read_text(encoding="utf-8"))


def factors() -> tuple[Factor, ...]:
    return registry().factors


def slugs() -> tuple[str, ...]:
    """The keys allowed in `[factors]` of the policy."""
    return tuple(factor.slug for factor in factors())


def namespaces() -> tuple[str, ...]:
    """Where aliases come from."""
    return tuple(sorted({alias.namespace for factor in factors() for alias in factor.aliases}))


def switched_on(settings: Mapping[str, bool]) -> tuple[Factor, ...]:
    """The factors a policy leaves on; absent means on. ConfigError for a key that is no factor's slug."""
    for key in settings:
        if key not in slugs():
            near = get_close_matches(key, slugs(), n=1)
            hint = f"did you mean {near[0]}?" if near else f"use one of: {', '.join(slugs())}"
            raise ConfigError(f"[factors] {key}: there is no such factor", why="a switch that moves nothing would be a lie", next=hint)
    return tuple(factor for factor in factors() if settings.get(factor.slug, True))


def resolve(text: str, *, domain: str = "") -> tuple[Factor, ...]:
    """Factors meant by a numeral, number, name, slug or `Factor X: Name`, the main reading first.

    `domain` (or a prefix like `devops:X`) says whose numbering a bare number is in; numbers a domain does
    not reassign keep their canonical meaning. Raises TwelveError when nothing is meant.
    """
    namespace, number, name = _parts(text)
    found = _by_name(name, namespace or domain) or (_by_number(number, namespace or domain) if number else ())
    if not found:
        raise TwelveError(f"no factor is called '{text.strip()}'", why=_known(namespace or domain), next="see twelve factors for the names")
    return found


def audit() -> Audit:
    """The generated factor-to-pillar audit: coverage, gaps, and where the older map differs."""
    coverage = {pillar: tuple(factor.numeral for factor in factors() if factor.pillar == pillar) for pillar in PILLARS}
    laws = {law: tuple(factor.numeral for factor in factors() if law in factor.laws) for law in range(1, 6)}
    return Audit(coverage=coverage, laws=laws, gaps=tuple(_gaps(coverage, laws)), differences=tuple(_differences()))


def _parts(text: str) -> tuple[str, str, str]:
    """(namespace, numeral, name) of a written reference; a name alone has no numeral."""
    stripped = text.strip()
    match = _WRITTEN.fullmatch(stripped)
    if match is None:
        prefix, colon, rest = stripped.partition(":")
        return (prefix.strip().lower(), "", rest) if colon and prefix.strip().lower() in namespaces() else ("", "", stripped)
    name = match["rest"].strip(" \t:.–—-")
    return (match["namespace"] or "").lower(), _numeral(match["number"]), name or stripped


def _numeral(written: str) -> str:
    if written.isdigit():
        return NUMERALS[int(written) - 1] if 1 <= int(written) <= len(NUMERALS) else ""
    return written.upper() if written.upper() in NUMERALS else ""


def _by_name(name: str, namespace: str) -> tuple[Factor, ...]:
    wanted = _plain(name)
    own = tuple(factor for factor in factors() if wanted in (factor.slug, _plain(factor.name), _plain(f"{factor.numeral} {factor.name}")))
    return own or _ordered((factor, alias) for factor, alias in _aliases(namespace) if _plain(alias.name) == wanted)


def _by_number(numeral: str, namespace: str) -> tuple[Factor, ...]:
    wanted = (namespace, numeral)
    reassigned = _ordered((factor, alias) for factor, alias in _aliases(namespace) if (alias.namespace, alias.numeral) == wanted)
    return reassigned or tuple(factor for factor in factors() if factor.numeral == numeral)


def _aliases(namespace: str) -> Iterator[tuple[Factor, Alias]]:
    """Aliases of one namespace, or of all when none is asked for."""
    for factor in factors():
        for alias in factor.aliases:
            if not namespace or namespace not in namespaces() or alias.namespace in (namespace, "simplified", "slug"):
                yield factor, alias


def _ordered(pairs: Iterator[tuple[Factor, Alias]]) -> tuple[Factor, ...]:
    ranked = sorted(pairs, key=lambda pair: (pair[1].secondary, NUMERALS.index(pair[0].numeral)))
    return tuple(dict.fromkeys(factor for factor, _alias in ranked))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower().replace("'", "").replace("’", "")).strip("-")


def _known(namespace: str) -> str:
    return f"numbers are read as in '{namespace}'" if namespace else "numbers are I to XII, names are those of the registry"


def _gaps(coverage: Mapping[str, tuple[str, ...]], laws: Mapping[int, tuple[str, ...]]) -> Iterator[str]:
    yield from (f"pillar {pillar} has no factor" for pillar, numerals in coverage.items() if not numerals)
    yield from (f"law {law} has no factor" for law, numerals in laws.items() if not numerals)
    older = {numeral for numerals in registry().older_pillars.values() for numeral in numerals}
    yield from (f"the older map gives mvp:{numeral} no pillar" for numeral in NUMERALS if numeral not in older)


def _differences() -> Iterator[Difference]:
    for pillar, numerals in registry().older_pillars.items():
        for numeral in numerals:
            factor = _by_number(numeral, "mvp")[0]
            if factor.pillar != pillar:
                yield Difference(older_numeral=numeral, factor=factor.numeral, older_pillar=pillar, pillar=factor.pillar)
