"""What cannot be brought back is not removed wholesale."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, EXECUTE, GIT, WRITE
from twelve.factors.guardrails.policy import places, rule
from twelve.factors.guardrails.policy.gitwords import cleans_everything
from twelve.factors.guardrails.policy.wording import place, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances
RULE = rule.Rule(
    "destructive-delete",
    severity=rule.CRITICAL,
    decision="deny",
    title="The tree, its history and everything around it are not removed wholesale",
    why="the work of other people and everything not yet committed would be gone",
    next="name the exact generated folder to remove, such as a build output, or leave it to a person",
    kinds=(DELETE, GIT, EXECUTE, WRITE),
    enforcers=(rule.HOOK, rule.CLIENT),
    gap="a program that removes files by itself is not seen before it runs",
    canaries=(
        ("deny", "Bash", "rm -rf ."),
        ("deny", "Bash", "find .. -delete"),
        ("deny", "Bash", "git clean -fdx"),
        ("allow", "Bash", "rm -rf build node_modules"),
    ),
)

_WIPERS = ("wipefs", "blkdiscard", "fdisk", "parted", "sgdisk", "cryptsetup")


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """Recursive or pattern removal of the tree, its parents, its history or anything outside; a disk made anew."""
    if action.kind == GIT:
        found = cleans_everything(action)
        return RULE.found(action, policy, "This call removes every untracked and ignored file of the tree") if found else None
    if action.kind == EXECUTE:
        wipes = action.program in _WIPERS or action.program.startswith("mkfs")
        return RULE.found(action, policy, f"{shown(action.program)} makes a whole disk or partition anew") if wipes else None
    if action.kind == WRITE:
        disk = action.path.startswith("/dev/") and action.path.split("/")[2][:2] in ("sd", "hd", "nv", "vd", "mm", "dm", "di", "md", "ma")
        return RULE.found(action, policy, f"This call writes over the disk {shown(action.path)}") if disk else None
    if not (action.recursive or action.glob or action.verb == "move"):
        return None
    for path in dict.fromkeys((action.path, action.real)):
        what = _lost(path, action, policy)
        if what:
            return RULE.found(action, policy, f"This call removes {what}")
    return None


def _lost(path: str, action: Action, policy: dict[str, Any]) -> str:
    """What would be gone, in words; "" when it is a part of the tree or a temporary thing."""
    folder = _folder(path) if action.glob else path
    if not path or (action.partial and path in policy["roots"]) or places.excepted(path, policy["places"][RULE.id], policy):
        return ""
    if places.holds(folder, policy["roots"]):
        part = action.glob and folder in policy["roots"] and not _whole(path, folder)
        return "" if part else f"{place(path, policy)} with everything in it"
    if places.holds(path, policy["common"]) or places.inside(path, policy["common"]):
        return f"{place(path, policy)}, the repository's own history"
    if places.inside(path, policy["temp"]) and not places.outside(path, policy):
        everything = not action.glob or _whole(path, folder)
        return f"all of {shown(path)}" if places.holds(folder, policy["temp"]) and everything and not action.partial else ""
    if places.outside(path, policy) and (action.recursive or action.glob):
        return f"{place(path, policy)}, outside the repository, with everything in it"
    return ""


def _folder(path: str) -> str:
    """The folder before the first name with a sign in it."""
    kept = []
    for name in path.split("/"):
        if any(sign in name for sign in "*?["):
            break
        kept.append(name)
    return "/".join(kept) or "/"


def _whole(path: str, folder: str) -> bool:
    """Whether the pattern means everything in the folder, or everything hidden in it."""
    names = path[len(folder.rstrip("/")) + 1 :].split("/")
    return not any(name.strip("*.?[]!^") for name in names)
