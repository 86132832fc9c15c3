"""A tool has run: what it changed among protected files, and what it means for later claims."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, GIT, WRITE, Action
from twelve.factors.guardrails.policy.decision import DENY, Decision
from twelve.interfaces.hooks import checks, judgement, notation, screening, seals, sessions
from twelve.interfaces.hooks.dialects import portable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from twelve.interfaces.hooks.entry import Answer, Site
    from twelve.interfaces.hooks.occasion import Occasion

PROSE = ("md", "rst", "txt", "adoc")
CHECKOUTS = frozenset(
    (
        "checkout", "switch", "pull", "merge", "rebase", "reset", "cherry-pick", "revert", "stash", "restore", "worktree",
        "bisect",
    )
)  # fmt: skip
"""Git verbs that put other versions of tracked files into the tree; the files were judged when they were made."""
HARMLESS = screening.QUIET_TOOLS | frozenset((*screening.READERS, "Glob", "Grep", "LS", "glob", "list_directory", "search_file_content"))


def answer(seen: Occasion, site: Site) -> tuple[Answer, str, tuple[str, ...], str]:
    """Silence, or a block that tells the model which protected file is no longer what it was."""
    if seen.tool in HARMLESS or _needed_no_look(seen):
        return (0, b"", b""), "silent", (), ""
    _, actions, decision = judgement.weigh(seen, site)
    _remember(seen, site, actions)
    found = seals.differences(site.state, site.config, seen.root)
    strange = [entry for entry in found if not _explained(entry[0], seen, actions, decision)]
    if not strange:
        return (0, b"", b""), "silent", (), ""
    for entry in strange:
        seals.write_down(entry, seen, site.state)
    return portable.block(_reason(strange, seen.root)), DENY, ("tampered",), ""


def _needed_no_look(seen: Occasion) -> bool:
    raw = notation.write(seen.tool_input).encode()
    return screening.cleared(raw, seen.tool, seen.tool_input, seen.cwd, seen.root)


def _remember(seen: Occasion, site: Site, actions: tuple[Action, ...]) -> None:
    edited = sum(1 for action in actions if _edits_source(action, seen.root))
    if edited:
        sessions.note(site, seen, sessions.EDIT, files=edited)
    command = seen.tool_input.get("command")
    if isinstance(command, str) and seen.tool in ("Bash", "run_shell_command", "exec_command", "shell"):
        for check in checks.recognise(command):
            sessions.note(site, seen, sessions.CHECK, check=check.kind, ok=checks.succeeded(check, seen))


def _edits_source(action: Action, root: str) -> bool:
    below = action.path.startswith(root + "/") and not action.path.startswith((root + "/.twelve/", root + "/.git/"))
    return action.kind in (WRITE, DELETE) and below and action.path.rpartition(".")[2] not in PROSE


def _explained(path: str, seen: Occasion, actions: tuple[Action, ...], decision: Decision) -> bool:
    """Whether an action of this very call that the policy does not refuse made the difference."""
    refused = [found.action for found in decision.findings if found.decision == DENY]
    for action in actions:
        if any(action is other for other in refused):
            continue
        if action.kind in (WRITE, DELETE) and path.rstrip("/") in (action.path, action.real, action.path.rpartition("/")[0]):
            return True
        if action.kind == GIT and action.verb in CHECKOUTS and path.startswith(seen.root + "/") and "/.git/" not in path:
            return True
    return False


def _reason(strange: list[tuple[str, str, str, str]], root: str) -> str:
    what = "; ".join(f"{seals.told((name,), root)} was {change}" for name, change, _, _ in strange[:5])
    return (
        f"Protected files are not what they were: {what} [tampered]. Why: no allowed call did that. Next: stop, tell the person what "
        "happened and wait; it is recorded, and `twelve verify` refuses it until a person has looked."
    )
