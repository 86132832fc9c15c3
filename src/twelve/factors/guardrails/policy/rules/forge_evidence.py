"""Consent and evidence come from those whose they are."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import EXECUTE, GIT, INSTALL, READ, SETTING, TOOL, UNKNOWN
from twelve.factors.guardrails.policy import places, rule
from twelve.factors.guardrails.policy.gitwords import operands, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.factors.guardrails.policy.decision import Finding
    from twelve.factors.guardrails.policy.judging import Circumstances

RULE = rule.Rule(
    "forge-evidence",
    severity=rule.CRITICAL,
    decision="deny",
    title="An agent neither approves, nor signs for a person, nor writes evidence, nor disarms the guard",
    why="an approval or a record made by whoever it is about says nothing, and is found out where the work is merged",
    next="let the gates run and write their own record; a person answers open requests in their own terminal",
    kinds=(EXECUTE, GIT, INSTALL, SETTING, UNKNOWN, TOOL, READ),
    enforcers=(rule.HOOK, rule.VERIFY),
    gap="a program of this user can write what this user can write; only signatures by keys out of its reach are beyond it",
    canaries=(
        ("deny", "Bash", "twelve approve req-1"),
        ("deny", "Bash", "git notes --ref=twelve/gates add -m x HEAD"),
        ("deny", "Bash", "script -qc 'twelve approve req-1' /dev/null"),
        ("deny", "Bash", "echo x | python3 -I -S {root}/.git/twelve/state/hook.py claude"),
        ("allow", "Bash", "twelve next"),
        ("allow", "Bash", "git notes --ref=twelve/gates show HEAD"),
    ),
)

_VERBS = ("approve", "reject", "uninstall", "disarm")
_WRITING = ("add", "append", "edit", "remove", "copy", "merge", "prune")
_MARKS = (
    "CLAUDECODE", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_ENTRYPOINT", "AI_AGENT", "CODEX_THREAD_ID", "CODEX_SESSION_ID", "CODEX_CI",
    "GEMINI_CLI",
)  # fmt: skip
"""Variables by which a session is known to be an agent's."""
_INSIDE = (
    "twelve.factors.approvals", "twelve.factors.gates.ledger", "twelve.factors.gates.proofs", "twelve.workflow.steering",
    "twelve.workflow.deciding", "twelve.workflow.install", "twelve.workflow.drive.projection", "twelve.interfaces.cli.approve",
    "twelve.interfaces.cli.reject", "twelve.interfaces.cli.decide", "twelve.interfaces.cli.uninstall",
    "twelve.workflow.fastpath", "twelve.factors.guardrails.exemptions", "twelve.interfaces.hooks", "twelve.system.records",
)  # fmt: skip
_CLIENTS = ("claude", "claude-code", "codex", "gemini", "gemini-cli")
_OTHER_AGENTS = (
    "aider", "opencode", "cursor-agent", "amp", "goose", "cline", "crush", "qwen", "auggie", "droid", "kimi", "openhands", "plandex",
)  # fmt: skip
"""Agents no hook of this repository is registered with."""
_ASKING = ("--version", "-v", "-V", "--help", "-h", "version", "help")
_HOMES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
_NO_HOOKS = ("features.hooks", "features.codex_hooks", "hooks", "disableallhooks", "notify", "features.hook")
_CLIENT_FOLDERS = ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "GEMINI_CONFIG_DIR", "GEMINI_CLI_HOME", "GEMINI_CLI_SYSTEM_SETTINGS_PATH")
_CLIENT_PARTS = ("config", "plugin", "plugins", "mcp", "hooks", "extensions", "extension", "features", "settings")
_CLIENT_CHANGES = ("set", "add", "remove", "rm", "uninstall", "disable", "install", "add-json", "migrate", "link", "unlink", "enable")
_UNSEEN = ("--dangerously", "--bare", "--safe-mode", "--yolo", "--settings", "--setting-sources", "--full-auto", "--allow-dangerously")
_UNSEEN_PAIRS = (
    ("--permission-mode", "bypassPermissions"),
    ("--approval-mode", "yolo"),
    ("--sandbox", "danger-full-access"),
    ("-s", "danger-full-access"),
    ("--disable", "hooks"),
    ("--disable", "codex_hooks"),
    ("--sandbox_mode", "danger-full-access"),
)
_TERMINALS = ("expect", "script", "unbuffer", "tmux", "screen", "at", "batch", "ssh", "socat")
"""Programs that make a terminal, or run a line where no session is known."""


def check(action: Action, actions: tuple[Action, ...], policy: dict[str, Any], circumstances: Circumstances) -> Finding | None:
    """Our own verbs that only a person may use, notes under our name, a hidden agent, a signature for our purposes."""
    if action.kind == GIT:
        what = _of_git(action, actions)
    elif action.kind == INSTALL:
        gone = action.verb in ("remove", "uninstall") and {action.target, *action.words} & {"twelve", "twelve-agentops"}
        what = "This call takes our own program away" if gone else ""
    elif action.kind == SETTING:
        what = _of_setting(action, actions)
    else:
        what = _of_program(action, actions, policy)
        if not what and _rearranges(action):
            return RULE.found(action, policy, "This call installs the guard anew, perhaps with less in it", decision="ask")
        if (
            not what
            and action.kind == EXECUTE
            and action.program in _OTHER_AGENTS
            and not (action.words[:1] and action.words[0] in _ASKING)
        ):
            return RULE.found(action, policy, "This call starts another agent, which no hook of this repository would see", decision="ask")
    return RULE.found(action, policy, what) if what else None


def _of_git(action: Action, actions: tuple[Action, ...]) -> str:
    words = operands(action)
    ours = any("refs/notes/twelve" in word or "refs/twelve" in word or "refs/notes/*" in word for word in action.words)
    if action.verb == "notes":
        named = ours or _our_notes(value(action, "--ref")) or any(_names_our_notes(other) for other in actions)
        return "This call writes notes that only gates and approvals write" if named and words and words[0] in _WRITING else ""
    if ours and action.verb in ("update-ref", "push", "fetch", "pull", "symbolic-ref", "fast-import"):
        plain = action.verb in ("push", "fetch", "pull") and not any(_replaces(word) for word in words)
        return "" if plain else "This call moves the reference that holds evidence"
    return ""


def _our_notes(ref: str) -> bool:
    return ref.startswith(("twelve", "refs/notes/twelve", "notes/twelve"))


def _names_our_notes(action: Action) -> bool:
    return action.kind == SETTING and action.verb.lower() in ("git_notes_ref", "core.notesref") and _our_notes(action.target)


def _replaces(word: str) -> bool:
    return ("refs/notes/twelve" in word or "refs/notes/*" in word) and (word.startswith((":", "+")) or not _same(word))


def _same(word: str) -> bool:
    source, sign, target = word.partition(":")
    return not sign or source == target


def _of_setting(action: Action, actions: tuple[Action, ...]) -> str:
    if action.verb.startswith("TWELVE__"):
        return "This variable changes the policy of the session that it binds"
    hidden = action.verb in _MARKS and any(_ours(other) for other in actions)
    return "This call hides from our own programs that an agent runs them" if hidden else ""


def _of_program(action: Action, actions: tuple[Action, ...], policy: dict[str, Any]) -> str:
    if _ours(action):
        words = [word for word in (*action.words, *action.flags) if word not in ("-m", "twelve", "twelve.interfaces.cli.main")]
        verbs = [word for word in words if not word.startswith("-")]
        if "-C" in action.flags or "--directory" in action.flags:
            verbs = [word for word in verbs[:2] if word in _VERBS]
        if any(word in ("--help", "-h", "--dry-run") for word in words):
            return ""
        if verbs and verbs[0] in _VERBS:
            return "This call answers for a person, or takes the guard away"
        if not verbs and "python" in action.via:
            return "This call runs our own program from inside other code"
        if verbs[:1] == ["approvals"] and verbs[1:2] in (["stand"], ["revoke"]):
            return "This call answers for a person"
    if action.verb == "script" and "/twelve/state/" in action.path:
        return "This call tells the guard's own hook what happened, which only a client may"
    if _signs(action):
        return "This call signs with a person's key"
    if action.kind == READ:
        return ""
    if (action.program in ("gh", "glab", "hub") and "--approve" in action.flags) or action.words[:2] == ("mr", "approve"):
        return "This call approves a change in the name of a person"
    if action.program in _CLIENTS:
        return _of_client(action, actions, policy)
    if action.program in _TERMINALS or any(name in _TERMINALS for name in action.via):
        text = " ".join((action.program, *action.words, action.detail))
        if any(f"twelve {verb}" in text for verb in (*_VERBS, "exempt", "approvals stand")):
            return "This call answers for a person through a terminal of its own making"
    if action.detail.startswith("twelve.interfaces.cli.main"):
        return "This call runs our own program from inside other code"
    reaches = action.source + " " + action.detail
    return "This call reaches into the records of approvals and evidence" if any(name in reaches for name in _INSIDE) else ""


def _of_client(action: Action, actions: tuple[Action, ...], policy: dict[str, Any]) -> str:
    """Another agent that no hook of this repository would see, or other settings for the next one."""
    given = tuple(piece for word in (*action.words, *action.flags) for piece in _halves(word))
    if any(word.startswith(_UNSEEN) for word in given) or any(given[at : at + 2] in _UNSEEN_PAIRS for at in range(len(given))):
        return "This call starts an agent that the guard would not see"
    if action.program.startswith("gemini") and "-y" in given:
        return "This call starts an agent that the guard would not see"
    if any(_silences(given[at : at + 2]) for at in range(len(given))):
        return "This call starts an agent whose hooks are switched off"
    if given[:1] and given[0] in _ASKING:
        return ""
    if any(other.kind == SETTING and other.verb in (*_CLIENT_FOLDERS, *_HOMES) for other in actions):
        return "This call starts an agent with settings of its own, which the guard would not see"
    if any(other.kind == SETTING and other.verb in _MARKS for other in actions):
        return "This call hides from an agent that another one starts it"
    if action.kind == EXECUTE and action.target and places.outside(action.target, policy):
        return "This call starts an agent outside the repository, where its hooks are not"
    changes = action.words[:1] and action.words[0] in _CLIENT_PARTS and action.words[1:2] and action.words[1] in _CLIENT_CHANGES
    return "This call changes the settings of an agent client" if changes else ""


def _rearranges(action: Action) -> bool:
    """`twelve init`, `twelve upgrade`, `twelve doctor --fix`."""
    if not _ours(action):
        return False
    words = [word for word in (*action.words, *action.flags) if word not in ("-m", "twelve", "twelve.interfaces.cli.main")]
    verbs = [word for word in words if not word.startswith("-")]
    if any(word in ("--help", "-h", "--dry-run", "--check", "--json") for word in words):
        return False
    return verbs[:1] in (["init"], ["upgrade"]) or (verbs[:1] == ["doctor"] and "--fix" in words)


def _halves(word: str) -> tuple[str, ...]:
    """An option and the value it is written together with."""
    name, sign, value = word.partition("=")
    return (name, value) if sign and name.startswith("--") else (word,)


def _silences(pair: tuple[str, ...]) -> bool:
    """`-c features.hooks=false`: an option of the client that leaves the hooks out."""
    if len(pair) < 2 or pair[0] not in ("-c", "--config", "--disable"):
        return False
    return pair[1].lower().replace('"', "").partition("=")[0].strip().startswith(_NO_HOOKS)


def _signs(action: Action) -> bool:
    if action.program in ("gpg", "gpg2"):
        return any(flag in ("--sign", "--detach-sign", "--clear-sign", "--clearsign", "-s", "-b") for flag in action.flags)
    if action.program != "ssh-keygen":
        return False
    pairs = zip(action.words, action.words[1:], strict=False)
    return ("-Y", "sign") in action.values or ("-Y", "sign") in pairs or "-Ysign" in action.words


def _ours(action: Action) -> bool:
    if action.kind not in (EXECUTE, UNKNOWN):
        return False
    return action.program == "twelve" or any(word in ("twelve", "twelve.interfaces.cli.main") for word in action.words[:2])
