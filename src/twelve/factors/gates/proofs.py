"""Whether a gate was seen red here: one record per gate and definition below `<git common dir>/twelve/state/proofs/`."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path

import msgspec

from twelve.factors.gates.definition import Gate
from twelve.model.gate import Seed
from twelve.system import files


class Standing(StrEnum):
    """What is known about a gate's ability to go red."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    UNPROVABLE = "unprovable"
    """Neither its definition nor its kind offers a defect to plant."""


class Proof(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.proof.v1"):
    """A gate went red on this seed, having been green on the same content without it."""

    gate: str
    kind: str
    definition: str
    seed: str
    """sha256 of the planted defect."""
    file: str
    because: str
    findings: int
    """Findings that the clean content did not have."""
    summary: str
    when: str


def path(state: Path, gate: Gate) -> Path:
    """Where the proof of this definition lives; another definition has another file, so its proof is void."""
    return state / "proofs" / f"{gate.id}-{gate.digest[:16]}.json"


def find(state: Path, gate: Gate) -> Proof | None:
    """The proof of exactly this definition, or None when absent or unreadable."""
    try:
        proof = msgspec.convert(json.loads(files.read_bounded(path(state, gate), 100_000)), Proof)
    except Exception:  # noqa: BLE001 - an unreadable proof proves nothing
        return None
    return proof if proof.definition == gate.digest and proof.gate == gate.id else None


def keep(state: Path, gate: Gate, proof: Proof) -> None:
    """Record a proof. TwelveError when the state folder cannot be written."""
    target = path(state, gate)
    target.parent.mkdir(parents=True, exist_ok=True)
    files.write_atomic(target, json.dumps(msgspec.to_builtins(proof), ensure_ascii=True, sort_keys=True, indent=1))


def forget(state: Path, gate: Gate) -> None:
    """A gate that no longer goes red loses its proof."""
    path(state, gate).unlink(missing_ok=True)


def standing(state: Path, gate: Gate, seed: Seed | None) -> Standing:
    """Proven, or still to be proven, or without anything to prove it with."""
    if find(state, gate):
        return Standing.PROVEN
    return Standing.UNPROVEN if seed else Standing.UNPROVABLE
