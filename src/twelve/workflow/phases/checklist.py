"""The universal exit checklist: five questions every phase answers in words (S0)."""

from __future__ import annotations

from msgspec import Struct, structs

from twelve.workflow.phases import wording

QUESTIONS: dict[str, str] = {
    "outcome": "What is the outcome, in one sentence?",
    "assumptions": "Which assumptions were validated, and how?",
    "intent": "Where is the intent documented, and what is it?",
    "observability": "What shows that it works, now and later?",
    "stranger": "Could a stranger follow the choice? What would they need to read?",
}


class Checklist(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers; a placeholder counts as unanswered."""

    outcome: str
    assumptions: str
    intent: str
    observability: str
    stranger: str


def unanswered(checklist: Checklist) -> tuple[str, ...]:
    """Names of the questions without a real answer."""
    return tuple(name for name, answer in structs.asdict(checklist).items() if wording.placeholder(answer))
