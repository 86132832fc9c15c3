"""What a check looks at and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from twelve.system import git
from twelve.workflow.install.arming import Arming
from twelve.workflow.install.record import Record


class Weight(StrEnum):
    BROKEN = "broken"
    """Something that should stop a forbidden action does not run, or stops everything."""
    WEAK = "weak"
    """It works, but less surely than it could."""
    NOTE = "note"
    """Worth knowing."""


class Ailment(Struct, frozen=True, kw_only=True):
    """One thing that is wrong. Never says how to get round a check."""

    check: str
    weight: Weight
    what: str
    why: str = ""
    next: str = ""
    path: str = ""
    repair: str = ""
    """Name of the repair that mends it; "" when only a person can."""


class Look(Struct, frozen=True, kw_only=True):
    """Everything the checks may look at; nothing of it is changed by them."""

    repository: git.Repository
    arming: Arming
    record: Record | None
    environ: Mapping[str, str]

    @property
    def home(self) -> Path:
        return Path(self.environ.get("HOME") or "/")

    @property
    def armed(self) -> tuple[str, ...]:
        """Clients registered in this work tree."""
        pieces = self.record.of_tree(str(self.repository.root)) if self.record else ()
        return tuple(name for name in ("claude", "codex", "gemini") if any(piece.part == name for piece in pieces))
