"""`twelve approvals`: what is asked, what was answered, what stands, and whether the answers mean something."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from msgspec import Struct

from twelve.factors.approvals import decision as decisions
from twelve.factors.approvals import health as rates
from twelve.factors.approvals import keys, notes, record, session, signature, signers, standing, uses
from twelve.factors.approvals.decision import Decision, Method, Revocation
from twelve.factors.approvals.health import Health
from twelve.factors.approvals.record import Standing
from twelve.factors.approvals.request import RequestKind, RequestStatus
from twelve.factors.approvals.signature import Checked
from twelve.interfaces.cli import decide_answers, exits, terminal
from twelve.model.errors import TwelveError
from twelve.render import approval, human
from twelve.system import clock, git
from twelve.workflow import compose, deciding


class Listed(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.approvals.v1"):
    """Requests with what became of them."""

    requests: tuple[Standing, ...]


class Shown(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.approval.v1"):
    """One request in full."""

    request: record.Request
    status: RequestStatus
    level: int
    missing: tuple[str, ...]
    """Fields of the template nobody filled."""
    diff: str
    answers: tuple[Decision, ...]
    checked: tuple[Checked, ...]
    """What each answer is worth by the list of signers of the current commit."""
    advisory: str
    """What an unsigned answer does not prove."""


class Stands(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.standing-approvals.v1"):
    """Standing approvals in force, with the uses left."""

    approvals: tuple[Decision, ...]
    left: tuple[int, ...]


class Signers(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.signers.v1"):
    """The list of signers and what each key is worth as far as this machine can see."""

    keys: tuple[keys.Custody, ...]


@click.group(cls=terminal.VerbGroup, examples=("twelve approvals list", "twelve approvals show plan-1a2b3c4d"))
def command() -> None:
    """Requests to people, their answers, standing approvals and their health."""


@command.command("list", cls=terminal.Verb, answer=Listed, examples=("twelve approvals list", "twelve approvals list --all --json"))
@click.option("--all", "everything", is_flag=True, help="Also what is answered or expired.")
@terminal.json_option
@terminal.directory_option
def listing(everything: bool, as_json: bool, directory: Path) -> int:
    """Open requests, oldest first."""
    found = record.standings(terminal.session(directory).repository.state_dir)
    kept = tuple(item for item in found if everything or item.status is RequestStatus.PENDING)
    terminal.show(Listed(requests=kept), as_json=as_json, human=lambda: _table(kept))
    return exits.PASS


@command.command(
    cls=terminal.Verb, answer=Shown, examples=("twelve approvals show plan-1a2b3c4d", "twelve approvals show change-1a2b3c4d --diff")
)
@click.argument("id", metavar="REQUEST")
@click.option("--diff", "whole", is_flag=True, help="The whole change and nothing else, however long.")
@terminal.json_option
@terminal.directory_option
def show(id: str, whole: bool, as_json: bool, directory: Path) -> int:
    """Everything a reviewer needs; ends with 5 while the request is open."""
    repository = terminal.session(directory).repository
    found = record.find(repository.state_dir, id)
    deciding.verify_subject(found)
    diff = deciding.diff(repository, found)
    if whole and not as_json:
        terminal.say(human.clean(diff))
    else:
        shown = _shown(repository, found, diff)
        terminal.show(shown, as_json=as_json, human=lambda: _text(found, shown))
    return exits.WAITING if found.status is RequestStatus.PENDING else exits.PASS


@command.command(
    cls=terminal.Verb, answer=Listed, examples=("twelve approvals ask --base main", "twelve approvals ask --base main --task 'new runner'")
)
@click.option("--base", default="main", show_default=True, help="Revision the change starts from.")
@click.option("--task", default="", help="What the change is for, in words.")
@terminal.json_option
@terminal.directory_option
def ask(base: str, task: str, as_json: bool, directory: Path) -> int:
    """Ask for every approval the committed change needs before it may be merged."""
    here = terminal.session(directory)
    start = here.repository.merge_base(_revision(here.repository, base), "HEAD") or base
    found = deciding.ask_for_change(here.repository, here.settings, start, task=task)
    terminal.show(Listed(requests=found), as_json=as_json, human=lambda: _asked(found))
    return exits.WAITING if any(item.status is RequestStatus.PENDING for item in found) else exits.PASS


@command.command(
    "standing",
    cls=terminal.Verb,
    answer=Stands,
    examples=("twelve approvals standing", "twelve approvals standing plan --scope '*docs*' --hours 8 --uses 5 --reason 'typo sprint'"),
)
@click.argument("kind", required=False, type=click.Choice([kind.value for kind in RequestKind]))
@click.option("--scope", default="", help="Glob over the run's id or what a request is about.")
@click.option("--hours", type=float, default=24, show_default=True, help="How long it stands.")
@click.option("--uses", "count", type=int, default=1, show_default=True, help="How many requests it answers.")
@click.option("--reason", default="", help="Why nobody has to be asked.")
@click.option("--key", default="", help="Sign with this ssh key file or gpg key.")
@terminal.json_option
@terminal.directory_option
def stand(kind: str | None, scope: str, hours: float, count: int, reason: str, key: str, as_json: bool, directory: Path) -> int:
    """Standing approvals in force; with KIND, give one."""
    here = terminal.session(directory)
    if kind:
        session.require_person("give a standing approval")
        _give(here, RequestKind(kind), scope, hours, count, reason, key)
    state = here.repository.state_dir
    found = standing.in_force(state)
    left = tuple(uses.left(state, item) for item in found)
    answer = Stands(approvals=tuple(item.decision for item in found), left=left)
    terminal.show(answer, as_json=as_json, human=lambda: _standing_table(answer))
    return exits.PASS


@command.command(cls=terminal.Verb, answer=Revocation, examples=("twelve approvals revoke plan-1a2b3c4d --reason 'read it again'",
    "twelve approvals revoke standing-1a2b3c4d --reason 'sprint is over'"))  # fmt: skip
@click.argument("id")
@click.option("--reason", required=True, help="Why; kept with the revocation.")
@terminal.json_option
@terminal.directory_option
def revoke(id: str, reason: str, as_json: bool, directory: Path) -> int:
    """Take back an answer, a standing approval or an exemption. What was used already stays used."""
    here = terminal.session(directory)
    session.require_person("revoke")
    found = deciding.revoke(here.repository, here.journal, id, reason=reason, by=compose.person(here.repository))
    terminal.show(found, as_json=as_json, human=lambda: f"{found.request} no longer counts, by {found.by}")
    return exits.PASS


@command.command(cls=terminal.Verb, answer=Health, examples=("twelve approvals health", "twelve approvals health --json"))
@terminal.json_option
@terminal.directory_option
def health(as_json: bool, directory: Path) -> int:
    """Share and speed of the last 30 days' answers: 80 to 90 % approved is healthy. Ends with 1 when nobody seems to read."""
    here = terminal.session(directory)
    found = rates.judge(record.standings(here.repository.state_dir), here.settings.approvals, clock.now())
    terminal.show(found, as_json=as_json, human=lambda: "\n".join(_health(found)))
    return exits.RED if found.state in (rates.State.RUBBER_STAMP, rates.State.BAD) else exits.PASS


@command.command("signers", cls=terminal.Verb, answer=Signers, examples=("twelve approvals signers", "twelve approvals signers --json"))
@terminal.json_option
@terminal.directory_option
def people(as_json: bool, directory: Path) -> int:
    """Whose signatures count, and what each key is worth as far as this machine can see."""
    repository = terminal.session(directory).repository
    found = keys.custody(keys.listed(repository), Path.home() / ".ssh")
    rows = [(item.who, item.tier.value, item.why) for item in found]
    nobody = f"nobody: {signers.PATH} is not in the current commit"
    terminal.show(Signers(keys=found), as_json=as_json, human=lambda: human.table(("who", "worth", "why"), rows) if rows else nobody)
    return exits.PASS


@command.command(cls=terminal.Verb, examples=("twelve approvals export > approvals.jsonl", "twelve approvals export -C ../other"))
@terminal.directory_option
def export(directory: Path) -> int:
    """Every decision and revocation as JSON lines, for whoever keeps them longer than this clone."""
    repository = terminal.session(directory).repository
    for item in deciding.kept(repository):
        terminal.say(decisions.canonical(item).decode())
    for back in notes.revoked(repository).values():
        terminal.say(decisions.canonical(back).decode())
    return exits.PASS


def _give(here: terminal.Session, kind: RequestKind, scope: str, hours: float, count: int, reason: str, key: str) -> None:
    repository, settings = here.repository, here.settings.approvals
    chosen = keys.choose(repository, key)
    decision = standing.propose(
        kind,
        scope,
        hours=hours,
        count=count,
        most_hours=settings.standing_max_h,
        reason=reason,
        by=decide_answers.by(repository, chosen),
        method=chosen.method if chosen else Method.TYPED_CHALLENGE,
        tier=chosen.tier if chosen else decisions.Tier.ADVISORY,
        now=clock.now(),
    )
    if chosen is None:
        decide_answers.confirm([decision.subject], f"approve every {kind.value} of {scope} beforehand, {count} times")
    (signed,) = deciding.sign(repository, (decision,), chosen)
    deciding.stand(repository, here.journal, signed)


def _asked(found: tuple[Standing, ...]) -> str:
    """What was asked for, and what a person does next."""
    if not found:
        return "this change needs nobody's approval"
    waiting = " ".join(item.request.id for item in found if item.status is RequestStatus.PENDING)
    ways = (f"next: a person runs: twelve approve {waiting}", "then: twelve evidence push, so that other clones and CI see the answer")
    return "\n".join([_table(found), *(ways if waiting else ())])


def _revision(repository: git.Repository, name: str) -> str:
    found = repository.resolve(name)
    if not found and repository.is_unborn():
        raise TwelveError("there is no commit here yet", why="a change is asked about against what is committed", next="commit first")
    if not found and repository.resolve(f"origin/{name}"):
        raise TwelveError(f"there is no branch {name!r} in this clone", why="origin has one", next=f"--base origin/{name}")
    if not found:
        raise TwelveError(f"there is no revision {name!r}", why="git cannot resolve it", next="name the base with --base")
    return found


def _shown(repository: git.Repository, found: Standing, diff: str) -> Shown:
    text = keys.listed(repository)
    return Shown(
        request=found.request,
        status=found.status,
        level=found.level,
        missing=approval.gaps(found),
        diff=diff,
        answers=tuple(item.decision for item in found.answers),
        checked=tuple(signature.check(item, text) for item in found.answers),
        advisory=session.ADVISORY,
    )


def _text(found: Standing, shown: Shown) -> str:
    checked = [f"checked   {f'{item.who}: {item.tier.value}, ' if item.valid else 'not signed: '}{item.why}" for item in shown.checked]
    colour = sys.stdout.isatty()
    return "\n".join([approval.request(found, diff=shown.diff, colour=colour), *checked, f"note      {shown.advisory}"])


def _table(found: tuple[Standing, ...]) -> str:
    if not found:
        return "nobody is asked anything"
    rows = [(item.request.id, _state(item), item.request.expires.isoformat(timespec="minutes"), item.request.question) for item in found]
    return human.table(("request", "state", "expires", "question"), rows)


def _state(item: Standing) -> str:
    late = ("", ", overdue", ", second reviewer", "")[item.level]
    several = f" {item.request.approvers - item.lacking}/{item.request.approvers}" if item.request.approvers > 1 else ""
    return f"{item.status.value}{several}{late}"


def _standing_table(found: Stands) -> str:
    if not found.approvals:
        return "no standing approval is in force"
    rows = [
        (
            item.request,
            item.about,
            item.scope,
            f"{left} of {item.uses}",
            item.valid_until.isoformat(timespec="minutes"),
            item.by,
            item.reason,
        )
        for item, left in zip(found.approvals, found.left, strict=True)
        if item.valid_until
    ]
    return human.table(("id", "kind", "scope", "uses left", "until", "by", "reason"), rows)


def _health(found: Health) -> Iterator[str]:
    yield f"state     {found.state.value}"
    yield f"answers   {found.approved} approved, {found.rejected} rejected, {found.expired} expired, {found.standing} by standing approvals"
    if found.median_s is not None:
        yield f"median    {found.median_s:g} s from question to answer; {human.count(found.unread, 'approval')} too fast to have been read"
    yield from (f"because   {line}" for line in found.why)
