"""What exemptions in force make of a decision, as the hook reads them; nothing is used up by asking."""

from __future__ import annotations

import re
from collections.abc import Sequence

from twelve.factors.guardrails.actions.action import DELETE, PRIVILEGE, READ, WRITE, Action
from twelve.factors.guardrails.exemptions import NEVER, Exemption
from twelve.factors.guardrails.policy.decision import ALLOW, ASK, DENY, ORDER, Decision, Finding
from twelve.workflow.guarding import Answer

_JOINTS = re.escape(";|&\n`$<>(){}")
_PARTS = re.compile(r"\*\*|.", re.DOTALL).findall


def applied(answer: Answer, known: Sequence[Exemption], root: str) -> tuple[Decision, tuple[Exemption, ...]]:
    """The decision without what is set aside, and the exemptions that do it. All that stops must be covered, or nothing changes."""
    stopping = [found for found in answer.decision.findings if found.decision in (ASK, DENY)]
    chosen = [next((one for one in known if _covers(one, found, answer, root)), None) for found in stopping]
    used = tuple(dict.fromkeys(one.id for one in chosen if one is not None))
    if not stopping or None in chosen:
        return answer.decision, ()
    rest = tuple(found for found in answer.decision.findings if found not in stopping)
    strongest = max((found.decision for found in rest), key=ORDER.index, default=ALLOW)
    return Decision(strongest, rest), tuple(one for one in known if one.id in used)


def _covers(one: Exemption, found: Finding, answer: Answer, root: str) -> bool:
    if one.rule != found.rule or found.rule in NEVER:
        return False
    action = found.action
    if isinstance(action, Action) and action.kind in (READ, WRITE, DELETE, PRIVILEGE):
        return matches(action.path.removeprefix(f"{root}/"), one.scope)
    command = answer.question.tool_input.get("command")
    return isinstance(command, str) and matches(command, one.scope, command=True)


def matches(text: str, glob: str, *, command: bool = False) -> bool:
    """What the hook means by a scope: `?` one sign, `*` any signs of one name, `**` any; in a line never beyond one command."""
    wide, narrow = (f"[^{_JOINTS}]*", f"[^{_JOINTS}]*") if command else (".*", "[^/]*")
    parts = (
        wide if part == "**" else narrow if part == "*" else f"[^/{_JOINTS}]" if part == "?" else re.escape(part) for part in _PARTS(glob)
    )
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None
