"""Work that is recorded, or lies in the tree, is not lost without a person's word."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import EXECUTE, GIT, SETTING
from twelve.factors.guardrails.policy import rule
from twelve.factors.guardrails.policy.gitwords import discards_everything, dry, has, operands, value
from twelve.factors.guardrails.policy.wording import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances

RULE = rule.Rule(
    "history-rewrite",
    severity=rule.HIGH,
    decision="ask",
    title="History is not rewritten and uncommitted work is not thrown away unasked",
    why="commits, stashes or changes that exist nowhere else would be gone, some of them not yours",
    next="commit what is there first, add a new commit instead of changing old ones, or ask a person",
    kinds=(GIT, EXECUTE, SETTING),
    enforcers=(rule.HOOK,),
    gap="an editor or library that changes the repository by itself is not seen; the reflog of this machine still has most of it",
    canaries=(
        ("ask", "Bash", "git reset --hard HEAD~3"),
        ("ask", "Bash", "git branch -D feature"),
        ("allow", "Bash", "git reset HEAD file.txt"),
        ("allow", "Bash", "git stash pop"),
    ),
)

_EXPIRIES = ("gc.pruneexpire", "gc.reflogexpire", "gc.reflogexpireunreachable", "gc.worktreepruneexpire")
_REWRITERS = ("git-filter-repo", "bfg", "git-filter-branch")
_SHARED = ("main", "master", "develop", "development", "trunk", "release", "stable")
_GOING_ON = ("--abort", "--continue", "--skip", "--quit", "--edit-todo", "--show-current-patch")


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """A git operation whose result cannot be had back, or only from this machine's reflog."""
    if action.kind == SETTING:
        forgets = action.verb.lower() in _EXPIRIES and action.target.lower() in ("now", "all")
        return RULE.found(action, policy, "This setting makes git remove what nothing points to at once") if forgets else None
    if action.kind == EXECUTE:
        rewrites = action.program in _REWRITERS
        return RULE.found(action, policy, f"{shown(action.program)} writes every commit anew") if rewrites else None
    if dry(action) or has(action, "--help"):
        return None
    what = _discarded(action) or _rewritten(action) or _forgotten(action)
    return RULE.found(action, policy, what) if what else None


def _discarded(action: Action) -> str:
    if discards_everything(action):
        return f"This `git {shown(action.verb)[1:-1]}` throws away uncommitted work of the whole tree"
    words = operands(action)
    if action.verb == "stash" and words[:1] in (("drop",), ("clear",)):
        return "This call throws away stashed work"
    return ""


def _rewritten(action: Action) -> str:
    words = operands(action)
    if action.verb in ("filter-branch", "filter-repo", "replace", "fast-import"):
        return f"`git {action.verb}` writes commits anew"
    if action.verb == "rebase" and not has(action, *_GOING_ON):
        shared = len(words) > 1 and _is_shared(words[-1])
        if has(action, "--root", "--onto", "--interactive", "-i") or shared:
            return "This rebase writes commits anew that may be published"
    if action.verb == "update-ref":
        return "This call moves or deletes a reference past its history"
    if action.verb == "symbolic-ref" and (len(words) > 1 or has(action, "--delete", "-d")):
        return "This call points a symbolic reference elsewhere"
    return ""


def _forgotten(action: Action) -> str:
    words = operands(action)
    if action.verb == "branch":
        deletes = has(action, "--delete", "-d") and has(action, "--force", "-f")
        moves = has(action, "--force", "-f") and words and (_is_shared(words[0]) or len(words) < 2 or _back(words[1]))
        if has(action, "-D", "-M", "-C") or deletes or moves:
            return f"This call deletes or moves the branch {shown(' '.join(words[:3]))}, merged or not"
    if action.verb == "fetch" and any(_overwrites(word, has(action, "--force", "-f")) for word in words):
        return "This fetch replaces a branch of this repository"
    if action.verb in ("checkout", "switch") and has(action, "-B", "-C", "--force-create"):
        name = value(action, "-B", "-C", "--force-create")
        moves = _is_shared(name) or any(_back(word) for word in words[:1])
        return f"This call points the branch {shown(name)} elsewhere" if moves else ""
    if action.verb == "reflog" and words[:1] in (("expire",), ("delete",)):
        return "This call forgets where branches have been"
    if action.verb == "gc" and value(action, "--prune") in ("now", "all"):
        return "This call removes every object nothing points to, at once"
    if action.verb == "prune":
        return "This call removes every object nothing points to"
    return ""


def _overwrites(refspec: str, force: bool) -> bool:
    """Whether a refspec may move a local branch that is no copy of a remote one."""
    target = refspec.partition(":")[2]
    return bool(target) and (force or refspec.startswith("+")) and not target.startswith(("refs/remotes/", "refs/notes/", "refs/tags/"))


def _back(word: str) -> bool:
    """Whether a revision is written as something before something else."""
    return any(sign in word for sign in ("~", "^", "@{"))


def _is_shared(name: str) -> bool:
    return name.removeprefix("refs/heads/").split("/")[0].lower() in _SHARED
