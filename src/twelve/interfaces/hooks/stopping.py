"""The end of a turn: what the agent claims, held against what its session did."""

from __future__ import annotations

from twelve.interfaces.hooks import checks, claims, ending, sessions, tampers, trail
from twelve.interfaces.hooks.dialects import portable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.interfaces.hooks.entry import Answer, Site
    from twelve.interfaces.hooks.occasion import Occasion

BUDGET = 3
"""Blocks per session (ours): one client has no bound of its own and looped 728 times in two minutes."""
NAMES = {
    checks.TESTS: "the tests pass",
    checks.LINT: "the linters are clean",
    checks.BUILD: "the build succeeds",
    checks.GATES: "the gates pass",
    checks.PUSH: "the work was pushed",
}
STATES = {
    "unseen": "no such result was seen in this session",
    "failed": "the last such result seen was not a success",
    "stale": "files were edited after the last such result",
}


def answer(seen: Occasion, site: Site) -> tuple[Answer, str, tuple[str, ...], str]:
    """One block per distinct reason, at most BUDGET per session, none while a block is being worked off."""
    strange = ending.unseen(seen, site)
    if strange and not seen.flag("stop_hook_active"):
        return portable.resume(tampers.reason(strange, seen.root)), "deny", ("tampered",), ""
    words = seen.text("last_assistant_message") or seen.text("prompt_response")
    if seen.kind == "substop" and not seen.text("agent_type"):
        return (0, b"", b""), "silent", (), ""
    record = sessions.happenings(site.state, seen.session)
    open_claims = [(kind, state) for kind in claims.found(words) if (state := standing(kind, record))]
    if not open_claims:
        return (0, b"", b""), "silent", (), ""
    rules = tuple(f"claim-{kind}" for kind, _ in open_claims)
    blocked = [str(entry.get("reason")) for entry in record if entry.get("kind") == sessions.BLOCK]
    fresh = [(kind, state) for kind, state in open_claims if f"{kind}:{state}" not in blocked]
    if seen.flag("stop_hook_active") or len(blocked) >= BUDGET or not fresh:
        return (0, b"", b""), "unsupported", rules, ""
    for kind, state in fresh:
        sessions.note(site, seen, sessions.BLOCK, reason=f"{kind}:{state}")
    return portable.resume(_reason(fresh)), "deny", rules, trail.short(words)


def standing(kind: str, record: tuple[dict[str, Any], ...]) -> str:
    """What is missing for a claim: "" when a matching success stands after the last edit."""
    state = "unseen"
    for entry in record:
        if entry.get("kind") == sessions.CHECK and entry.get("check") == kind:
            state = "" if entry.get("ok") is True else "failed"
        elif entry.get("kind") == sessions.EDIT and state == "" and kind != checks.PUSH:
            state = "stale"
    return state


def _reason(fresh: list[tuple[str, str]]) -> str:
    told = "; ".join(f"that {NAMES[kind]}, but {STATES[state]}" for kind, state in fresh)
    return (
        f"You say {told} [unverified-claim]. Why: a claim needs a result later than the last edit. "
        "Next: run it and report what it says, or say plainly that it was not run."
    )
