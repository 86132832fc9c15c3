"""Rights grow only with a person's consent."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import PRIVILEGE, WRITE
from twelve.factors.guardrails.policy import places, rule
from twelve.factors.guardrails.policy.wording import place, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances

RULE = rule.Rule(
    "privilege-change",
    severity=rule.HIGH,
    decision="ask",
    title="Rights and owners do not change unasked",
    why="with more rights every other limit of this session weighs less",
    next="do it without additional rights, or say which right is needed and for what, and wait for a person",
    kinds=(PRIVILEGE, WRITE),
    enforcers=(rule.HOOK,),
    gap="a program that is already installed with more rights is not recognised",
    canaries=(
        ("ask", "Bash", "sudo apt-get update"),
        ("ask", "Bash", "chmod -R 777 ."),
        ("allow", "Bash", "chmod +x bin/run"),
    ),
)


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """Another user's rights, a file open to everyone or with borrowed rights, another owner, a container with the host's rights."""
    if action.kind == WRITE and not any(name == "--mode" and _lends(given) for name, given in action.values):
        return None
    if "--help" in action.flags or "--version" in action.flags:
        return None
    if action.program == "chgrp" and action.target == "\0" and places.inside(action.real, policy["roots"]):
        # Without more rights one can give a file only to a group one belongs to.
        return None
    what = f" of {place(action.path, policy)}" if action.path else ""
    by = shown(action.program or action.verb)
    return RULE.found(action, policy, f"{by} changes rights or owner{what}" if what else f"{by} gives this call more rights")


def _lends(mode: str) -> bool:
    """Whether a file mode lends the owner's rights to whoever runs the file, or lets everyone write it."""
    if mode.isdigit():
        return (len(mode) > 3 and mode[-4] in "24567") or mode[-1] in "2367"
    return any("s" in part.partition("+")[2] or ("w" in part.partition("+")[2] and part[:1] in ("o", "a")) for part in mode.split(","))
