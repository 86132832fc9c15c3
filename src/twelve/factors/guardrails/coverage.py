"""Which second lines hold a rule in which client, and what stays open. Observed with the real clients."""

from __future__ import annotations

from msgspec import Struct

from twelve.factors.guardrails.policy import rule as words
from twelve.factors.guardrails.policy.rule import Rule

CLIENTS = ("claude", "codex", "gemini")
_HOOK = {
    words.HOOK: {
        "claude": "hook before the tool",
        "codex": "hook before the tool, once a person has trusted it",
        "gemini": "hook before the tool",
    },
    words.CLIENT: {"claude": "the client's own permission rules"},
    words.AFTERWARDS: {
        "claude": "comparison after the tool",
        "codex": "comparison after the tool, once a person has trusted it",
        "gemini": "comparison after the tool",
    },
    words.GIT: {"claude": "git hook", "codex": "git hook"},
    words.VERIFY: dict.fromkeys(CLIENTS, "verify where the work is merged"),
}
ASKING = {
    "claude": "asks the person in an interactive session; otherwise refuses and leaves a request",
    "codex": "refuses and leaves a request a person can answer",
    "gemini": "refuses and leaves a request a person can answer",
}
"""What the decision `ask` comes to."""


class Coverage(Struct, frozen=True, kw_only=True):
    """One client's lines of defence for one rule, the earliest first."""

    client: str
    enforcers: tuple[str, ...]
    ask: str = ""
    """What happens when the rule asks; "" for a rule that does not."""


def coverage(rule: Rule, decision: str) -> tuple[Coverage, ...]:
    """The lines of every client. A rule that is switched off has none but what is merged."""
    return tuple(
        Coverage(
            client=client,
            enforcers=() if decision == "allow" else tuple(_HOOK[line][client] for line in rule.enforcers if client in _HOOK[line]),
            ask=ASKING[client] if decision == "ask" else "",
        )
        for client in CLIENTS
    )
