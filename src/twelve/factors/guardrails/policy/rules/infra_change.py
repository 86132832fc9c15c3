"""Clusters and clouds change by an approved plan."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import INFRA
from twelve.factors.guardrails.policy import infrastructure, rule
from twelve.factors.guardrails.policy.globs import overlap
from twelve.factors.guardrails.policy.wording import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances

RULE = rule.Rule(
    "infra-change",
    severity=rule.HIGH,
    decision="ask",
    title="Clusters and clouds change only by a plan somebody approved",
    why="the change takes effect at once, outside the repository, and may cost money or data",
    next="show the plan, diff or dry run, and let a person approve exactly that",
    kinds=(INFRA,),
    enforcers=(rule.HOOK,),
    gap="a program or pipeline that changes infrastructure by itself is not seen",
    canaries=(
        ("ask", "Bash", "kubectl apply -f deploy.yaml"),
        ("ask", "Bash", "terraform apply"),
        ("allow", "Bash", "kubectl get pods"),
        ("allow", "Bash", "terraform plan"),
    ),
)


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """A verb that changes a cluster, a cloud account or other infrastructure, and is not among the approved ones."""
    if not infrastructure.changes(action) or infrastructure.subject(action) in policy["approved"]:
        return None
    if action.target and any(overlap(piece, known) for piece in infrastructure.pieces(action.target) for known in policy["local"]):
        return None
    where = f" on {shown(action.target)}" if action.target else ""
    return RULE.found(action, policy, f"{shown(f'{action.program} {action.verb}')} changes infrastructure{where}")
