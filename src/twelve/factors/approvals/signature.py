"""How sure one can be that a person answered. The seam for signed approvals; today every answer is advisory.

A process of the same user can type into a terminal, so neither method below is called `enforced`. A signature by a
key the agent cannot use will be; it arrives with its own issue and fills the same two fields of a decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

AGENT_MARKERS = ("CLAUDECODE", "AI_AGENT", "CLAUDE_CODE_SESSION_ID", "CODEX_THREAD_ID", "CODEX_SESSION_ID", "CODEX_CI", "GEMINI_CLI")
"""Variables the agent clients set for what they start, as observed in the clients themselves."""


class Method(StrEnum):
    """How the answer was given."""

    TYPED_CHALLENGE = "typed-challenge"
    """On a terminal, after typing part of the digest that is being answered."""
    UNSIGNED_CLI = "unsigned-cli"
    """By command, without a challenge."""


class Tier(StrEnum):
    """What the method is worth."""

    ADVISORY = "advisory"
    ENFORCED = "enforced"


TIERS: dict[Method, Tier] = {Method.TYPED_CHALLENGE: Tier.ADVISORY, Method.UNSIGNED_CLI: Tier.ADVISORY}


def tier(method: Method) -> Tier:
    return TIERS[method]


def challenge(subject: str) -> str:
    """What a person types to show that they looked at this digest and no other."""
    return subject[:6]


def agent_marker(env: Mapping[str, str]) -> str:
    """Name of the variable that says an agent started this process, or "". Absence proves nothing."""
    return next((name for name in AGENT_MARKERS if env.get(name)), "")
