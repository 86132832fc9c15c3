"""What Gemini CLI would load here: system, user and project settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twelve.model.errors import TwelveError
from twelve.workflow.livefire import entries, gemini_trust
from twelve.workflow.livefire.entries import Reading
from twelve.workflow.livefire.words import Around, Cause, Problem

SYSTEM = (Path("/etc/gemini-cli/settings.json"), Path("/Library/Application Support/GeminiCli/settings.json"))
OUR_NAME = "twelve"


def read(around: Around) -> Reading:
    """Every scope. A bad entry costs only itself here, a file that is no JSON all of it."""
    places = (around.home / ".gemini/settings.json", around.root / ".gemini/settings.json", *SYSTEM)
    loaded: dict[Path, Any] = {}
    problems: list[Problem] = []
    for path in places:
        try:
            loaded[path] = entries.document(path, comments=True)
        except TwelveError as trouble:
            problems.append(entries.unreadable("gemini", path, trouble))
    for path, found in loaded.items():
        problems += _switched_off(path, found)
    project = around.root / ".gemini/settings.json"
    if not gemini_trust.trusted(around, [found for path, found in loaded.items() if path != project]):
        # It leaves the project's file out altogether; what stands elsewhere still runs.
        ignored = loaded.pop(project, None)
        if isinstance(ignored, dict) and any(entry.ours for entry in entries.listed(ignored.get("hooks"), project)):
            problems.append(_untrusted(around))
    hooks = (entry for path, found in loaded.items() if isinstance(found, dict) for entry in entries.listed(found.get("hooks"), path))
    return Reading(entries=tuple(hooks), problems=tuple(problems), files=(*map(str, places), str(gemini_trust.place(around))))


def _untrusted(around: Around) -> Problem:
    return Problem(
        cause=Cause.UNTRUSTED,
        what="gemini does not trust this folder, so it reads none of its hooks",
        why="started with --skip-trust it runs every tool all the same",
        next="start gemini in this folder once and trust it",
        path=str(gemini_trust.place(around)),
    )


def _switched_off(path: Path, found: Any) -> Iterator[Problem]:
    config = found.get("hooksConfig") if isinstance(found, dict) else None
    if not isinstance(config, dict):
        return
    disabled = config.get("disabled")
    if config.get("enabled") is False or (isinstance(disabled, list) and OUR_NAME in disabled):
        what = f"{path} switches the hooks of gemini off (hooksConfig)"
        yield Problem(cause=Cause.HOOKS_DISABLED, what=what, next="take that setting out of the file", path=str(path))
