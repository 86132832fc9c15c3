"""Keys, passwords and tokens stay out of the conversation."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, EXECUTE, GIT, READ, WRITE
from twelve.factors.guardrails.policy import places, rule
from twelve.factors.guardrails.policy.gitwords import paths_added
from twelve.factors.guardrails.policy.wording import touched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances
RULE = rule.Rule(
    "protect-secrets",
    severity=rule.HIGH,
    decision="ask",
    title="Files that hold credentials are neither read nor written unasked",
    why="what is read here goes to the model's provider and into transcripts, and cannot be taken back",
    next="work with the example file, name the variable that is needed, or ask a person to do this part",
    kinds=(READ, WRITE, DELETE, EXECUTE, GIT),
    enforcers=(rule.HOOK,),
    gap="a program that reads its own configuration is not seen; what it prints is redacted in our records only",
    canaries=(("ask", "Read", "{root}/.env"), ("ask", "Bash", "cat ~/.ssh/id_ed25519"), ("allow", "Read", "{root}/.env.example")),
)


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """A credential file becomes visible, is changed, or enters the history."""
    group = policy["places"][RULE.id]
    path = paths_added(action, group, policy) if action.kind == GIT else places.reaches(action, group, policy)
    if not path:
        return None
    verb = {READ: "reads", EXECUTE: "loads", DELETE: "removes", GIT: "puts into the history"}.get(action.kind, "changes")
    return RULE.found(action, policy, touched(verb, path, action, policy, "a place for credentials"))
