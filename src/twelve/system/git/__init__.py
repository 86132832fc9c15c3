"""The one room that runs git: NUL-separated answers, scrubbed environment, no hooks unless asked, errors a person can act on."""

from __future__ import annotations

from twelve.system.git.changes import Change, ChangeKind, DiffStat
from twelve.system.git.commits import Commit, RefMovedError
from twelve.system.git.plumbing import FALLBACK_EMAIL, FALLBACK_NAME, MINIMUM, GitError
from twelve.system.git.repository import Repository, discover, init
from twelve.system.git.subject import RECORDS
from twelve.system.git.worktrees import Worktree

__all__ = [
    "FALLBACK_EMAIL",
    "FALLBACK_NAME",
    "MINIMUM",
    "RECORDS",
    "Change",
    "ChangeKind",
    "Commit",
    "DiffStat",
    "GitError",
    "RefMovedError",
    "Repository",
    "Worktree",
    "discover",
    "init",
]
