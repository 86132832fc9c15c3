"""The five phases, their presets, and the sizes and risks that decide how much of them a task needs."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    PRIME = "prime"
    RESEARCH = "research"
    PLAN = "plan"
    IMPLEMENT = "implement"
    LEARN = "learn"


class Size(StrEnum):
    """How much ceremony a task gets; ordered, and overridable upward only."""

    TINY = "tiny"
    NORMAL = "normal"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Size).index(self)


class Preset(StrEnum):
    """Which phases a run goes through: all five, or the three- and four-phase forms of SPEC C7."""

    FULL = "full"
    RPI = "rpi"
    RPIL = "rpil"

    @property
    def phases(self) -> tuple[Phase, ...]:
        core = (Phase.RESEARCH, Phase.PLAN, Phase.IMPLEMENT)
        match self:
            case Preset.FULL:
                return tuple(Phase)
            case Preset.RPI:
                return core
            case Preset.RPIL:
                return (*core, Phase.LEARN)
