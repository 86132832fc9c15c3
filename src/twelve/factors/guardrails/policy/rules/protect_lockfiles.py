"""Lock files are written by the tool they belong to."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, WRITE
from twelve.factors.guardrails.policy import places, rule
from twelve.factors.guardrails.policy.wording import touched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances
RULE = rule.Rule(
    "protect-lockfiles",
    severity=rule.MEDIUM,
    decision="deny",
    title="Lock files change only through their package manager",
    why="an edited lock file can point a name at other code, and nobody reads it in review",
    next="change the manifest and let the package manager write the lock file",
    kinds=(WRITE, DELETE),
    enforcers=(rule.HOOK, rule.CLIENT, rule.VERIFY),
    gap="what a package manager resolves is not judged here; a changed lock file is listed where it is merged",
    canaries=(("deny", "Write", "{root}/package-lock.json"), ("allow", "Bash", "npm install left-pad")),
)


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """A lock file inside the tree written or removed by anything but a package manager."""
    path = places.reaches(action, policy["places"][RULE.id], policy)
    if not path:
        return None
    verb = "removes" if action.kind == DELETE else "edits"
    return RULE.found(action, policy, touched(verb, path, action, policy, "a lock file"))
