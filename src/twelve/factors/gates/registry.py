"""The table of gate kinds: the name people write in `twelve.toml` and the module that answers to it."""

from __future__ import annotations

import difflib
import importlib
from typing import cast

from twelve.factors.gates.kind import Kind
from twelve.model.errors import ConfigError

_ROOM = "twelve.factors.gates.kinds"

KINDS: dict[str, str] = {
    "command": f"{_ROOM}.command",
    "python_tests": f"{_ROOM}.python_tests",
    "ruff": f"{_ROOM}.ruff",
    "mypy": f"{_ROOM}.mypy",
    "yaml": f"{_ROOM}.yaml",
    "json": f"{_ROOM}.json",
    "toml": f"{_ROOM}.toml",
    "shell": f"{_ROOM}.shell",
    "commit_message": f"{_ROOM}.commit_message",
    "secrets": f"{_ROOM}.secrets",
    "markdown_links": f"{_ROOM}.markdown_links",
    "file_assertions": f"{_ROOM}.file_assertions",
    "rendered_manifests": f"{_ROOM}.rendered_manifests",
    "diff_review": f"{_ROOM}.diff_review",
    "integrity": f"{_ROOM}.integrity",
    "observability": f"{_ROOM}.observability",
    "large_files": f"{_ROOM}.large_files",
    "merge_markers": f"{_ROOM}.merge_markers",
}


def load(name: str) -> Kind:
    """The kind module called `name`; loaded on first use. ConfigError for a name that is not in the table."""
    dotted = KINDS.get(name)
    if dotted is None:
        near = difflib.get_close_matches(name, KINDS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(sorted(KINDS))}"
        raise ConfigError(f"there is no gate kind {name!r}", why="the kind decides how the gate judges", next=hint)
    return cast("Kind", importlib.import_module(dotted))
