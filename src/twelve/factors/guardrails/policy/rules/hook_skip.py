"""Checks that run on commit and push run every time."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import EXECUTE, GIT, INSTALL, SETTING, UNKNOWN
from twelve.factors.guardrails.policy import rule
from twelve.factors.guardrails.policy.gitwords import has, operands
from twelve.factors.guardrails.policy.wording import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances

RULE = rule.Rule(
    "hook-skip",
    severity=rule.CRITICAL,
    decision="deny",
    title="Git hooks are not skipped, silenced or sent elsewhere",
    why="the hooks hold the checks this repository relies on, and work that passes around them is judged again and refused later",
    next="let the hook run, read what it says and repair that; if the hook itself is wrong, tell a person",
    kinds=(GIT, SETTING, EXECUTE, INSTALL),
    enforcers=(rule.HOOK, rule.CLIENT, rule.VERIFY),
    gap="a program that commits with a library of its own runs no hooks; what is merged is checked again without them",
    canaries=(
        ("deny", "Bash", "git commit --no-verify -m x"),
        ("deny", "Bash", "git -c core.hooksPath=/dev/null commit -m x"),
        ("deny", "Bash", "HUSKY=0 git commit -m x"),
        ("allow", "Bash", "git commit -m 'explain --no-verify'"),
    ),
)

_RUN_HOOKS = ("commit", "push", "merge", "rebase", "am", "cherry-pick", "revert", "pull", "checkout", "switch", "citool", "gui")
_SHORT = ("commit", "am")
"""Where the short option means the same; elsewhere it means something harmless."""
_KEYS = ("core.hookspath", "include.path", "core.fsmonitor")
_VARIABLES = (
    "HUSKY", "HUSKY_SKIP_HOOKS", "HUSKY_SKIP_INSTALL", "SKIP", "PRE_COMMIT_ALLOW_NO_CONFIG", "LEFTHOOK", "LEFTHOOK_EXCLUDE", "LEFTHOOK_BIN",
    "OVERCOMMIT_DISABLE", "OVERCOMMIT_COLOR_DISABLE", "SKIP_SIMPLE_GIT_HOOKS", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH", "GIT_TEMPLATE_DIR", "SKIP_HOOKS", "NO_VERIFY",
)  # fmt: skip
_ONLY_WITH_GIT = ("SKIP", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "SKIP_HOOKS", "NO_VERIFY", "LEFTHOOK_BIN")
"""Names other programs use as well; they count when git runs in the same call, or nothing does and they are kept."""
_MANAGERS = ("husky", "lefthook", "pre-commit", "prek", "overcommit", "simple-git-hooks", "githooks", "yorkie")
_LEAVING = ("uninstall", "remove", "disable", "--uninstall")


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """An option, setting, variable or command after which hooks do not run as installed."""
    if action.kind == GIT:
        what = _of_git(action)
    elif action.kind == SETTING:
        what = _of_setting(action, actions)
    else:
        what = _of_program(action)
    return RULE.found(action, policy, what) if what else None


def _of_git(action: Action) -> str:
    verb = action.verb
    if has(action, "--no-verify") and verb in _RUN_HOOKS:
        return f"This `git {verb}` would run without its hooks"
    if verb in _SHORT and has(action, "-n"):
        return f"This `git {verb}` would run without its hooks"
    if verb == "push" and any("ci.skip" in given or "skip-ci" in given for _, given in action.values):
        return "This push would keep CI from running"
    if verb == "commit-tree":
        return "This call makes a commit past every hook"
    if verb == "config" and not _reads(action):
        for word in (*operands(action)[:3], *(given for _, given in action.values)):
            if _key(word):
                return "This call changes where git looks for its hooks or settings"
    return ""


def _reads(action: Action) -> bool:
    words = operands(action)
    if has(action, "--get", "--get-all", "--get-regexp", "--list", "-l", "--get-urlmatch") or words[:1] in (("get",), ("list",)):
        return True
    changes = has(action, "--unset", "--unset-all", "--add", "--replace-all", "--remove-section", "--rename-section")
    return len(words) < 2 and not changes


def _key(word: str) -> bool:
    key = word.partition("=")[0].lower()
    return key in _KEYS or key == "core" or (key.startswith("includeif.") and key.endswith(".path"))


def _of_setting(action: Action, actions: tuple[Action, ...]) -> str:
    name = action.verb
    if name.lower() in _KEYS or (name.lower().startswith("includeif.") and name.lower().endswith(".path")):
        return "This setting changes where git looks for its hooks or settings"
    if name.startswith(("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")):
        return "This variable changes a setting of git that hooks depend on" if _key(action.target) else ""
    if name not in _VARIABLES or (name in ("HUSKY", "LEFTHOOK") and action.target.lower() in ("1", "true")):
        return ""
    if (name in _ONLY_WITH_GIT and not _with_git(actions)) or _installs(actions):
        return ""
    if not name.startswith("GIT_") and not action.target and action.certain:
        return ""
    if name == "GIT_CONFIG_PARAMETERS" and not any(key in action.target.lower() for key in _KEYS):
        return ""
    return "This variable keeps hooks from running, or git from finding them"


def _with_git(actions: tuple[Action, ...]) -> bool:
    others = [other for other in actions if other.kind != SETTING]
    return not others or any(other.kind == GIT and other.verb in (*_RUN_HOOKS, "stash", "worktree") for other in others)


def _installs(actions: tuple[Action, ...]) -> bool:
    """Whether the call does nothing but install packages, where these variables keep hooks from being made."""
    others = [other.kind for other in actions if other.kind != SETTING]
    return INSTALL in others and not any(kind in (GIT, EXECUTE, UNKNOWN) for kind in others)


def _of_forge(action: Action) -> str:
    """Checks and protections of the server that are switched off."""
    if action.words[:2] in (("workflow", "disable"), ("ruleset", "delete"), ("run", "cancel")) and action.words[0] != "run":
        return "This call switches checks of the server off"
    text = " ".join((*action.words, action.target)).lower()
    changes = any(given.upper() in ("DELETE", "PUT", "PATCH", "POST") for _, given in action.values) or action.verb == "send"
    if action.words[:1] == ("api",) and changes and any(part in text for part in ("/protection", "/rulesets", "protected_branches")):
        return "This call changes how the server protects branches"
    return ""


def _of_program(action: Action) -> str:
    words = (*action.words, *action.flags)
    names = {action.program, *action.words[:3]}
    if names & set(_MANAGERS) and any(word in _LEAVING for word in words):
        return f"This call takes the hooks of {shown(next(name for name in _MANAGERS if name in names))} away"
    if action.program == "gh" and action.words[:2] == ("pr", "merge") and has(action, "--admin"):
        return "This merge would go past the checks of the branch"
    if action.program in ("gh", "glab"):
        return _of_forge(action)
    return ""
