"""The phase machine: a pure function from facts to state and allowed moves.

Admission test: it can be computed from `Facts` alone. Gathering facts and carrying out moves happen elsewhere;
hooks, terminal, server and driver all ask `judge`, and nobody keeps a second copy of its rules.
"""

from twelve.factors.context.budget import Band
from twelve.workflow.machine.facts import (
    ArtefactFacts,
    CheckpointFacts,
    CriterionFacts,
    Facts,
    GateFact,
    ObservabilityFacts,
    OracleFacts,
    PhaseFacts,
    Proof,
    Regression,
    RequestFacts,
    StepFacts,
)
from twelve.workflow.machine.gates import approved_diffs
from twelve.workflow.machine.judging import judge, unverified
from twelve.workflow.machine.moves import (
    Accept,
    Ask,
    Commit,
    Discard,
    Escalate,
    Finish,
    Gates,
    Move,
    Observe,
    Pin,
    Prove,
    Regress,
    SeeRed,
    Work,
    Write,
)
from twelve.workflow.machine.route import artefact, effective_size, planning, sequence, started_size
from twelve.workflow.machine.state import Missing, State, Status

__all__ = [
    "Accept",
    "ArtefactFacts",
    "Ask",
    "Band",
    "CheckpointFacts",
    "Commit",
    "CriterionFacts",
    "Discard",
    "Escalate",
    "Facts",
    "Finish",
    "GateFact",
    "Gates",
    "Missing",
    "Move",
    "ObservabilityFacts",
    "Observe",
    "OracleFacts",
    "PhaseFacts",
    "Pin",
    "Proof",
    "Prove",
    "Regress",
    "Regression",
    "RequestFacts",
    "SeeRed",
    "State",
    "Status",
    "StepFacts",
    "Work",
    "Write",
    "approved_diffs",
    "artefact",
    "effective_size",
    "judge",
    "planning",
    "sequence",
    "started_size",
    "unverified",
]
