"""A name for a repository that is the same in all its work trees and on every machine that shares its state."""

from __future__ import annotations

import secrets

from twelve.system import files, git


def of(repository: git.Repository) -> str:
    """16 hex digits, made once and kept in the repository's state."""
    path = repository.state_dir / "repository-id"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        files.create_exclusive(path, secrets.token_hex(8) + "\n")
    return files.read_text(path, 100).strip()
