"""What Codex would load here: the project's and the person's hooks, in JSON or in its settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twelve.model.errors import TwelveError
from twelve.system import files, processes
from twelve.system.documents import load_toml
from twelve.workflow.install.doctor import trust
from twelve.workflow.livefire import codex_server, entries
from twelve.workflow.livefire.entries import Entry, Reading
from twelve.workflow.livefire.words import Around, Cause, Problem

TYPES = ("command", "mcp_tool", "prompt", "agent")


def read(around: Around) -> Reading:
    """Every place hooks may stand, and whether the client trusts ours: it leaves out what a person has not trusted."""
    folder = home(around)
    places = (folder / "hooks.json", around.root / ".codex/hooks.json")
    config = folder / "config.toml"
    found: list[Entry] = []
    problems: list[Problem] = []
    settings = _settings(config, problems)
    for path in places:
        try:
            value = entries.document(path)
        except TwelveError as trouble:
            problems.append(entries.unreadable("codex", path, trouble))
            continue
        if _take(value.get("hooks") if isinstance(value, dict) else None, path, found, problems):
            problems += _distrust(around.root, path, value, settings)
    hooks = settings.get("hooks")
    _take({k: v for k, v in hooks.items() if k != "state"} if isinstance(hooks, dict) else None, config, found, problems)
    return Reading(entries=tuple(found), problems=tuple(problems), files=(*map(str, places), str(config)))


def asked(around: Around) -> Problem | str:
    """What the installed client itself says about our hooks in this project: what is wrong, or a word for the note."""
    program = processes.which("codex", path=around.environ.get("PATH", os.defpath))
    path = around.root / ".codex/hooks.json"
    hooks = _member(entries.document(path), "hooks")
    if program is None or not isinstance(hooks, dict):
        return ""
    listed = codex_server.hooks(program, home(around), around.root, around.environ)
    if listed is None:
        return "the client itself gave no answer about trust"
    running = {item.key for item in listed if item.trusted and item.enabled}
    lost = [key for key, _ in trust.entries(path, hooks) if key not in running]
    return (
        _untrusted(path, f"codex itself says it leaves out {len(lost)} of our entries")
        if lost
        else "the client itself says it trusts all of it"
    )


def home(around: Around) -> Path:
    """Where the person's own settings are."""
    return Path(around.environ.get("CODEX_HOME") or around.home / ".codex")


def _take(hooks: Any, path: Path, found: list[Entry], problems: list[Problem]) -> bool:
    """Whether the file is loaded at all."""
    listed = list(entries.listed(hooks, path))
    unknown = [entry.type for entry in listed if entry.type not in TYPES]
    if unknown:
        problems.append(entries.unknown_type("codex", path, unknown))
    else:
        found += listed
    return not unknown


def _settings(path: Path, problems: list[Problem]) -> dict[str, Any]:
    try:
        found: dict[str, Any] = load_toml(files.read_text(path), name=str(path)) if path.is_file() else {}
    except TwelveError as trouble:
        problems.append(entries.unreadable("codex", path, trouble))
        return {}
    return found


def _distrust(root: Path, path: Path, value: Any, settings: dict[str, Any]) -> Iterator[Problem]:
    hooks = value.get("hooks") if isinstance(value, dict) else None
    try:
        ours = tuple(trust.entries(path, hooks)) if isinstance(hooks, dict) else ()
    except (AttributeError, TypeError):
        return
    if ours and path.is_relative_to(root) and not _project(root, settings):
        yield _untrusted(path, "codex does not trust this project, so it reads none of its hooks")
        return
    state = _member(settings, "hooks", "state")
    open_ones = [key for key, digest in ours if _member(state, key, "trusted_hash") != digest]
    off = [key for key, _ in ours if _member(state, key, "enabled") is False]
    if open_ones or off:
        yield _untrusted(
            path, f"codex does not trust {len({*open_ones, *off})} of our {len(ours)} entries as they are now, so it leaves them out"
        )


def _project(root: Path, settings: dict[str, Any]) -> bool:
    projects = settings.get("projects", {})
    return any(_member(projects, str(folder), "trust_level") == "trusted" for folder in (root, *root.parents))


def _member(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _untrusted(path: Path, what: str) -> Problem:
    return Problem(
        cause=Cause.UNTRUSTED,
        what=what,
        why="it does so without a word when it runs without a terminal",
        next="start codex in this folder once, look at the hooks it asks about, and trust them",
        path=str(path),
    )
