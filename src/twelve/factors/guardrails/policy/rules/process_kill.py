"""One ends what one has started."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import KILL, READ
from twelve.factors.guardrails.policy import places, rule
from twelve.factors.guardrails.policy.wording import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances

RULE = rule.Rule(
    "process-kill",
    severity=rule.HIGH,
    decision="deny",
    title="Only processes this session started are ended, by their number",
    why="a name or pattern also fits processes of other people, of this session and of the tools that watch it",
    next="end your own process by its number or by the port it listens on",
    kinds=(KILL,),
    enforcers=(rule.HOOK,),
    gap="whose process a number is cannot be seen before the call",
    canaries=(("deny", "Bash", "kill -9 -1"), ("deny", "Bash", "pkill -f twelve"), ("allow", "Bash", "kill 48211")),
)

_EVERYTHING = ("-1", "0", "1", "-0")
_OURS = ("twelve", "claude", "codex", "gemini", "node", "python", "python3", "bash", "sh", "zsh", "init", "systemd", "sshd", "launchd",
         "tmux", "screen", "docker", "dockerd", "containerd", "dbos", "uv", "npm", "npx")  # fmt: skip
"""Names that also fit the session, the programs around it, or those that watch it."""


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """Everything, the session's own parents, our processes, or whatever a pattern fits."""
    target = action.target.strip()
    if target in _EVERYTHING:
        return RULE.found(action, policy, "This call ends every process this user may end, or the first of them all")
    if "PPID" in target or target in policy["parents"]:
        return RULE.found(action, policy, "This call ends the session it runs in")
    if target.startswith("-") and "\0" in target:
        return RULE.found(action, policy, "This call ends a whole group of processes that cannot be told from here")
    if "\0" in target and any(other.kind == READ and places.inside(other.path, (*_state(policy), "/proc")) for other in actions):
        return RULE.found(action, policy, "This call ends processes it finds in the records of the guard or of the system")
    named = target.strip("^$[]().*?\\ ").lower()
    if not _by_name(target):
        return None
    words = set(_words(named))
    if not named or len(named) < 3 or words & set(_OURS):
        return RULE.found(action, policy, f"This call ends every process that {shown(target)} fits, the session's own included")
    return RULE.found(action, policy, f"This call ends every process that {shown(target)} fits, whoever started it")


def _state(policy: dict[str, Any]) -> tuple[str, ...]:
    return tuple(folder + "/twelve" for folder in policy["common"])


def _by_name(target: str) -> bool:
    if not target or target.startswith("%"):
        return False
    return not target.lstrip("-").isdigit() and "\0" not in target and not target.startswith("$") and ":" not in target


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text).split()
