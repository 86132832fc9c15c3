"""What a person can be asked, and the digest that ties an answer to exactly one thing."""

from __future__ import annotations

import hashlib
from enum import StrEnum


class RequestKind(StrEnum):
    """What is asked for. The kind decides what a rejection means."""

    PLAN = "plan"
    """May this plan be carried out? Rejected: the plan is written again with the reason."""
    CHECKPOINT = "checkpoint"
    """A question the plan itself put before a step. Rejected: back to the plan with the reason."""
    ROUNDS = "rounds"
    """The agent used up its rounds on one unit. Granted: as many again. Rejected: the run ends."""
    ORACLE = "oracle"
    """A pinned test or snapshot differs. Granted: the new content is the oracle. Rejected: it has to be put back."""
    DIFF = "diff"
    """A gate lets only a diff pass that a person has read. Rejected: the work goes back with the reason."""


class RequestStatus(StrEnum):
    """Where a request stands. EXPIRED is not a denial: the question is simply asked again."""

    PENDING = "pending"
    GRANTED = "granted"
    REJECTED = "rejected"
    EXPIRED = "expired"


def subject(kind: RequestKind, *parts: str) -> str:
    """sha256 hex over the kind and the exact things asked about; parts cannot run into each other."""
    framed = "".join(f"{len(part)}:{part}" for part in (kind.value, *parts))
    return hashlib.sha256(framed.encode("utf-8", "surrogateescape")).hexdigest()
