"""Guard rules set aside by a person: for a scope, a reason and at most a day, each as an audited record.

Seam to the fast path, which reads one file per exemption, `<state>/exemptions/<id>.json`, and no signature:

    {"schema": "twelve.exemption.v1", "id": "exemption-1a2b3c4d", "rule": "protect-ci", "scope": "infra/**",
     "from": 1795178525, "expires": 1795182125, "uses": 1, "signed": {…}}

It applies to a finding of `rule` while `from` <= now < `expires` (Unix seconds), when the glob `scope` matches what the
action is about: a path relative to the repository, or the command line. Each use creates `<state>/exemptions/<id>.<n>.used`
exclusively, n from 1 to `uses`; when all exist it is used up. `uses` 0 means any number within its time. A revoked one is
moved to the folder `revoked` beside it.

A single call that the guard stopped and a person may allow is no exemption: that is a request of kind `action`, whose
decision file the fast path reads itself.

The state belongs to the same user as the agent, so these files are advisory. `verify` heeds only what was signed by a key
on the base branch's list, which it finds in `refs/notes/twelve/approvals`, never here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from twelve.factors.approvals import people, request, revoking
from twelve.factors.approvals.decision import Decision, Method, SignedDecision, Tier
from twelve.factors.approvals.request import RequestKind
from twelve.model.errors import Trouble, TwelveError
from twelve.model.guard import RulesSettings
from twelve.model.settings import ExemptionSettings
from twelve.system import clock, files, provenance, redact

LIMIT = 200_000
"""Largest exemption read, bytes (ours)."""
NEVER = frozenset(("forge-evidence",))
"""Rules nobody sets aside: what proves that a person decided cannot depend on who asks."""


class Exemption(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.exemption.v1"):
    """One rule set aside. What the fast path reads stands beside the decision that it repeats."""

    id: str
    rule: str
    scope: str
    starts: int = msgspec.field(name="from")
    expires: int
    uses: int
    signed: SignedDecision

    @property
    def decision(self) -> Decision:
        return self.signed.decision


def rules() -> tuple[str, ...]:
    """Ids of the rules an exemption may be from."""
    return tuple(found.encode_name for found in structs.fields(RulesSettings) if found.encode_name not in NEVER)


def propose(
    rule: str,
    *,
    scope: str,
    reason: str,
    requester: str,
    by: str,
    settings: ExemptionSettings,
    hours: float | None = None,
    uses: int = 0,
    method: Method = Method.TYPED_CHALLENGE,
    tier: Tier = Tier.ADVISORY,
    now: datetime | None = None,
) -> Decision:
    """An exemption to be signed and granted.

    Raises TwelveError for an unknown rule, a time out of bounds, no reason, no scope, or when who asks is who grants.
    """
    moment = now or clock.now()
    life = check(rule, scope=scope, reason=reason, hours=hours, settings=settings)
    if not requester.strip() or people.identity(requester) == people.identity(by):
        raise TwelveError(
            "who asks for an exemption does not grant it",
            why="one person could otherwise set aside every rule alone",
            next="name who asked with --requester; that is somebody else, or the agent",
        )
    subject = request.subject(RequestKind.EXEMPTION, rule, scope, clock.iso(moment), requester, reason)
    return Decision(
        request=f"{RequestKind.EXEMPTION.value}-{subject[:8]}",
        subject=subject,
        granted=True,
        reason=redact.redact(reason.strip()),
        by=by,
        method=method,
        tier=tier,
        at=moment,
        kind=RequestKind.EXEMPTION.value,
        about=rule,
        valid_until=moment + timedelta(hours=life),
        uses=uses,
        scope=scope,
        rule=rule,
        requester=requester,
    )


def check(rule: str, *, scope: str, reason: str, hours: float | None, settings: ExemptionSettings) -> float:
    """Life of an exemption in hours. Raises TwelveError when it may not be given like this."""
    if rule not in rules():
        why = "it decides who may decide" if rule in NEVER else f"the rules are {', '.join(rules())}"
        raise TwelveError(f"there is no exemption from {rule!r}", why=why, next="see `twelve guard list`")
    if not scope.strip() or not reason.strip():
        raise TwelveError("an exemption needs a scope and a reason", why="both are read by whoever audits it", next="add what is missing")
    life = settings.ttl_h if hours is None else hours
    if not 0 < life <= settings.max_ttl_h:
        raise TwelveError(
            f"an exemption of {life:g} hours is not given",
            why=f"it lasts at most {settings.max_ttl_h:g} ([exemptions] max_ttl_h)",
            next="name fewer hours, or change the policy itself",
        )
    return life


def grant(state: Path, signed: SignedDecision) -> Exemption:
    """Write an exemption down for the fast path; the same one twice is one file. Raises TwelveError for a decision that is none."""
    decision = signed.decision
    if not decision.granted or decision.kind != RequestKind.EXEMPTION.value or decision.valid_until is None or not decision.rule:
        raise TwelveError(f"{decision.request} is no exemption", why="it grants no rule, or not for a time", kind=Trouble.DAMAGED)
    exemption = _copy(signed)
    path = _folder(state) / f"{exemption.id}.json"
    if files.create_exclusive(path, msgspec.json.encode(exemption)):
        provenance.wrote(state, path)
    return exemption


def listing(state: Path) -> tuple[Exemption, ...]:
    """Every exemption ever granted here, oldest first. Files that say other than their decision are left out."""
    return tuple(sorted(_scan(state), key=lambda item: (item.starts, item.id)))


def active(state: Path, now: datetime | None = None) -> tuple[Exemption, ...]:
    """Those in force: begun, not over, not used up, not revoked."""
    moment = (now or clock.now()).timestamp()
    return tuple(item for item in listing(state) if item.starts <= moment < item.expires and not spent(state, item))


def spent(state: Path, exemption: Exemption) -> bool:
    """Whether it was revoked or used up."""
    if revoking.revoked(state, exemption.signed):
        return True
    return exemption.uses > 0 and all(_use(state, exemption, number).exists() for number in range(1, exemption.uses + 1))


def take(state: Path, exemption: Exemption) -> bool:
    """Record one use; False when it is used up. What the fast path does in its own words."""
    if revoking.revoked(state, exemption.signed):
        return False
    return exemption.uses == 0 or any(files.create_exclusive(_use(state, exemption, n), b"") for n in range(1, exemption.uses + 1))


def withdraw(state: Path, exemption: Exemption) -> None:
    """Take it out of the fast path's sight after a revocation: that reads no revocations."""
    path = _folder(state) / f"{exemption.id}.json"
    files.create_exclusive(_folder(state) / "revoked" / f"{exemption.id}.json", msgspec.json.encode(exemption))
    files.remove_tree(path)
    provenance.wrote(state, path)


def _copy(signed: SignedDecision) -> Exemption:
    decision = signed.decision
    return Exemption(
        id=decision.request,
        rule=decision.rule,
        scope=decision.scope,
        starts=_seconds(decision.at),
        expires=_seconds(decision.valid_until or decision.at),
        uses=decision.uses,
        signed=signed,
    )


def _scan(state: Path) -> Iterator[Exemption]:
    for folder in (_folder(state), _folder(state) / "revoked"):
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            try:
                found = msgspec.json.decode(files.read_bounded(path, LIMIT), type=Exemption)
            except (msgspec.MsgspecError, TwelveError):
                continue
            decision = found.signed.decision
            honest = decision.granted and decision.kind == RequestKind.EXEMPTION.value and found == _copy(found.signed)
            if honest and path.stem == found.id and request.is_id(found.id):
                yield found


def _use(state: Path, exemption: Exemption, number: int) -> Path:
    return _folder(state) / f"{exemption.id}.{number}.used"


def _seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())


def _folder(state: Path) -> Path:
    return state / "exemptions"
