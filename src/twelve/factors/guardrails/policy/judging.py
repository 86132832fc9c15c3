"""Asks every rule about every action. Pure: the same actions, policy and circumstances give the same decision."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import KINDS
from twelve.factors.guardrails.policy.decision import ALLOW, ORDER, Decision
from twelve.factors.guardrails.policy.rules import (
    context_budget,
    credential_exfil,
    database_drop,
    destructive_delete,
    force_push,
    forge_evidence,
    history_rewrite,
    hook_skip,
    infra_change,
    outside_write,
    phase_order,
    privilege_change,
    process_kill,
    production_context,
    protect_ci,
    protect_lockfiles,
    protect_policy,
    protect_secrets,
    remote_code,
    unknown_near_protected,
    volume_prune,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding

MODULES = (
    protect_policy, forge_evidence, destructive_delete, force_push, hook_skip, remote_code, credential_exfil, database_drop,
    volume_prune, production_context, process_kill, outside_write, protect_lockfiles, phase_order, protect_ci, protect_secrets,
    history_rewrite, infra_change, privilege_change, unknown_near_protected, context_budget,
)  # fmt: skip
"""In the order in which findings of equal strength are told."""

RULES = {module.RULE.id: module.RULE for module in MODULES}
_BY_KIND = {kind: tuple(module for module in MODULES if kind in module.RULE.kinds) for kind in KINDS}


class Circumstances:
    """Who asks, when and where. `phase` is the stamped answer of the phase machine, None when no run is open or nobody knows.

    `agent` is the id of a sub-agent or "". `band` is the context band: "" (nobody knows), GREEN, YELLOW or RED.
    """

    __slots__ = ("agent", "band", "client", "event", "interactive", "phase", "session", "tool")

    def __init__(
        self,
        *,
        client: str = "",
        event: str = "",
        tool: str = "",
        session: str = "",
        agent: str = "",
        interactive: bool = False,
        phase: dict[str, Any] | None = None,
        band: str = "",
    ) -> None:
        self.client = client
        self.event = event
        self.tool = tool
        self.session = session
        self.agent = agent
        self.interactive = interactive
        self.phase = phase
        self.band = band


def judge(actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Decision:
    """The strongest finding decides; findings are told strongest first, each rule and text once."""
    found: dict[tuple[str, str], Finding] = {}
    decided = policy["decisions"]
    for action in actions:
        for module in _BY_KIND[action.kind]:
            if decided[module.RULE.id] == ALLOW:
                continue
            finding = module.check(action, actions, policy, circumstances)
            if finding is not None:
                found.setdefault((finding.rule, finding.what), finding)
    if not found:
        return Decision(ALLOW, ())
    order = list(RULES)
    told = sorted(found.values(), key=lambda one: (-ORDER.index(one.decision), order.index(one.rule)))
    return Decision(told[0].decision, tuple(told))
