"""Asks every rule about every action. Pure: the same actions, policy and circumstances give the same decision."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import (
    DATABASE,
    DELETE,
    EXECUTE,
    GIT,
    INFRA,
    INSTALL,
    KILL,
    NETWORK,
    PRIVILEGE,
    READ,
    SETTING,
    TOOL,
    UNKNOWN,
    WRITE,
)
from twelve.factors.guardrails.policy.decision import ALLOW, ORDER, Decision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding

LOOKS: dict[str, tuple[str, ...]] = {
    "protect-policy": (WRITE, DELETE, PRIVILEGE, GIT,),
    "forge-evidence": (EXECUTE, GIT, INSTALL, SETTING, UNKNOWN, TOOL, READ,),
    "destructive-delete": (DELETE, GIT, EXECUTE, WRITE,),
    "force-push": (GIT, EXECUTE, NETWORK, SETTING,),
    "hook-skip": (GIT, SETTING, EXECUTE, INSTALL,),
    "remote-code": (EXECUTE, INSTALL, UNKNOWN,),
    "credential-exfil": (NETWORK,),
    "database-drop": (DATABASE, EXECUTE, TOOL,),
    "volume-prune": (INFRA, EXECUTE, NETWORK,),
    "production-context": (INFRA, DATABASE,),
    "process-kill": (KILL,),
    "outside-write": (WRITE, DELETE, PRIVILEGE,),
    "protect-lockfiles": (WRITE, DELETE,),
    "phase-order": (WRITE, DELETE,),
    "protect-ci": (WRITE, DELETE, PRIVILEGE,),
    "protect-secrets": (READ, WRITE, DELETE, EXECUTE, GIT,),
    "history-rewrite": (GIT, EXECUTE, SETTING,),
    "infra-change": (INFRA,),
    "privilege-change": (PRIVILEGE, WRITE,),
    "unknown-near-protected": (UNKNOWN, WRITE, DELETE,),
    "context-budget": (READ, NETWORK, TOOL,),
}  # fmt: skip
"""Rule -> kinds of actions it looks at, in the order in which findings of equal strength are told.

Said here and in each rule, which a test compares, so that a rule nobody needs for a call is not even imported.
"""
_ROOM = "twelve.factors.guardrails.policy.rules."


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
    present = {action.kind for action in actions}
    for rule, kinds in LOOKS.items():
        if decided[rule] == ALLOW or present.isdisjoint(kinds):
            continue
        check = __import__(_ROOM + rule.replace("-", "_"), fromlist=("check",)).check
        for action in actions:
            finding = check(action, actions, policy, circumstances) if action.kind in kinds else None
            if finding is not None:
                found.setdefault((finding.rule, finding.what), finding)
    if not found:
        return Decision(ALLOW, ())
    order = list(LOOKS)
    told = sorted(found.values(), key=lambda one: (-ORDER.index(one.decision), order.index(one.rule)))
    return Decision(told[0].decision, tuple(told))
