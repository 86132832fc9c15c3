"""What proving talks about: guards, what stands in their way, and what came of the attempt."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from twelve.model.verdict import Outcome
from twelve.system import git

SLACK_S = 10.0
"""Least time a client must grant an answer a tool call hangs on, seconds: the hook's own deadline is 8 (ours)."""
MOST_S = 3_600.0
"""A longer time was meant in another unit, seconds (ours): the longest a client grants by itself is 600."""
HOOK = "hook.py"


class Cause(StrEnum):
    """Why something that should be stopped here would not be. Stable names."""

    SETTINGS_INVALID = "settings-invalid"
    HOOKS_DISABLED = "hooks-disabled"
    HOOK_MISSING = "hook-missing"
    WRONG_EVENT = "wrong-event"
    MATCHER = "matcher"
    NARROWED = "narrowed"
    TIMEOUT_UNIT = "timeout-unit"
    TIMEOUT_SHORT = "timeout-short"
    INTERPRETER = "interpreter-missing"
    PATH_SHADOWING = "path-shadowing"
    UNTRUSTED = "untrusted"
    TRACKED = "tracked-registration"
    ELSEWHERE = "another-repository"
    BUNDLE_MISSING = "bundle-missing"
    BUNDLE_STALE = "bundle-stale"
    POLICY_EDITED = "policy-edited"
    PERMISSIONS = "permissions"
    INTERRUPTED = "interrupted"
    CRASH = "crash"
    NOISE = "noise"
    TIMED_OUT = "timed-out"
    LET_THROUGH = "let-through"
    WRONG_ANSWER = "wrong-answer"
    REFUSES_ALL = "refuses-all"
    GIT_HOOK_MISSING = "git-hook-missing"
    GIT_HOOK_MODE = "git-hook-mode"
    GIT_HOOK_EDITED = "git-hook-edited"
    GIT_HOOKS_BYPASSED = "git-hooks-bypassed"


class Problem(Struct, frozen=True, kw_only=True):
    """One cause, in words."""

    cause: Cause
    what: str
    why: str = ""
    next: str = ""
    path: str = ""


class Guard(Struct, frozen=True, kw_only=True):
    """Everything registered with one client, or one git hook, on trial."""

    name: str
    """`claude`, `codex`, `gemini`, or `git pre-commit` and its like."""
    outcome: Outcome
    """PASS: seen to stop and to let pass. FAIL: would not stop something. SKIP: not here, and nothing is registered."""
    problems: tuple[Problem, ...] = ()
    shots: int = 0
    """Canaries fired."""
    slowest_ms: int = 0
    limit_ms: int = 0
    """What the client grants one answer; 0 = no limit."""
    note: str = ""


class Around(Struct, frozen=True, kw_only=True):
    """The repository and the surroundings a client would be started in."""

    repository: git.Repository
    environ: Mapping[str, str]

    @property
    def root(self) -> Path:
        return self.repository.root

    @property
    def home(self) -> Path:
        return Path(self.environ.get("HOME") or os.path.expanduser("~"))

    @property
    def hook(self) -> str:
        """Where the generated program of this repository lies."""
        return str(self.repository.state_dir / HOOK)
