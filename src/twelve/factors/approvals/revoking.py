"""Taking a decision back: a record of its own, in the state for this machine and in git notes for every other."""

from __future__ import annotations

from pathlib import Path

import msgspec

from twelve.factors.approvals.decision import Revocation, SignedDecision
from twelve.system import files

LIMIT = 20_000
"""Largest revocation read, bytes (ours)."""


def revoke(state: Path, revocation: Revocation) -> bool:
    """Keep a revocation; False when the decision was revoked before."""
    return files.create_exclusive(_path(state, revocation.decision), msgspec.json.encode(revocation))


def revoked(state: Path, signed: SignedDecision) -> bool:
    """Whether the decision was taken back. A damaged file counts: it cannot be told to mean nothing."""
    return _path(state, signed.digest).exists()


def read(state: Path, digest: str) -> Revocation | None:
    """Why it was taken back; None when it was not, or when nobody can read why."""
    path = _path(state, digest)
    try:
        return msgspec.json.decode(files.read_bounded(path, LIMIT), type=Revocation) if path.is_file() else None
    except msgspec.MsgspecError:
        return None


def _path(state: Path, digest: str) -> Path:
    return state / "revocations" / f"{digest[:32]}.json"
