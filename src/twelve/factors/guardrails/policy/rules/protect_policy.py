"""The rules, the evidence and the hooks are not for those they bind."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, GIT, PRIVILEGE, WRITE
from twelve.factors.guardrails.policy import places, rule
from twelve.factors.guardrails.policy.gitwords import paths_put_back
from twelve.factors.guardrails.policy.wording import touched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances
RULE = rule.Rule(
    "protect-policy",
    severity=rule.CRITICAL,
    decision="deny",
    title="Policy, evidence, hooks and client settings stay as they are",
    why="this file decides what agents may do here or keeps the record of what they did, so whoever is bound by it does not change it",
    next="go on without it; if it has to change, say what and why, and a person changes it",
    kinds=(WRITE, DELETE, PRIVILEGE, GIT),
    enforcers=(rule.HOOK, rule.CLIENT, rule.AFTERWARDS, rule.GIT, rule.VERIFY),
    gap="a program started by a call may write anything this user may; the file is compared afterwards and where it is merged",
    canaries=(
        ("deny", "Write", "{root}/twelve.toml"),
        ("deny", "Bash", "echo x > .git/hooks/pre-commit"),
        ("allow", "Write", "{root}/.twelve/runs/20260102T030405Z-a-task-0a1b/plan.md"),
        ("allow", "Bash", "cat twelve.toml"),
    ),
)


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """A change by hand of anything in the group `protect-policy`; git's own work below `.git` is an action of another kind."""
    group = policy["places"][RULE.id]
    if action.kind == GIT:
        path = paths_put_back(action, group, policy)
        verb = "puts another version in place of"
    else:
        path = places.reaches(action, group, policy)
        verb = "removes" if action.kind == DELETE else "changes"
    return RULE.found(action, policy, touched(verb, path, action, policy, "protected policy, evidence or hooks")) if path else None
