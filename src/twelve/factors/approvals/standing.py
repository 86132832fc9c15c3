"""Standing approvals: a person's answer given beforehand to questions of one kind, within a scope, a time and a number.

`<state>/standing/<id>.json` holds a signed decision. It never answers what is listed as asked each time, what needs several
people, what needs a stronger answer than it is itself, nor anything of high risk.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct, structs

from twelve.factors.approvals import decision as decisions
from twelve.factors.approvals import request as requests
from twelve.factors.approvals import revoking, uses
from twelve.factors.approvals.decision import Decision, Method, SignedDecision, Tier
from twelve.factors.approvals.request import REUSABLE, RequestKind
from twelve.model.errors import TwelveError
from twelve.system import clock, files, provenance, redact

KIND = "standing"
LIMIT = 200_000
"""Largest file of a standing approval, bytes (ours)."""


class Question(Struct, frozen=True, kw_only=True):
    """What a standing approval would answer."""

    request: str
    kind: RequestKind
    subject: str
    run: str
    about: str
    expires: datetime
    approvers: int = 1
    tier: Tier = Tier.ADVISORY
    risk: str = ""


def propose(
    kind: RequestKind,
    scope: str,
    *,
    hours: float,
    count: int,
    most_hours: float,
    reason: str,
    by: str,
    method: Method,
    tier: Tier,
    now: datetime,
) -> Decision:
    """A standing approval to be signed and kept. Raises TwelveError for a kind that is asked each time, or odd bounds."""
    if kind not in REUSABLE:
        raise TwelveError(
            f"{kind.value} is asked each time",
            why="what judges, deploys or exempts is never approved beforehand",
            next=f"use it for {', '.join(sorted(item.value for item in REUSABLE))}",
        )
    if not 0 < hours <= most_hours:
        raise TwelveError(f"{hours:g} hours are too long", why=f"at most {most_hours:g} ([approvals] standing_max_h)", next="name fewer")
    if not 0 < count <= uses.MOST_USES:
        raise TwelveError(f"{count} uses are out of bounds", why=f"between 1 and {uses.MOST_USES}", next="name another number")
    if not scope.strip() or not reason.strip():
        raise TwelveError("a standing approval needs a scope and a reason", why="both are read by whoever asks later why it was allowed")
    until = now + timedelta(hours=hours)
    subject = decisions.sha256([kind.value, scope, clock.iso(until), count, secrets.token_hex(8)])
    return Decision(
        request=f"{KIND}-{subject[:8]}",
        subject=subject,
        granted=True,
        reason=redact.redact(reason.strip()),
        by=by,
        method=method,
        tier=tier,
        at=now,
        kind=KIND,
        about=kind.value,
        valid_until=until,
        uses=count,
        scope=scope,
    )


def keep(state: Path, signed: SignedDecision) -> None:
    """Write it down. Raises TwelveError when its id is taken."""
    path = _folder(state) / f"{signed.decision.request}.json"
    if not files.create_exclusive(path, decisions.canonical(signed)):
        raise TwelveError(f"{signed.decision.request} already exists", why="a standing approval is given once", next="give it again")
    provenance.wrote(state, path)


def listing(state: Path) -> tuple[SignedDecision, ...]:
    """Every standing approval ever given, oldest first; damaged files allow nothing and are left out."""
    return tuple(sorted(_scan(state), key=lambda item: item.decision.at))


def in_force(state: Path, now: datetime | None = None) -> tuple[SignedDecision, ...]:
    """Those that still answer something."""
    moment = now or clock.now()
    return tuple(item for item in listing(state) if _open(state, item, moment))


def find(state: Path, id: str) -> SignedDecision | None:
    return next((item for item in listing(state) if item.decision.request == id), None)


def answer(state: Path, question: Question, now: datetime) -> SignedDecision | None:
    """The answer a standing approval gives, its use recorded; None when none fits."""
    if question.kind not in REUSABLE or question.approvers > 1 or question.risk == "high" or now > question.expires:
        return None
    for item in in_force(state, now):
        if item.decision.about == question.kind.value and item.decision.tier.rank >= question.tier.rank and _covers(item, question):
            try:
                uses.take(state, item, question.request, now=now)
            except TwelveError:
                continue
            return SignedDecision(decision=_given(item.decision, question, now))
    return None


def _given(standing: Decision, question: Question, now: datetime) -> Decision:
    return structs.replace(
        standing,
        request=question.request,
        subject=question.subject,
        reason=f"standing approval {standing.request}: {standing.reason}",
        method=Method.STANDING,
        at=now,
        kind=question.kind.value,
        about=question.about,
        run=question.run,
        valid_until=None,
        uses=1,
        standing=standing.request,
    )


def _covers(item: SignedDecision, question: Question) -> bool:
    return any(text and fnmatchcase(text, item.decision.scope) for text in (question.run, question.about))


def _open(state: Path, item: SignedDecision, now: datetime) -> bool:
    until = item.decision.valid_until
    return until is not None and item.decision.at <= now <= until and uses.left(state, item) > 0 and not revoking.revoked(state, item)


def _scan(state: Path) -> Iterator[SignedDecision]:
    folder = _folder(state)
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            found = decisions.decode(files.read_bounded(path, LIMIT))
        except TwelveError:
            continue
        if found and found.decision.kind == KIND and found.decision.request == path.stem and requests.is_id(path.stem):
            yield found


def _folder(state: Path) -> Path:
    return state / "standing"
