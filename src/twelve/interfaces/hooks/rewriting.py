"""A client's settings file changed: refused when it would take the guard away, let through otherwise.

A refusal keeps the old settings in force in the running session; the file itself stays as it is, so it is also told
afterwards and at `verify`.
"""

from __future__ import annotations

from twelve.interfaces.hooks import notation, seals, sessions, starting
from twelve.interfaces.hooks.dialects import portable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.interfaces.hooks.entry import Answer, Site
    from twelve.interfaces.hooks.occasion import Occasion

HOOK_TYPES = frozenset(("command", "http", "mcp_tool", "prompt", "agent"))
"""Types the oldest supported client knows; one unknown type drops the whole file there."""


def answer(seen: Occasion, site: Site) -> tuple[Answer, str, tuple[str, ...], str]:
    """Silence, or a block with the reason."""
    name = seen.text("file_path")
    trouble = _trouble(name, seen, site)
    if not trouble:
        return (0, b"", b""), "silent", (), ""
    reason = (
        f"The changed settings do not come into force: {trouble} [protect-policy]. Why: they would take the guard away. "
        "Next: put them back as they were and tell the person what you wanted to change."
    )
    return portable.block(reason), "deny", ("protect-policy",), ""


def _trouble(name: str, seen: Occasion, site: Site) -> str:
    record = sessions.happenings(site.state, seen.session)
    held = any(entry.get("kind") == sessions.ARMED and name in _files(entry) for entry in record)
    try:
        raw = seals.read(name)
    except OSError:
        return f"{_base(name)} is gone and held our hooks" if held else ""
    try:
        settings = notation.read(raw) if raw.strip() else {}
    except notation.Malformed:
        return f"{_base(name)} can no longer be read and held our hooks" if held else ""
    if settings.get("disableAllHooks") is True:
        return f"{_base(name)} turns hooks off"
    if held and not starting.registered(raw, site):
        return f"our hooks are no longer in {_base(name)}"
    if held and not _known_types(settings):
        return f"{_base(name)} holds a hook of an unknown type, for which the client drops all of it"
    return ""


def _files(entry: dict[str, Any]) -> list[Any]:
    files = entry.get("files")
    return files if isinstance(files, list) else []


def _known_types(settings: dict[str, Any]) -> bool:
    hooks = settings.get("hooks")
    groups = [group for listed in hooks.values() if isinstance(listed, list) for group in listed] if isinstance(hooks, dict) else []
    entries = [entry for group in groups if isinstance(group, dict) for entry in group.get("hooks") or ()]
    return all(isinstance(entry, dict) and entry.get("type") in HOOK_TYPES for entry in entries)


def _base(name: str) -> str:
    return name.rpartition("/")[2][:60] or "the settings file"
