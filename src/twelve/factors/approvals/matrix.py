"""How much an answer by a person is wanted, from four questions about a change. The table is policy (`[approvals]`)."""

from __future__ import annotations

from msgspec import Struct

from twelve.model.risk import Risk
from twelve.model.settings import ApprovalSettings, Level

LEVELS: tuple[Level, ...] = ("optional", "recommended", "required")
QUESTIONS = ("impact", "risk", "cost", "novelty")
"""Columns of the matrix (U:F08)."""


class Assessment(Struct, frozen=True, kw_only=True):
    """Low, medium or high for each question."""

    impact: Risk = Risk.LOW
    risk: Risk = Risk.LOW
    cost: Risk = Risk.LOW
    novelty: Risk = Risk.LOW
    confidence: float | None = None
    """0 to 1, of whoever proposes; None when nobody said."""


class Advice(Struct, frozen=True, kw_only=True):
    """What the matrix says, and which questions say so."""

    level: Level
    why: tuple[str, ...] = ()


def advise(assessment: Assessment, settings: ApprovalSettings) -> Advice:
    """The strongest level any question leads to. Great confidence lowers it only where the risk is low (U:F08)."""
    answers = {name: getattr(assessment, name) for name in QUESTIONS}
    levels = {name: getattr(settings, name)[answer.rank] for name, answer in answers.items()}
    strongest = max(levels.values(), key=LEVELS.index)
    why = tuple(f"{name} is {answers[name].value}: {levels[name]}" for name in QUESTIONS if levels[name] == strongest != "optional")
    sure = assessment.confidence is not None and assessment.confidence > settings.auto_confidence
    if sure and assessment.risk is Risk.LOW and strongest == "recommended":
        return Advice(level="optional", why=(f"confidence {assessment.confidence:.2f} and low risk",))
    return Advice(level=strongest, why=why)
