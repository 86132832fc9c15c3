"""How dangerous a change is, from the paths it touches and the words it uses."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Risk(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        return list(Risk).index(self)


class RiskSignal(Struct, frozen=True, kw_only=True):
    """One reason why a change is riskier than its size: the rule that fired and what it fired on."""

    rule: str
    risk: Risk
    evidence: str
