"""Inside a run the plan comes before the work."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, WRITE
from twelve.factors.guardrails.policy import places, rule
from twelve.factors.guardrails.policy.wording import place, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances

RULE = rule.Rule(
    "phase-order",
    severity=rule.HIGH,
    decision="deny",
    title="Inside a run nothing is changed before the plan holds",
    why="work that starts before its plan is judged by nothing",
    next="write this phase's artefact under `.twelve/runs` first; `twelve next` says what is missing",
    kinds=(WRITE, DELETE),
    enforcers=(rule.HOOK, rule.VERIFY),
    gap="a program that changes the tree by itself is found at the end of the phase, where its changes are put back",
    canaries=(("deny", "Write", "{root}/src/app.py"), ("allow", "Write", "{root}/.twelve/runs/20260102T030405Z-a-task-0a1b/plan.md")),
)

_BEFORE = ("prime", "research", "plan")
_BOUND = ("normal", "critical")


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """A change to the tree in an early phase of an open run, or without a run where the policy wants one."""
    path = next((path for path in (action.path, action.real) if places.inside(path, policy["roots"])), "")
    if not path or _artefact(path, policy) or places.excepted(path, policy["places"][RULE.id], policy):
        return None
    phase = circumstances.phase
    if not phase:
        if not policy["require_run"]:
            return None
        what = f"This call changes {place(path, policy)} and no run is open"
        return RULE.found(action, policy, what, next='start a run with `twelve prime "the task"`')
    if phase.get("phase") in _BEFORE and phase.get("size") in _BOUND:
        return RULE.found(
            action, policy, f"This call changes {place(path, policy)} in phase {shown(str(phase['phase']))}, before the plan holds"
        )
    return None


def _artefact(path: str, policy: dict[str, Any]) -> bool:
    return any(path.startswith(root + "/.twelve/runs/") for root in policy["roots"])
