"""Requests to people and their answers, one file each under the repository's shared state.

`<state>/requests/<id>.json` is written by the driver, `<state>/decisions/<id>[.n].json` by whoever answers. Both are
created once and never changed, so an answer can be given with no worker alive and cannot be given twice by one person.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from twelve.factors.approvals import decision as decisions
from twelve.factors.approvals import people, revoking, standing
from twelve.factors.approvals.brief import Brief
from twelve.factors.approvals.decision import Decision, Method, SignedDecision, Tier
from twelve.factors.approvals.request import ACTING, RequestKind, RequestStatus, is_id
from twelve.factors.approvals.signature import tier as tier_of
from twelve.factors.approvals.standing import Question
from twelve.model.errors import Trouble, TwelveError
from twelve.model.settings import ApprovalSettings
from twelve.system import clock, files, provenance, redact

T = TypeVar("T")

LIMIT = 400_000
"""Largest request or decision file read, bytes."""
MOST_ANSWERS = 100
"""Answers to one request, revoked ones included (ours)."""


class FileChange(Struct, frozen=True, kw_only=True, order=True):
    """One file of a change, by content: a rebase leaves it what it is."""

    path: str
    before: str
    """Blob id, "" where there was no file."""
    after: str


class Request(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="schema", tag="twelve.request.v1"):
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
    second: datetime | None = None
    """When it is shown as one for a second reviewer."""
    brief: Brief = Brief()
    approvers: int = 1
    """Different people that have to agree."""
    authors: tuple[str, ...] = ()
    """Who made it, by e-mail or signing key; none of them may be among several approvers."""
    requester: str = ""
    """Who asks; an exemption is never granted by who asked for it."""
    tier: Tier = Tier.ADVISORY
    """What each answer has to be worth at least."""
    risk: str = ""
    files: tuple[FileChange, ...] = ()
    """What a change request is about; `subject` is computed from it."""
    rule: str = ""
    scope: str = ""
    hours: float = 0
    """Life of what is granted, hours; 0 where content binds it."""


class Standing(Struct, frozen=True, kw_only=True):
    """A request with what became of it."""

    request: Request
    status: RequestStatus
    decision: Decision | None = None
    """The answer that settled it."""
    answers: tuple[SignedDecision, ...] = ()
    """All answers that count, in order."""
    overdue: bool = False
    level: int = 0
    """0 in time, 1 overdue, 2 for a second reviewer, 3 expired: for whoever manages (U:F08). The run stays stopped."""

    @property
    def reason(self) -> str:
        return self.decision.reason if self.decision else ""

    @property
    def lacking(self) -> int:
        """Approvers still to come."""
        return max(0, self.request.approvers - sum(item.decision.granted for item in self.answers))


class Wish(Struct, frozen=True, kw_only=True):
    """What a request says beyond its question."""

    brief: Brief = Brief()
    approvers: int = 1
    authors: tuple[str, ...] = ()
    requester: str = ""
    tier: Tier = Tier.ADVISORY
    risk: str = ""
    files: tuple[FileChange, ...] = ()
    rule: str = ""
    scope: str = ""
    hours: float = 0


def ask(
    state: Path,
    *,
    run: str,
    kind: RequestKind,
    subject: str,
    question: str,
    about: str,
    settings: ApprovalSettings,
    wish: Wish | None = None,
    now: datetime | None = None,
) -> Standing:
    """Put a question, or return the standing one about the same subject. Asking twice leaves one request.

    Only when every earlier request about it has expired is a new one created: expiry is not denial. A standing approval
    that covers it answers at once.
    """
    moment = now or clock.now()
    stem = f"{kind.value}-{subject[:8]}"
    extra = wish or Wish(tier=Tier(settings.tier))
    for number in range(1, 1000):
        request = Request(
            id=stem if number == 1 else f"{stem}-{number}",
            run=run,
            kind=kind,
            subject=subject,
            question=redact.redact(question),
            about=about,
            created=moment,
            overdue=moment + timedelta(hours=settings.escalate_h),
            second=moment + timedelta(hours=settings.escalate_second_h),
            expires=moment + timedelta(hours=settings.timeout_h),
            **_clean(extra),
        )
        path = _requests(state) / f"{request.id}.json"
        if files.create_exclusive(path, msgspec.json.encode(request)):
            provenance.wrote(state, path)
        found = _answered_beforehand(state, find(state, request.id, now=moment), moment)
        if found.request.subject == subject and found.request.run == run and found.status is not RequestStatus.EXPIRED:
            return found
    raise TwelveError(
        f"{stem} was asked a thousand times", why="every request about it expired", next="cancel the run", kind=Trouble.ESCALATED
    )


def answer(
    state: Path, id: str, *, granted: bool, reason: str, by: str, method: Method = Method.UNSIGNED_CLI, now: datetime | None = None
) -> Decision:
    """Answer a pending request without a signature, once.

    Raises:
        TwelveError: unknown, expired or already answered request, or a rejection without a reason.
    """
    decision = prepare(state, id, granted=granted, reason=reason, by=by, method=method, now=now)
    keep(state, SignedDecision(decision=decision), now=now)
    return decision


def prepare(
    state: Path,
    id: str,
    *,
    granted: bool,
    reason: str,
    by: str,
    method: Method,
    level: Tier | None = None,
    hours: float = 0,
    shown: Request | None = None,
    now: datetime | None = None,
) -> Decision:
    """The decision as it would be kept, to be signed first.

    `level`: what it is worth, where a key says more than the method. `hours`: life of a permission to act, where the
    request names none; an answer about content has none. `shown`: what the person read, which has to be what is there now.

    Raises TwelveError as `answer` does, and when this person or this kind of answer does not count for this request.
    """
    found = find(state, id, now=now)
    request = found.request
    if shown is not None and shown != request:
        raise TwelveError(
            f"request {id} changed while it was read",
            why="an answer to what was shown would count for something else",
            next="look at it again",
            kind=Trouble.DAMAGED,
        )
    if found.status is RequestStatus.EXPIRED:
        raise TwelveError(
            f"request {id} has expired", why="an old answer must not fit a new situation", next="resume the run: it asks again"
        )
    if not granted and not reason.strip():
        raise TwelveError("a rejection needs a reason", why="the run goes back with it", next="give it with --reason")
    moment = now or clock.now()
    life = request.hours or (hours if request.kind in ACTING else 0)
    decision = Decision(
        request=id,
        subject=request.subject,
        granted=granted,
        reason=redact.redact(reason.strip()),
        by=by,
        method=method,
        tier=level or tier_of(method),
        at=moment,
        kind=request.kind.value,
        about=request.about,
        run=request.run,
        valid_until=moment + timedelta(hours=life) if life else None,
        uses=0 if request.kind is RequestKind.EXEMPTION else 1,
        rule=request.rule,
        scope=request.scope,
        requester=request.requester,
    )
    _refuse(found, decision)
    return decision


def keep(state: Path, signed: SignedDecision, *, now: datetime | None = None) -> None:
    """Write an answer down, unless the request is settled or this person answered it. Raises TwelveError."""
    id = signed.decision.request
    # One lock for the look and the write: two answers of one person at the same moment are one.
    with files.FileLock(_decisions(state) / ".lock", timeout_s=30):
        _refuse(find(state, id, now=now), signed.decision)
        content = decisions.canonical(signed)
        made = next((path for path in _slots(state, id) if files.create_exclusive(path, content)), None)
        if made is not None:
            provenance.wrote(state, made)
        else:
            raise TwelveError(f"request {id} was answered {MOST_ANSWERS} times", why="each answer was revoked", next="cancel the run")


def find(state: Path, id: str, *, now: datetime | None = None) -> Standing:
    """One request and where it stands. TwelveError when there is none or its file is damaged."""
    if not is_id(id):
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


def history(state: Path) -> tuple[SignedDecision, ...]:
    """Every answer kept here, also those that were revoked or count for nothing."""
    return tuple(item for request in _scan(state) for item in _answers(state, request.id))


def _standing(state: Path, request: Request, now: datetime) -> Standing:
    found = tuple(item for item in _answers(state, request.id) if _counts(state, request, item))
    no = next((item.decision for item in found if not item.decision.granted), None)
    yes = [item.decision for item in found if item.decision.granted]
    if no:
        return Standing(request=request, status=RequestStatus.REJECTED, decision=no, answers=found)
    if len(yes) >= request.approvers:
        return Standing(request=request, status=RequestStatus.GRANTED, decision=yes[request.approvers - 1], answers=found)
    if now > request.expires:
        return Standing(request=request, status=RequestStatus.EXPIRED, answers=found, level=3)
    late = now > request.overdue
    level = 2 if request.second and now > request.second else int(late)
    return Standing(request=request, status=RequestStatus.PENDING, answers=found, overdue=late, level=level)


def _counts(state: Path, request: Request, item: SignedDecision) -> bool:
    decision = item.decision
    fits = decision.subject == request.subject and decision.request == request.id and decision.at <= request.expires
    strong = not decision.granted or decision.tier.rank >= request.tier.rank
    return fits and strong and not revoking.revoked(state, item)


def _refuse(found: Standing, decision: Decision) -> None:
    """Raise for an answer that would not count."""
    request = found.request
    known = {people.identity(item.decision.by) for item in found.answers}
    me = people.identity(decision.by)
    if found.status is not RequestStatus.PENDING or me in known:
        raise TwelveError(
            f"request {request.id} is already answered", why="an answer is given once", next="twelve approvals list shows what is open"
        )
    if not decision.granted:
        return
    if request.requester and me == people.identity(request.requester):
        raise TwelveError(f"{decision.by} asked for this", why="nobody grants what they asked for", next="let somebody else answer")
    if request.approvers > 1 and me in {people.identity(author) for author in request.authors}:
        raise TwelveError(f"{decision.by} made this change", why="an author is not one of its approvers", next="let somebody else answer")
    if decision.tier.rank < request.tier.rank:
        raise TwelveError(
            f"request {request.id} needs an answer that is {request.tier.value}",
            why=f"this one would be {decision.tier.value}",
            next="set up a key: docs/how-to/approve-with-a-key.md",
        )


def _answered_beforehand(state: Path, found: Standing, now: datetime) -> Standing:
    if found.status is not RequestStatus.PENDING:
        return found
    request = found.request
    question = Question(
        request=request.id,
        kind=request.kind,
        subject=request.subject,
        run=request.run,
        about=request.about,
        expires=request.expires,
        approvers=request.approvers,
        tier=request.tier,
        risk=request.risk,
    )
    given = standing.answer(state, question, now)
    if given is None:
        return found
    try:
        keep(state, given, now=now)
    except TwelveError:
        # Somebody answered in the same moment; whichever was first stands.
        return find(state, request.id, now=now)
    return find(state, request.id, now=now)


def _clean(wish: Wish) -> dict[str, Any]:
    """The wish's members without secrets."""
    members: dict[str, Any] = msgspec.structs.asdict(wish)
    members["brief"] = msgspec.convert(redact.redact_value(msgspec.to_builtins(wish.brief)), Brief)
    return members


def _answers(state: Path, id: str) -> Iterator[SignedDecision]:
    for path in _slots(state, id):
        if not path.is_file():
            return
        yield _decode(path, SignedDecision)


def _slots(state: Path, id: str) -> Iterator[Path]:
    for number in range(1, MOST_ANSWERS + 1):
        yield _decisions(state) / (f"{id}.json" if number == 1 else f"{id}.{number}.json")


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
