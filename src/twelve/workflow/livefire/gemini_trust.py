"""Whether Gemini CLI trusts a folder: in one it does not, it reads none of the project's settings, hooks included."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from twelve.model.errors import TwelveError
from twelve.workflow.livefire import entries
from twelve.workflow.livefire.words import Around

FILE = "trustedFolders.json"
DENIED = "DO_NOT_TRUST"
_GIVEN = ("TRUST_FOLDER", "TRUST_PARENT")


def place(around: Around) -> Path:
    """Where the client keeps the folders a person has decided about."""
    return Path(around.environ.get("GEMINI_CLI_TRUSTED_FOLDERS_PATH") or around.home / ".gemini" / FILE)


def trusted(around: Around, settings: Iterable[Any]) -> bool:
    """The client's own order: environment, then `settings` (the person's and the system's), then the list of folders."""
    said = around.environ.get("GEMINI_CLI_TRUST_WORKSPACE")
    if around.environ.get("GEMINI_RESTRICTED_MODE") == "true" or said in ("true", "false"):
        return said == "true" and around.environ.get("GEMINI_RESTRICTED_MODE") != "true"
    if any(_member(found, "security", "folderTrust", "enabled") is False for found in settings):
        return True
    try:
        known = entries.document(place(around), comments=True)
    except TwelveError:
        return False
    return _nearest(known if isinstance(known, dict) else {}, os.path.realpath(around.root)) in _GIVEN


def _nearest(known: Mapping[str, Any], folder: str) -> Any:
    """What was decided about the longest path that holds the folder."""
    held = [(len(path), level) for path, level in known.items() if _holds(path, level, folder)]
    return max(held, key=lambda item: item[0])[1] if held else None


def _holds(path: str, level: Any, folder: str) -> bool:
    top = os.path.realpath(os.path.dirname(path) if level == "TRUST_PARENT" else path)
    return Path(folder).is_relative_to(top)


def _member(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
