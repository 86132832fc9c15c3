"""What an upgrade does with one file, in words."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Verdict(StrEnum):
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    """It was as we left it; now it is as this version writes it."""
    MERGED = "merged"
    """The person's edits and ours are both in it."""
    KEPT = "kept"
    """The person's edit and ours exclude each other, or they removed it: theirs stays."""
    ADDED = "added"


class Outcome(Struct, frozen=True, kw_only=True):
    """What happens to one file."""

    path: str
    verdict: Verdict
    person: bool = False
    """Whether a person has to decide."""
    why: str = ""
    difference: str = ""
    """For a kept file: from what is there to what this version would write."""
