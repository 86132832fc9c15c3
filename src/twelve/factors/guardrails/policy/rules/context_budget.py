"""A full context takes in nothing more."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import NETWORK, READ, TOOL
from twelve.factors.guardrails.policy import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances

RULE = rule.Rule(
    "context-budget",
    severity=rule.MEDIUM,
    decision="deny",
    title="Beyond the context budget nothing more is read in",
    why="beyond this share of the window answers get worse, and the session ends in the middle of the work",
    next="finish or record the open step, then go on in a fresh context",
    kinds=(READ, NETWORK, TOOL),
    enforcers=(rule.HOOK,),
    gap="how full the context is comes from the client's own count, which lags behind by one answer",
    canaries=(("deny", "Read", "{root}/src/app.py"), ("allow", "Write", "{root}/src/app.py")),
)


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """Something that fills the context further while it is in the red band; in the strict profile already in the yellow one."""
    if circumstances.band == "RED":
        return RULE.found(action, policy, "This call would add to a context that is past its limit")
    if circumstances.band == "YELLOW":
        decision = "" if policy["strict_context"] else "hint"
        return RULE.found(action, policy, "This call adds to a context that is past its budget", decision=decision)
    return None
