"""Folders of the person, outside any repository."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from twelve.system import files


def state_home() -> Path:
    """Where Twelve keeps what belongs to a person's machine: `$XDG_STATE_HOME/twelve`, else `~/.local/state/twelve`.

    Without a home that can be written to, a private folder among the temporary files serves. Raises TwelveError
    when not even that can be had, or when it belongs to somebody else.
    """
    named = os.environ.get("XDG_STATE_HOME", "")
    home = os.environ.get("HOME", "")
    candidates = [Path(named)] if named.startswith("/") else [Path(home, ".local", "state")] if home.startswith("/") else []
    for base in candidates:
        if _usable(base / "twelve"):
            return base / "twelve"
    return files.private_directory(Path(tempfile.gettempdir()) / f"twelve-{os.getuid()}")


def _usable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)
