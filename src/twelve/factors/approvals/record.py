"""Requests to people and their answers, one file each under the repository's shared state.

`<state>/requests/<id>.json` is written by the driver, `<state>/decisions/<id>.json` by whoever answers. Both are created
once and never changed, so an answer can be given with no worker alive and cannot be given twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from twelve.factors.approvals.decision import Decision, Method
from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.factors.approvals.signature import tier
from twelve.model.errors import Trouble, TwelveError
from twelve.model.settings import ApprovalSettings
from twelve.system import clock, files, redact

T = TypeVar("T")

LIMIT = 200_000
"""Largest request or decision file read, bytes."""
_ID = re.compile(r"[a-z]+-[0-9a-f]{8}(-\d+)?")


class Request(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.request.v1"):
    """A question to a person about exactly one thing."""

    id: str
    run: str
    kind: RequestKind
    subject: str
    question: str
    about: str = ""
    created: datetime
    overdue: datetime
    expires: datetime


class Standing(Struct, frozen=True, kw_only=True):
    """A request with what became of it."""

    request: Request
    status: RequestStatus
    decision: Decision | None = None
    overdue: bool = False

    @property
    def reason(self) -> str:
        return self.decision.reason if self.decision else ""


def ask(
    state: Path,
    *,
    run: str,
    kind: RequestKind,
    subject: str,
    question: str,
    about: str,
    settings: ApprovalSettings,
    now: datetime | None = None,
) -> Standing:
    """Put a question, or return the standing one about the same subject. Asking twice leaves one request.

    Only when every earlier request about it has expired is a new one created: expiry is not denial.
    """
    moment = now or clock.now()
    stem = f"{kind.value}-{subject[:8]}"
    for number in range(1, 1000):
        id = stem if number == 1 else f"{stem}-{number}"
        request = Request(
            id=id,
            run=run,
            kind=kind,
            subject=subject,
            question=redact.redact(question),
            about=about,
            created=moment,
            overdue=moment + timedelta(hours=settings.escalate_h),
            expires=moment + timedelta(hours=settings.timeout_h),
        )
        files.create_exclusive(_requests(state) / f"{id}.json", msgspec.json.encode(request))
        standing = find(state, id, now=moment)
        if standing.request.subject == subject and standing.request.run == run and standing.status is not RequestStatus.EXPIRED:
            return standing
    raise TwelveError(
        f"{stem} was asked a thousand times", why="every request about it expired", next="cancel the run", kind=Trouble.ESCALATED
    )


def answer(
    state: Path, id: str, *, granted: bool, reason: str, by: str, method: Method = Method.UNSIGNED_CLI, now: datetime | None = None
) -> Decision:
    """Answer a pending request, once.

    Raises:
        TwelveError: unknown, expired or already answered request, or a rejection without a reason.
    """
    standing = find(state, id, now=now)
    if standing.status is RequestStatus.EXPIRED:
        raise TwelveError(
            f"request {id} has expired", why="an old answer must not fit a new situation", next="resume the run: it asks again"
        )
    if not granted and not reason.strip():
        raise TwelveError("a rejection needs a reason", why="the run goes back with it", next="give it with --reason")
    decision = Decision(
        request=id,
        subject=standing.request.subject,
        granted=granted,
        reason=redact.redact(reason.strip()),
        by=by,
        method=method,
        tier=tier(method),
        at=now or clock.now(),
    )
    if standing.decision or not files.create_exclusive(_decisions(state) / f"{id}.json", msgspec.json.encode(decision)):
        raise TwelveError(f"request {id} is already answered", why="an answer is given once", next="see `twelve runs` for what is open")
    return decision


def find(state: Path, id: str, *, now: datetime | None = None) -> Standing:
    """One request and where it stands. TwelveError when there is none or its file is damaged."""
    if not _ID.fullmatch(id):
        raise TwelveError(f"{id!r} is not a request id", why="it looks like `plan-1a2b3c4d`", next="see `twelve runs` for open requests")
    path = _requests(state) / f"{id}.json"
    if not path.is_file():
        raise TwelveError(f"there is no request {id}", why="nothing by this id was asked here", next="see `twelve runs` for open requests")
    return _standing(state, _decode(path, Request), now or clock.now())


def standings(state: Path, *, run: str = "", now: datetime | None = None) -> tuple[Standing, ...]:
    """All requests, oldest first; of one run when `run` is given."""
    moment = now or clock.now()
    found = (_standing(state, request, moment) for request in _scan(state) if not run or request.run == run)
    return tuple(sorted(found, key=lambda item: (item.request.created, item.request.id)))


def pending(state: Path, *, run: str = "", now: datetime | None = None) -> tuple[Standing, ...]:
    return tuple(item for item in standings(state, run=run, now=now) if item.status is RequestStatus.PENDING)


def _standing(state: Path, request: Request, now: datetime) -> Standing:
    path = _decisions(state) / f"{request.id}.json"
    decision = _decode(path, Decision) if path.is_file() else None
    if decision and decision.subject == request.subject and decision.at <= request.expires:
        return Standing(request=request, status=RequestStatus.GRANTED if decision.granted else RequestStatus.REJECTED, decision=decision)
    if now > request.expires:
        return Standing(request=request, status=RequestStatus.EXPIRED)
    return Standing(request=request, status=RequestStatus.PENDING, overdue=now > request.overdue)


def _scan(state: Path) -> Iterator[Request]:
    folder = _requests(state)
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        yield _decode(path, Request)


def _decode(path: Path, type: type[T]) -> T:
    try:
        return msgspec.json.decode(files.read_bounded(path, LIMIT), type=type)
    except msgspec.MsgspecError as trouble:
        raise TwelveError(
            f"{path.name} in {path.parent.name} is damaged",
            why=str(trouble),
            next="remove the file and resume the run",
            kind=Trouble.DAMAGED,
        ) from None


def _requests(state: Path) -> Path:
    return state / "requests"


def _decisions(state: Path) -> Path:
    return state / "decisions"
