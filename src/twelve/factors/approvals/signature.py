"""How sure one can be that a person answered.

A process of the same user can type into a terminal, so an answer by challenge is advisory. A signature by a key that
is on the list says who; only when the agent cannot use that key does it also say that it was a person.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from twelve.factors.approvals import decision as decisions
from twelve.factors.approvals import signers
from twelve.factors.approvals.decision import NAMESPACE, Decision, Method, SignedDecision, Tier
from twelve.factors.approvals.signers import Signer
from twelve.system import clock, signing

__all__ = ["TIERS", "Checked", "Method", "Tier", "challenge", "check", "sign", "tier"]

TIERS: dict[Method, Tier] = {
    Method.TYPED_CHALLENGE: Tier.ADVISORY,
    Method.UNSIGNED_CLI: Tier.ADVISORY,
    Method.SSH: Tier.SIGNED,
    Method.GPG: Tier.SIGNED,
    Method.STANDING: Tier.ADVISORY,
}
"""What a method is worth before anybody checked a signature."""
SKEW = timedelta(minutes=10)
"""How far in the future an answer may claim to be, for clocks that differ (ours)."""
_FORMATS = {"ssh": Method.SSH, "gpg": Method.GPG}


class Checked(Struct, frozen=True, kw_only=True):
    """What a decision's signature is worth to somebody who trusts one list of signers and nothing else."""

    valid: bool
    """Signed by a key on the list, over exactly this decision."""
    who: str
    """The person on the list; "" unless valid."""
    tier: Tier
    """ADVISORY unless valid."""
    why: str
    """In words: what makes it so, or what is wrong."""
    key: str = ""
    """Fingerprint of the key, as ssh-keygen and gpg print it."""


def tier(method: Method) -> Tier:
    return TIERS[method]


def challenge(subject: str) -> str:
    """What a person types to show that they looked at this digest and no other."""
    return subject[:6]


def check(signed: SignedDecision, allowed_signers_text: str) -> Checked:
    """Judge a decision by its signature and the given list (from the base branch, never from the change itself).

    Says nothing about what the decision is about, whether it was granted, or whether it was revoked (`notes.revoked`).
    Raises ToolMissing when the list needs ssh-keygen or gpg and it is not installed.
    """
    if not signed.signature:
        return _no("nobody signed it")
    data = decisions.signed_bytes(signed)
    if data is None:
        return _no("it is not part of the batch that was signed")
    if signed.decision.method is not _FORMATS.get(signed.format):
        return _no(f"it says {signed.decision.method.value}, but carries {signed.format[:20] or 'another kind of'} signature")
    if signed.decision.at.tzinfo is None or signed.decision.at > clock.now() + SKEW:
        return _no("it claims to come from the future")
    known = signers.usable(allowed_signers_text)
    return _ssh(signed, data, known) if signed.format == "ssh" else _gpg(signed, data, known)


def sign(items: tuple[Decision, ...], *, format: str, key: str) -> tuple[SignedDecision, ...]:
    """The decisions with one signature over all of them. Raises ToolMissing, or TwelveError when the key does not sign."""
    data = decisions.payload(items)
    made = signing.ssh_sign(data, key, namespace=NAMESPACE) if format == "ssh" else signing.gpg_sign(data, key)
    members = decisions.batch(items)
    return tuple(SignedDecision(decision=item, format=format, signature=made, batch=members) for item in items)


def _ssh(signed: SignedDecision, data: bytes, known: tuple[Signer, ...]) -> Checked:
    parsed = signing.ssh_parse(signed.signature)
    if parsed is None:
        return _no("its signature is damaged")
    lines = [signer for signer in known if signer.kind == parsed.kind and signer.key == parsed.key]
    if not lines:
        return _no("its key is not on the list")
    why = ""
    for signer in lines:
        why = signing.ssh_verify(
            data, signed.signature, signers=signer.ssh_line(), principal=signer.who, namespace=NAMESPACE, at=signed.decision.at
        )
        if not why:
            return _yes(signer, parsed.touched, signing.ssh_fingerprint(parsed.key))
    return _no(why)


def _gpg(signed: SignedDecision, data: bytes, known: tuple[Signer, ...]) -> Checked:
    lines = [signer for signer in known if signer.kind == "gpg"]
    why = "its key is not on the list"
    for signer in lines:
        fingerprint, trouble = signing.gpg_verify(data, signed.signature, public_key=signer.key)
        if fingerprint:
            return _yes(signer, None, fingerprint)
        why = trouble if "NO_PUBKEY" not in trouble else why
    return _no(why)


def _yes(signer: Signer, touched: bool | None, key: str) -> Checked:
    if signer.security_key:
        level = Tier.ENFORCED if touched else Tier.SIGNED
        why = "a security key that saw a touch" if touched else "a security key that asked for no touch"
    elif signer.custody:
        level, why = Tier.ENFORCED, f"the list states that an agent cannot use the key: {signer.custody}"
    else:
        level, why = Tier.SIGNED, "a key on the list; nothing keeps a process of the same user from using it"
    return Checked(valid=True, who=signer.who, tier=level, why=why, key=key)


def _no(why: str) -> Checked:
    return Checked(valid=False, who="", tier=Tier.ADVISORY, why=why)
