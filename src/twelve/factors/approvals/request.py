"""What a person can be asked, and the digest that ties an answer to exactly one thing."""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

_ID = re.compile(r"[a-z]+-[0-9a-f]{8}(-\d+)?")


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
    CHANGE = "change"
    """Files whose change needs named people: CI, high-risk resources, our own policy. Rejected: the change may not be merged."""
    ACTION = "action"
    """Something the guard stopped and a person may allow once. Rejected: it stays forbidden."""
    DEPLOY = "deploy"
    """A saved plan or rendered manifests, to be applied exactly so. Rejected: nothing is applied."""
    EXEMPTION = "exemption"
    """A guard rule set aside for a scope and a time. Rejected: it stays in force."""


REUSABLE = frozenset((RequestKind.PLAN, RequestKind.CHECKPOINT, RequestKind.ROUNDS, RequestKind.DIFF))
"""Kinds a standing approval may answer. What judges, deploys, exempts or was stopped by the guard is asked for each time."""


ACTING = frozenset((RequestKind.ACTION, RequestKind.DEPLOY))
"""Kinds whose answer is a permission to act, and so ends with its time."""


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


def is_id(name: str) -> bool:
    """Whether a text has the shape of a request's id, `plan-1a2b3c4d`, and so is a safe file name."""
    return _ID.fullmatch(name) is not None
