"""Work stays in the tree it was asked for."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, PRIVILEGE, WRITE
from twelve.factors.guardrails.policy import places, rule
from twelve.factors.guardrails.policy.wording import place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances
RULE = rule.Rule(
    "outside-write",
    severity=rule.HIGH,
    decision="deny",
    title="Nothing outside the repository is written, moved or removed",
    why="no review and no history covers that place, so a mistake there is neither seen nor undone",
    next="keep the result inside the repository or in a temporary folder; name the outside step to a person if it is needed",
    kinds=(WRITE, DELETE, PRIVILEGE),
    enforcers=(rule.HOOK,),
    gap="programs keep caches and settings of their own outside the tree; only writes a call names are seen",
    canaries=(("deny", "Write", "{home}/.bashrc"), ("deny", "Bash", "echo x | tee /etc/motd"), ("allow", "Bash", "echo x > /tmp/note")),
)


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """A path outside the tree, the temporary folders and the folders the policy allows; links out of them count as outside."""
    if not action.path or _device(action.path):
        return None
    for path in (action.path, action.real):
        if places.outside(path, policy) and not places.excepted(path, policy["places"][RULE.id], policy):
            verb = "removes" if action.kind == DELETE else "writes"
            return RULE.found(action, policy, f"This call {verb} {place(path, policy)}, outside the repository")
    return None


def _device(path: str) -> bool:
    return path in _DEVICES or path.startswith(("/dev/fd/", "/dev/pts/", "/proc/self/fd/"))


_DEVICES = ("/dev/null", "/dev/stdout", "/dev/stderr", "/dev/stdin", "/dev/tty", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
