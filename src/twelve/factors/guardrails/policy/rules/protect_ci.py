"""What checks a change elsewhere is not part of the change."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, PRIVILEGE, WRITE
from twelve.factors.guardrails.policy import places, rule
from twelve.factors.guardrails.policy.wording import touched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances
RULE = rule.Rule(
    "protect-ci",
    severity=rule.HIGH,
    decision="ask",
    title="CI definitions and code owners change with a person's consent",
    why="it decides which checks run, with which rights, and who has to agree; a change to it can make every later check say yes",
    next="say what should change there and why, and wait for a person's answer",
    kinds=(WRITE, DELETE, PRIVILEGE),
    enforcers=(rule.HOOK, rule.AFTERWARDS, rule.GIT, rule.VERIFY),
    gap="a script that CI already calls can be changed like any other file",
    canaries=(("ask", "Edit", "{root}/.github/workflows/ci.yml"), ("allow", "Read", "{root}/.github/workflows/ci.yml")),
)


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """A change to a file of the CI systems known, or to the list of code owners."""
    path = places.reaches(action, policy["places"][RULE.id], policy)
    if not path:
        return None
    verb = "removes" if action.kind == DELETE else "changes"
    return RULE.found(action, policy, touched(verb, path, action, policy, "part of CI"))
