"""One thing that is wrong, where it is, and an identity that survives line shifts."""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(Struct, frozen=True, kw_only=True):
    """A defect at a place, with the rule that saw it and what to do about it."""

    rule: str
    """Stable kebab-case id, unique within its gate kind, e.g. `yaml-duplicate-key`."""
    message: str
    path: str = ""
    """Repository-relative, `/` separated; empty when the finding is about the whole."""
    line: int = 0
    """1-based; 0 when unknown."""
    severity: Severity = Severity.ERROR
    fix: str = ""
    """What to do next. Never a command that bypasses a check."""
    anchor: str = ""
    """Text that identifies the place when lines move, e.g. the offending line or key path."""

    @property
    def fingerprint(self) -> str:
        """16 hex digits over rule, path and anchor (or the message without its numbers): line-independent."""
        place = self.anchor or re.sub(r"\d+", "#", self.message)
        text = "\0".join((self.rule, self.path, " ".join(place.split())))
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
