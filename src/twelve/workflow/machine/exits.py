"""What closes each phase, in words: the question of the method and the conditions the machine checks.

The code in `reading` and `implementing` is the rule; these lines describe it to people.
"""

from __future__ import annotations

from msgspec import Struct

from twelve.model.phase import Phase


class Exit(Struct, frozen=True, kw_only=True):
    """One phase's exit gate."""

    question: str
    """As the method asks it (S0)."""
    conditions: tuple[str, ...]


_ARTEFACT = "its artefact is written, fits its format and has no finding of severity error"
_RECORDED = "it is in the branch's history"
_GATES = "every gate that names the phase has passed on its content"

EXITS: dict[Phase, Exit] = {
    Phase.PRIME: Exit(
        question="Can the problem be said in one or two sentences?",
        conditions=(_ARTEFACT, _GATES, _RECORDED),
    ),
    Phase.RESEARCH: Exit(
        question="Could someone unfamiliar follow the findings and the choice?",
        conditions=(_ARTEFACT, _GATES, _RECORDED),
    ),
    Phase.PLAN: Exit(
        question="Does the plan have gates, and is it clear when people decide?",
        conditions=(_ARTEFACT, _GATES, _RECORDED, "a person approved exactly this plan, when the policy or the risk asks for it"),
    ),
    Phase.IMPLEMENT: Exit(
        question="Does it work, do all gates pass, can one see that it works?",
        conditions=(
            "at least one gate applies",
            "oracle files are pinned before the work they judge, and are as they were pinned or approved by a person",
            "in a driven run, existing tests and what decides how tests run are as in the base, named as oracles, or approved by a person",
            "every acceptance command was seen failing before the work, unless the plan gives a reason",
            "every step is closed with its validations and the quick suite passed on its own content",
            "the full suite has passed on exactly this content; in critical work every required gate was seen red here",
            "every acceptance command passes on exactly this content",
            "the plan's observability check passes on exactly this content, when it gives one",
            "the journal holds records of the run",
            "implement.md records this content and is in the branch's history",
            "people answered the questions the plan put before implement, its steps, and learn",
        ),
    ),
    Phase.LEARN: Exit(
        question="Can one or two patterns be named for reuse?",
        conditions=(_ARTEFACT, _GATES, _RECORDED, "nothing but records changed since implement"),
    ),
}
