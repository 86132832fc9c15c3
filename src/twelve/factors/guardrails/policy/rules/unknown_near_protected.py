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
    gap="an unresolved call that was read to its end and names nothing protected is allowed; protected content is compared afterwards",
    canaries=(("ask", "Bash", 'eval "$CMD" .git/config'), ("allow", "Bash", 'eval "$CMD"')),
)

_GAVE_UP = (" failed (", "the call is too long", "the command line is too long", "too deeply to be", "shell code that cannot be parsed",
            "code made of files that cannot be seen")  # fmt: skip
"""How the reader of calls says that it stopped before the end: whoever wrote the call may have meant it to."""
_GROUPS = ("protect-policy", "protect-ci")


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """An unresolved action in or above a protected place, or one whose text names such a place; a removal of who knows what."""
    if action.kind == DELETE and action.recursive and action.partial and (not action.path or action.path in policy["roots"]):
        return RULE.found(action, policy, "This call removes a folder that cannot be told from here, with everything in it")
    if action.kind != UNKNOWN:
        return _named(action, actions, policy)
    if any(words in action.detail for words in _GAVE_UP):
        return RULE.found(action, policy, "This call could not be read to its end")
    for group in _GROUPS:
        path = places.reaches(action, policy["places"][group], policy) if action.path else ""
        if path:
            return RULE.found(action, policy, f"What this call does to {place(path, policy)} cannot be told from here")
    text = (action.detail + " " + action.source).lower()
    for name in policy["names"]:
        if name in text:
            return RULE.found(action, policy, f"What this call does cannot be told from here, and it names {shown(name)}")
    return None


def _named(action: Action, actions: tuple[Action, ...], policy: dict[str, Any]) -> Finding | None:
    """A change to a file that cannot be told, in a call that names something protected."""
    if not action.partial or (action.path and action.path not in policy["roots"]):
        return None
    if action.kind == DELETE and action.path:
        return RULE.found(action, policy, "This call removes files of the tree that cannot be told from here")
    for other in actions:
        text = " ".join((other.source, *other.words)).lower()
        for name in policy["names"]:
            if name in text:
                return RULE.found(action, policy, f"Which file this call changes cannot be told from here, and it names {shown(name)}")
    return None
