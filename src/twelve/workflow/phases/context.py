"""What an artefact is checked against: its parents, the tree, the policy. Handed in, so that checks stay pure."""

from __future__ import annotations

from msgspec import Struct, field

from twelve.model.phase import Preset, Size
from twelve.model.risk import Risk
from twelve.model.settings import RunSettings


class Context(Struct, frozen=True, kw_only=True):
    """Everything a check may know besides the artefact."""

    run: str
    path: str = ""
    """Repository-relative path of the artefact, for findings."""
    size: Size = Size.NORMAL
    preset: Preset = Preset.FULL
    risk: Risk = Risk.LOW
    settings: RunSettings = field(default_factory=RunSettings)
    criteria: tuple[str, ...] = ()
    """Ids of the success criteria the plan has to cover."""
    scope: tuple[str, ...] = ()
    """Paths prime named."""
    gates: frozenset[str] = frozenset()
    """Ids of configured gates."""
    files: frozenset[str] = frozenset()
    """Files that exist in the tree before implement."""
    commits: tuple[str, ...] = ()
    """Object ids of the run's commits; empty = unknown, evidence is then not looked up."""
    subject: str = ""
    """Current subject, for implement's record."""
    steps: tuple[str, ...] = ()
    """Ids of the plan's steps, for implement's record."""
    closing: bool = False
    """Tiny only: learn's part is due."""
