"""Shared by `approve` and `reject`: find the requests that are meant, show them, and answer them once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from msgspec import Struct

from twelve.factors.approvals import decision as decisions
from twelve.factors.approvals import keys, record, session
from twelve.factors.approvals.decision import Decision, Method
from twelve.factors.approvals.keys import Key
from twelve.factors.approvals.record import Standing
from twelve.factors.approvals.request import RequestKind
from twelve.factors.approvals.signature import challenge
from twelve.interfaces.cli import terminal
from twelve.model.errors import TwelveError
from twelve.render import approval
from twelve.system import git
from twelve.workflow import compose, deciding
from twelve.workflow.drive.projection import Runs


class Answered(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.answered.v1"):
    """What a person answered, and what it allows now."""

    decisions: tuple[Decision, ...]
    exemptions: tuple[str, ...] = ()
    """Ids of exemptions that came of it."""


def decide(names: Sequence[str], reason: str, *, granted: bool, key: str, as_json: bool, directory: Path) -> int:
    """Record a person's answer to one request or to several at once; no worker is needed."""
    here = terminal.session(directory)
    session.require_person("answer")
    repository = here.repository
    runs = compose.runs(repository)
    found = [_found(repository, runs, name) for name in dict.fromkeys(names)]
    driven = {item.request.run for item in found} & set(runs.all())
    for run in driven:
        _refuse_over(runs, run)
    for item in found:
        click.echo(approval.request(item, diff=deciding.diff(repository, item), colour=sys.stderr.isatty()) + "\n", err=True)
    chosen = keys.choose(repository, key) if granted or key else None
    prepared = tuple(_prepared(here, item, granted=granted, reason=reason, key=chosen) for item in found)
    if granted and not _asks_itself(chosen):
        deed = "approve" if len(prepared) == 1 else f"approve all {len(prepared)}"
        confirm([item.subject for item in prepared], deed, signed=chosen is not None)
    made = deciding.settle(repository, here.journal, deciding.sign(repository, prepared, chosen))
    verb = "granted" if granted else "rejected"
    answered = Answered(decisions=prepared, exemptions=made)
    terminal.show(answered, as_json=as_json, human=lambda: _told(answered, driven, verb))
    return 0


def _asks_itself(key: Key | None) -> bool:
    """Whether signing waits for the person: a security key does; another may have no passphrase, or an agent that knows it."""
    return key is not None and key.signer is not None and key.signer.security_key


def confirm(subjects: Sequence[str], deed: str, *, signed: bool = False) -> None:
    """The challenge: the person types the beginning of the digest of what is answered. Raises TwelveError when they do not.

    More of the digest is as good: the id of a request ends in eight of its signs.
    """
    digest = subjects[0] if len(subjects) == 1 else decisions.sha256(sorted(subjects))
    wanted = challenge(digest)
    if not signed:
        click.echo(session.ADVISORY, err=True)
    typed = click.prompt(f"type {wanted} to {deed}", default="", show_default=False, err=True).strip()
    if not (typed.startswith(wanted) and digest.startswith(typed)):
        raise TwelveError("nothing was answered", why="what was typed is not what was asked for", next="run the command again")


def by(repository: git.Repository, key: Key | None) -> str:
    """Who answers: the key's owner on the list, or who git says it is."""
    return key.signer.who if key and key.signer else compose.person(repository)


def _found(repository: git.Repository, runs: Runs, name: str) -> Standing:
    request = compose.request_of(runs, name)
    found = record.find(repository.state_dir, request.id)
    deciding.verify_subject(found)
    return found


def _prepared(here: terminal.Session, found: Standing, *, granted: bool, reason: str, key: Key | None) -> Decision:
    return record.prepare(
        here.repository.state_dir,
        found.request.id,
        granted=granted,
        reason=reason,
        by=by(here.repository, key),
        method=key.method if key else Method.TYPED_CHALLENGE if granted else Method.UNSIGNED_CLI,
        level=key.tier if key else None,
        hours=here.settings.approvals.action_h,
        shown=found.request,
    )


def _told(answered: Answered, driven: set[str], verb: str) -> str:
    """`driven` holds the runs a worker drives; nobody drives one by hand."""
    lines = []
    for item in answered.decisions:
        lines.append(f"{item.request} is {verb} for exactly subject {item.subject[:12]} ({item.tier.value}: {item.method.value})")
        if item.kind == RequestKind.ACTION.value:
            lines.append("next: the agent tries exactly that call again" if item.granted else "next: nothing; it stays forbidden")
        elif item.run:
            worker = f"a worker goes on by itself; without one: twelve resume {item.run}"
            lines.append(f"next: {worker if item.run in driven else 'twelve next'}")
    lines.extend(f"exemption {id} is in force" for id in answered.exemptions)
    return "\n".join(lines)


def _refuse_over(runs: Runs, run: str) -> None:
    """An answer to a run that is over would promise something nobody does."""
    state = runs.status(run).state
    if state.over:
        raise TwelveError(f"run {run} is {state.value}", why="its questions need no answer any more", next="see twelve runs --all")
