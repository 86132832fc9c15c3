"""What cannot be told, near what matters, is a question."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, UNKNOWN, WRITE
from twelve.factors.guardrails.policy import places, rule
from twelve.factors.guardrails.policy.wording import place, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances

RULE = rule.Rule(
    "unknown-near-protected",
    severity=rule.MEDIUM,
    decision="ask",
    title="Something that cannot be told, near something protected, is asked about",
    why="what the call does is decided only while it runs, and it names a protected place",
    next="write out the path or the command in full, so that it can be judged",
    kinds=(UNKNOWN, WRITE, DELETE),
    enforcers=(rule.HOOK, rule.AFTERWARDS, rule.VERIFY),
    gap="an unresolved call that names nothing protected is allowed; protected content is compared afterwards and where it is merged",
    canaries=(("ask", "Bash", 'eval "$CMD" .git/config'), ("allow", "Bash", 'eval "$CMD"')),
)

_GROUPS = ("protect-policy", "protect-ci")


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """An unresolved action in or above a protected place, or one whose text names such a place; a removal of who knows what."""
    if action.kind == DELETE:
        lost = action.recursive and action.partial and (not action.path or action.path in policy["roots"])
        return (
            RULE.found(action, policy, "This call removes a folder that cannot be told from here, with everything in it") if lost else None
        )
    if action.kind == WRITE:
        return None
    for group in _GROUPS:
        path = places.reaches(action, policy["places"][group], policy) if action.path else ""
        if path:
            return RULE.found(action, policy, f"What this call does to {place(path, policy)} cannot be told from here")
    text = (action.detail + " " + action.source).lower()
    for name in policy["names"]:
        if name in text:
            return RULE.found(action, policy, f"What this call does cannot be told from here, and it names {shown(name)}")
    return None
