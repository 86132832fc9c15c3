"""What each factor guarantees on this machine and in each client, from what the registry says and what is seen to work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from twelve.model.factor import Factor, Guarantee
from twelve.model.settings import Settings
from twelve.workflow import registry

CLIENTS = ("claude", "codex", "gemini")
OFF = "off"
GUARDED = "guardrails"
"""The factor that lives in the clients' hooks."""
COMMITTED = {"gates": "git pre-commit", "memory": "git commit-msg"}
"""Factors that git hooks hold as well, each by the hook that refuses."""
SKIPS_GIT_HOOKS = ("gemini",)
"""Clients whose shell runs git without the repository's hooks; observed."""


class Row(Struct, frozen=True, kw_only=True):
    """One factor."""

    numeral: str
    slug: str
    claim: str
    """What this version says of the factor anywhere."""
    here: dict[str, str]
    """Client -> enforced, verified-after, advisory, planned or off, in a session a person works in."""
    why: str


def table(settings: Settings, guards: Mapping[str, bool]) -> Iterator[Row]:
    """Every factor. `guards`: name of each guard wanted here -> whether it is proven."""
    on = {factor.slug for factor in registry.switched_on(settings.factors)}
    for factor in registry.factors():
        levels = {client: _level(factor, client, guards) if factor.slug in on else OFF for client in CLIENTS}
        yield Row(numeral=factor.numeral, slug=factor.slug, claim=factor.guarantee.value, here=levels, why=_why(factor, guards))


def _level(factor: Factor, client: str, guards: Mapping[str, bool]) -> str:
    hooked = any(guards.get(name) for name in COMMITTED.values()) and client not in SKIPS_GIT_HOOKS
    if factor.slug == GUARDED:
        if guards.get(client):
            return Guarantee.ENFORCED.value
        return Guarantee.VERIFIED_AFTER.value if hooked else Guarantee.ADVISORY.value
    if factor.slug in COMMITTED:
        proven = guards.get(COMMITTED[factor.slug], False)
        return Guarantee.ADVISORY.value if not proven else (Guarantee.ENFORCED if hooked else Guarantee.VERIFIED_AFTER).value
    return factor.guarantee.value


def _why(factor: Factor, guards: Mapping[str, bool]) -> str:
    if factor.slug == GUARDED:
        dead = [name for name in CLIENTS if name in guards and not guards[name]]
        return f"not proven: {', '.join(dead)}" if dead else "by the client's hook where it is proven"
    name = COMMITTED.get(factor.slug, "")
    if name:
        return f"by {name}" if guards.get(name) else f"{name} is {'not proven' if name in guards else 'not installed'}"
    return ""
