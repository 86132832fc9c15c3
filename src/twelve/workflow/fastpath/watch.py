"""Files whose change no tool call may bring about, listed for the check after each call."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from twelve.model.settings import Settings
from twelve.system import git

TREE = (
    "twelve.toml", ".claude/settings.json", ".claude/settings.local.json", ".codex/hooks.json", ".codex/config.toml",
    ".gemini/settings.json", ".mcp.json", ".pre-commit-config.yaml", "lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml",
    ".gitlab-ci.yml", "azure-pipelines.yml", "Jenkinsfile", ".circleci/config.yml", ".travis.yml", ".github/CODEOWNERS", "CODEOWNERS",
)  # fmt: skip
"""Known by name, also while they do not exist."""
FOLDERS = (".husky", ".github/workflows", ".github/actions")
"""Watched with what they hold."""
HOME = (".claude/settings.json", ".codex/hooks.json", ".gitconfig")
MOST = 200
"""Paths watched at most (ours): each costs one `lstat` after every call."""


def tree(repository: git.Repository, settings: Settings) -> tuple[str, ...]:
    """Paths relative to a work tree. A folder ends in `/`: then its list of names counts."""
    found = [*TREE, *(name for folder in FOLDERS for name in _folder(repository.root, folder))]
    if settings.guard.protected_paths:
        found += [name for name in repository.files() if _matches(name, settings.guard.protected_paths)]
    return tuple(dict.fromkeys(found))[:MOST]


def absolute(repository: git.Repository, home: Path) -> tuple[str, ...]:
    """Paths outside any work tree: git's hooks and the person's own client settings."""
    hooks = repository.common_dir / "hooks"
    found = [f"{hooks}/", *(str(path) for path in sorted(hooks.glob("*")) if path.suffix != ".sample" and path.is_file())]
    folder = os.environ.get("CLAUDE_CONFIG_DIR")
    own = [f"{folder}/settings.json"] if folder else []
    return tuple(dict.fromkeys([*found, *own, *(str(home / name) for name in HOME)]))


def _folder(root: Path, folder: str) -> Iterator[str]:
    yield f"{folder}/"
    path = root / folder
    if path.is_dir() and not path.is_symlink():
        yield from (f"{folder}/{found.name}" for found in sorted(path.iterdir()) if found.is_file())


def _matches(name: str, globs: tuple[str, ...]) -> bool:
    path = Path(name)
    return any(path.match(glob) or name == glob or name.startswith(glob.rstrip("*/") + "/") for glob in globs)
