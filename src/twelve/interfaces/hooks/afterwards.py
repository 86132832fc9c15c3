"""A tool has run: what it changed among protected files, and what it means for later claims."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, WRITE, Action
from twelve.factors.guardrails.policy.decision import DENY, Decision
from twelve.interfaces.hooks import (
    checks,
    explaining,
    judgement,
    notation,
    references,
    requests,
    screening,
    seals,
    sessions,
    tampers,
    trail,
    watching,
)  # fmt: skip
from twelve.interfaces.hooks.dialects import portable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from twelve.interfaces.hooks.entry import Answer, Site
    from twelve.interfaces.hooks.occasion import Occasion
    from twelve.interfaces.hooks.seals import Difference

PROSE = ("md", "rst", "txt", "adoc")
HARMLESS = screening.QUIET_TOOLS | frozenset((*screening.READERS, "Glob", "Grep", "LS", "glob", "list_directory", "search_file_content"))


def answer(seen: Occasion, site: Site) -> tuple[Answer, str, tuple[str, ...], str]:
    """Silence, or a block that tells the model which protected file is no longer what it was."""
    if seen.tool in HARMLESS or _needed_no_look(seen):
        return (0, b"", b""), "silent", (), ""
    _, actions, decision = judgement.weigh(seen, site)
    _remember(seen, site, actions)
    strange, kept = _strange(seen, site, actions, decision)
    if not strange and not kept:
        return (0, b"", b""), "silent", (), ""
    for entry in strange:
        tampers.write_down(entry, seen, site.state)
    return portable.block(tampers.reason([*strange, *kept], seen.root)), DENY, ("tampered",), ""


def _strange(seen: Occasion, site: Site, actions: tuple[Action, ...], decision: Decision) -> tuple[list[Difference], list[Difference]]:
    """Differences this call was not allowed to make, and what git's hooks kept while it ran."""
    before = references.moved(site, seen.root)
    records: list[str] = []
    found = seals.differences(site, seen.root, began=_began(seen, site), records=records)
    if not found and before is None and not records:
        return [], []
    story = explaining.Story(seen, site, actions, decision, granted=_granted(seen, site))
    old = before[0] if before else references.known(site, seen.root)
    strange = story.unexplained(found, watching.roots(site, seen.root), old)
    if before:
        strange += references.strange(*before, site, seen.root, story)
    return strange, tampers.told_by_git(records)


def _began(seen: Occasion, site: Site) -> bool:
    """Whether seals of this tree were taken: the mark beside the heartbeats says so, or the session's own record."""
    if seals.exist(site.state, seen.root):
        return True
    if seen.root == site.config["root"] and not seals.fresh(site.folder):
        return True
    place = trail.short(seen.root)
    record = sessions.happenings(site.state, seen.session)
    return any(entry.get("kind") == sessions.ARMED and entry.get("place") == place for entry in record)


def _granted(seen: Occasion, site: Site) -> bool:
    """Whether a person's word let exactly this call through although the policy refuses it."""
    digest = requests.subject(seen.tool, notation.write(seen.tool_input), seen.root)
    record = sessions.happenings(site.state, seen.session)
    return any(entry.get("kind") == sessions.LET and entry.get("call") == digest for entry in record)


def _needed_no_look(seen: Occasion) -> bool:
    raw = notation.write(seen.tool_input).encode()
    return screening.cleared(raw, seen.tool, seen.tool_input, seen.cwd, seen.root)


def _remember(seen: Occasion, site: Site, actions: tuple[Action, ...]) -> None:
    edited = sum(1 for action in actions if _edits_source(action, seen.root))
    if edited:
        sessions.note(site, seen, sessions.EDIT, files=edited)
    command = seen.tool_input.get("command")
    if isinstance(command, str) and seen.tool in ("Bash", "run_shell_command", "exec_command", "shell"):
        for check in checks.recognise(command, seen.cwd, seen.root):
            sessions.note(site, seen, sessions.CHECK, check=check.kind, ok=checks.succeeded(check, seen))


def _edits_source(action: Action, root: str) -> bool:
    below = action.path.startswith(root + "/") and not action.path.startswith((root + "/.twelve/", root + "/.git/"))
    return action.kind in (WRITE, DELETE) and below and action.path.rpartition(".")[2] not in PROSE
