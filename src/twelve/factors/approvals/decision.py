"""A person's answer as a statement that can be signed, and the same with its signature.

The signed bytes are the canonical JSON of the decision: keys sorted, no blanks, ASCII only, members that hold their
default left out. A batch is answered once: then the signed bytes are the canonical list of all its decisions' digests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

NAMESPACE = "twelve-approval"
"""Namespace of ssh signatures: one made for a commit, a tag or a file is no approval."""
BATCH_SCHEMA = "twelve.decisions.v1"


class Method(StrEnum):
    """How the answer was given."""

    TYPED_CHALLENGE = "typed-challenge"
    """On a terminal, after typing part of the digest that is being answered."""
    UNSIGNED_CLI = "unsigned-cli"
    """By command, without a challenge."""
    SSH = "ssh-signature"
    GPG = "gpg-signature"
    STANDING = "standing"
    """By a standing approval a person gave before; what it is worth is what that one is worth."""


class Tier(StrEnum):
    """What an answer is worth as a proof that a person gave it."""

    ADVISORY = "advisory"
    """A process of the same user could have given it."""
    SIGNED = "signed"
    """By a key that is on the list; whoever can use the key could have given it, an agent of the same user included."""
    ENFORCED = "enforced"
    """By a key the agent cannot use: a security key that saw a touch, or one that is stated to be out of its reach."""

    @property
    def rank(self) -> int:
        return list(Tier).index(self)


class Decision(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="schema", tag="twelve.decision.v1"):
    """One answer to one request, valid for the digest it repeats.

    New members need a default, and a default never changes: otherwise old signatures would no longer fit.
    """

    request: str
    subject: str
    granted: bool
    reason: str
    by: str
    """Who says so; a claim. With a signature, the key's owner on the list counts instead."""
    method: Method
    tier: Tier
    """What the machine that recorded it took it for; `signature.check` decides."""
    at: datetime
    kind: str = ""
    """Kind of the request."""
    about: str = ""
    run: str = ""
    valid_until: datetime | None = None
    """For permissions to act; an answer about content is bound by its digest instead."""
    uses: int = 1
    """How often it may be used."""
    scope: str = ""
    """Glob over what a standing approval or an exemption covers."""
    rule: str = ""
    """Guard rule an exemption is from."""
    requester: str = ""
    """Who asked for it, where that may not be who grants it."""
    standing: str = ""
    """Id of the standing approval that gave this answer."""


class SignedDecision(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="schema", tag="twelve.signed-decision.v1"):
    """A decision as it is kept: one JSON file in the state, one JSON line in git notes. Unsigned without a signature."""

    decision: Decision
    format: str = ""
    """`ssh`, `gpg`, or "" when nobody signed."""
    signature: str = ""
    batch: tuple[str, ...] = ()
    """Digests of all decisions that were signed at once, sorted; empty when this one was signed alone."""

    @property
    def digest(self) -> str:
        return digest(self.decision)


class Revocation(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="schema", tag="twelve.revocation.v1"):
    """A decision taken back. Needs no signature to be heeded: whoever forges one only closes a door."""

    decision: str
    """Digest of the decision."""
    request: str
    by: str
    reason: str
    at: datetime
    tier: Tier = Tier.ADVISORY


def canonical(value: Any) -> bytes:
    """The one JSON text of a struct or builtin value."""
    return json.dumps(msgspec.to_builtins(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def sha256(value: Any) -> str:
    """Digest of a value's canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def digest(decision: Decision) -> str:
    return sha256(decision)


def payload(decisions: Sequence[Decision]) -> bytes:
    """What is signed for decisions answered at once."""
    return canonical(decisions[0]) if len(decisions) == 1 else _batch_payload(batch(decisions))


def batch(decisions: Sequence[Decision]) -> tuple[str, ...]:
    """The `batch` member of decisions answered at once."""
    return tuple(sorted(digest(item) for item in decisions)) if len(decisions) > 1 else ()


def signed_bytes(signed: SignedDecision) -> bytes | None:
    """What the signature has to cover; None when the decision is not in the batch it claims to be of."""
    if not signed.batch:
        return canonical(signed.decision)
    return _batch_payload(tuple(sorted(signed.batch))) if signed.digest in signed.batch else None


def decode(line: bytes | str) -> SignedDecision | None:
    """A kept decision; None for anything else, damaged lines included."""
    try:
        return msgspec.convert(json.loads(line), SignedDecision)
    except (ValueError, RecursionError, msgspec.ValidationError):
        return None


def _batch_payload(digests: tuple[str, ...]) -> bytes:
    return canonical({"schema": BATCH_SCHEMA, "decisions": list(digests)})
