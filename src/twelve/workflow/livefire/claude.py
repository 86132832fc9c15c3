"""What Claude Code would load here: managed, user, project and local settings, and the hooks of enabled plugins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twelve.model.errors import TwelveError
from twelve.workflow.livefire import entries
from twelve.workflow.livefire.entries import Entry, Reading
from twelve.workflow.livefire.words import Around, Cause, Problem

TYPES = ("command", "http", "mcp_tool", "prompt", "agent")
MANAGED = (Path("/etc/claude-code/managed-settings.json"), Path("/Library/Application Support/ClaudeCode/managed-settings.json"))
EVENTS = frozenset(
    (
        "PreToolUse", "PostToolUse", "PostToolUseFailure", "PostToolBatch", "Notification", "UserPromptSubmit", "UserPromptExpansion",
        "SessionStart", "SessionEnd", "Stop", "StopFailure", "SubagentStart", "SubagentStop", "PreCompact", "PostCompact",
        "PermissionRequest", "PermissionDenied", "Setup", "TeammateIdle", "TaskCreated", "TaskCompleted", "Elicitation",
        "ElicitationResult", "ConfigChange", "WorktreeCreate", "WorktreeRemove", "InstructionsLoaded", "CwdChanged", "FileChanged",
        "MessageDisplay",
    )
)  # fmt: skip
"""Of the oldest supported version; one more in a plugin drops all hooks of that plugin there."""


def read(around: Around) -> Reading:
    """Every scope, merged as the client does: what stands later in the list wins where only one can."""
    folder = home(around)
    places = [folder / "settings.json", around.root / ".claude/settings.json", around.root / ".claude/settings.local.json", *MANAGED]
    loaded: dict[Path, dict[str, Any]] = {}
    problems: list[Problem] = []
    for path in places:
        try:
            found = entries.document(path)
        except TwelveError as trouble:
            problems.append(entries.unreadable("claude", path, trouble))
            continue
        unknown = [entry.type for entry in entries.listed(_hooks(found), path) if entry.type not in TYPES]
        if unknown:
            problems.append(entries.unknown_type("claude", path, unknown))
        elif isinstance(found, dict):
            loaded[path] = found
    problems += _switched_off(loaded)
    plugins = tuple(_plugins(folder, loaded))
    kept = tuple(entry for path, found in loaded.items() for entry in entries.listed(_hooks(found), path))
    return Reading(
        entries=(*kept, *(entry for entry in plugins if isinstance(entry, Entry))),
        problems=(*problems, *(item for item in plugins if isinstance(item, Problem))),
        files=tuple(str(path) for path in places),
    )


def home(around: Around) -> Path:
    """Where the person's own settings are."""
    return Path(around.environ.get("CLAUDE_CONFIG_DIR") or around.home / ".claude")


def _hooks(found: Any) -> Any:
    return found.get("hooks") if isinstance(found, dict) else None


def _switched_off(loaded: dict[Path, dict[str, Any]]) -> Iterator[Problem]:
    """One value counts: of the last scope that has one."""
    last = next(((path, found) for path, found in reversed(loaded.items()) if isinstance(found.get("disableAllHooks"), bool)), None)
    if last is not None and last[1]["disableAllHooks"]:
        yield _off(last[0], "disableAllHooks")
    for path in MANAGED:
        if loaded.get(path, {}).get("allowManagedHooksOnly") is True:
            yield _off(path, "allowManagedHooksOnly")


def _off(path: Path, name: str) -> Problem:
    next = f"take {name} out of the file"
    return Problem(cause=Cause.HOOKS_DISABLED, what=f"{path} switches the hooks of claude off ({name})", next=next, path=str(path))


def _plugins(folder: Path, loaded: dict[Path, dict[str, Any]]) -> Iterator[Entry | Problem]:
    """Hooks of plugins that are installed and enabled."""
    try:
        found = entries.document(folder / "plugins/installed_plugins.json")
    except TwelveError:
        return
    installed = found.get("plugins") if isinstance(found, dict) else None
    for name, copies in installed.items() if isinstance(installed, dict) else ():
        if not any(_enabled(settings, name) for settings in loaded.values()):
            continue
        for copy in copies if isinstance(copies, list) else [copies]:
            place = copy.get("installPath") if isinstance(copy, dict) else None
            if isinstance(place, str):
                yield from _plugin(Path(place))


def _enabled(settings: dict[str, Any], name: str) -> bool:
    wanted = settings.get("enabledPlugins")
    return isinstance(wanted, dict) and wanted.get(name) is True


def _plugin(place: Path) -> Iterator[Entry | Problem]:
    path = place / "hooks/hooks.json"
    env = (("CLAUDE_PLUGIN_ROOT", str(place)),)
    try:
        found = tuple(entries.listed(_hooks(entries.document(path)), path, env))
    except TwelveError as trouble:
        yield entries.unreadable("claude", path, trouble)
        return
    strange = [entry.type for entry in found if entry.type not in TYPES] or [entry.event for entry in found if entry.event not in EVENTS]
    if strange and any(entry.ours for entry in found):
        yield entries.unknown_type("claude", path, strange)
    elif not strange:
        yield from found
