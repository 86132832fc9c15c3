"""Files whose change no tool call may bring about, listed for the check after each call."""

from __future__ import annotations

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
"""Watched with whatever they hold."""
HOME = (".claude/settings.json", ".codex/hooks.json", ".gitconfig")
MOST = 200
"""Paths of a tree watched at most (ours): each costs one `lstat` after every call."""


def sealed(repository: git.Repository, settings: Settings, home: Path) -> dict[str, tuple[str, ...]]:
    """What is watched: files of a work tree, folders of a work tree, folders and files anywhere.

    Nothing here depends on what lies in those folders today or on the shell it is asked from, so the same policy gives the
    same bundle.
    """
    return {
        "tree": _tree(repository, settings),
        "folders": FOLDERS,
        "hooks": (str(repository.common_dir / "hooks"),),
        "absolute": tuple(str(home / name) for name in HOME),
    }


def _tree(repository: git.Repository, settings: Settings) -> tuple[str, ...]:
    globs = settings.guard.protected_paths
    extra = [name for name in repository.files() if _matches(name, globs)] if globs else []
    return tuple(dict.fromkeys([*TREE, *extra]))[:MOST]


def _matches(name: str, globs: tuple[str, ...]) -> bool:
    path = Path(name)
    return any(path.match(glob) or name == glob or name.startswith(glob.rstrip("*/") + "/") for glob in globs)
