"""What others may have fetched is not replaced."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import EXECUTE, GIT, NETWORK, SETTING
from twelve.factors.guardrails.policy import rule
from twelve.factors.guardrails.policy.gitwords import dry, has, operands
from twelve.factors.guardrails.policy.wording import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances

RULE = rule.Rule(
    "force-push",
    severity=rule.CRITICAL,
    decision="deny",
    title="Published history is neither overwritten nor deleted",
    why="commits others build on would be gone from the server, and their copies would no longer fit",
    next="push a new commit on top, or to a new branch, and let a person decide about the old one",
    kinds=(GIT, EXECUTE, NETWORK, SETTING),
    enforcers=(rule.HOOK, rule.CLIENT, rule.GIT),
    gap="a push made by a program the call starts is seen by the pre-push hook alone; only the server can refuse it for certain",
    canaries=(
        ("deny", "Bash", "git push --force origin main"),
        ("deny", "Bash", "git push origin +main"),
        ("allow", "Bash", "git push origin HEAD"),
    ),
)


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """A push that may replace or delete what is there, by option, refspec, setting or the server's own interface."""
    if action.kind == SETTING:
        key = action.verb.lower()
        mirrors = key.startswith("remote.") and key.endswith(".mirror") and action.target.lower() not in ("false", "no", "off", "0", "")
        forced = key.startswith("remote.") and key.endswith(".push") and action.target.startswith(("+", "\0"))
        return RULE.found(action, policy, "This setting makes every push replace what is on the server") if mirrors or forced else None
    if action.kind == GIT:
        return _by_git(action, policy)
    if _by_interface(action):
        return RULE.found(action, policy, "This call moves or deletes a branch on the server past its history")
    return None


def _by_git(action: Action, policy: dict[str, Any]) -> Finding | None:
    words = operands(action)
    if action.verb == "remote" and words[:1] == ("add",) and has(action, "--mirror"):
        return RULE.found(action, policy, f"Every push to the new remote {shown(words[-1])} would replace all that is there")
    if action.verb not in ("push", "send-pack", "http-push") or dry(action) or (action.verb == "push" and has(action, "-n")):
        return None
    where = f" to {shown(' '.join(words[:3]))}" if words else ""
    if has(action, "--force", "-f", "--force-with-lease", "--force-if-includes", "--mirror"):
        return RULE.found(action, policy, f"This push{where} may replace commits that are on the server")
    if has(action, "--delete", "-d", "--prune"):
        return RULE.found(action, policy, f"This push{where} deletes branches or tags on the server")
    for word in words:
        if word.startswith("+"):
            return RULE.found(action, policy, f"This push{where} may replace commits that are on the server")
        if word.startswith(":") and len(word) > 1:
            return RULE.found(action, policy, f"This push{where} deletes a branch or tag on the server")
    return None


def _by_interface(action: Action) -> bool:
    """A call of the forge's own interface that moves a reference by force or deletes it."""
    text = " ".join((action.target, *action.words, *(given for _, given in action.values)))
    plain = text.replace(" ", "").replace('"', "").lower()
    if "updateref" in plain and "force:true" in plain:
        return True
    if "/git/refs" not in text and "/repository/branches/" not in text:
        return False
    given = [action.verb.upper(), *(given.upper() for name, given in action.values if name in ("--method", "--request", "-X"))]
    if "DELETE" in given or "-XDELETE" in action.flags:
        return True
    return "force=true" in plain or "force:true" in plain
