"""`twelve evidence`: verdicts and approvals between this clone and another."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import exits, terminal
from twelve.render import human
from twelve.workflow import exchange
from twelve.workflow.exchange import Exchange, Kept


@click.group(cls=terminal.VerbGroup, examples=("twelve evidence status", "twelve evidence push", "twelve evidence fetch origin"))
def command() -> None:
    """Exchange verdicts and approvals, which lie in git notes, with a remote: both sides keep the lines of both."""


@command.command(cls=terminal.Verb, answer=Exchange, examples=("twelve evidence push", "twelve evidence push upstream --json"))
@click.argument("remote", required=False, default="")
@terminal.json_option
@terminal.directory_option
def push(remote: str, as_json: bool, directory: Path) -> int:
    """Bring this clone's lines to REMOTE, after joining what is there. Tries again when somebody else was faster."""
    return _tell(exchange.push(terminal.session(directory).repository, remote), as_json=as_json)


@command.command(cls=terminal.Verb, answer=Exchange, examples=("twelve evidence fetch", "twelve evidence fetch upstream --json"))
@click.argument("remote", required=False, default="")
@terminal.json_option
@terminal.directory_option
def fetch(remote: str, as_json: bool, directory: Path) -> int:
    """Bring REMOTE's lines here; lines of this clone stay."""
    return _tell(exchange.fetch(terminal.session(directory).repository, remote), as_json=as_json)


@command.command(cls=terminal.Verb, answer=Exchange, examples=("twelve evidence status", "twelve evidence status upstream --json"))
@click.argument("remote", required=False, default="")
@terminal.json_option
@terminal.directory_option
def status(remote: str, as_json: bool, directory: Path) -> int:
    """What this clone and REMOTE have that the other lacks; ends with 1 when they differ."""
    found = exchange.status(terminal.session(directory).repository, remote)
    _tell(found, as_json=as_json)
    return exits.PASS if found.same else exits.RED


def _tell(found: Exchange, *, as_json: bool) -> int:
    terminal.show(found, as_json=as_json, human=lambda: "\n".join([_heading(found), *map(_line, found.notes)]))
    return exits.PASS


def _heading(found: Exchange) -> str:
    if not found.notes:
        return f"neither this clone nor {human.one_line(found.remote)} holds any evidence"
    again = f", {found.attempts} attempts" if found.attempts > 1 else ""
    return f"{found.did} {human.one_line(found.remote)}{again}"


def _line(item: Kept) -> str:
    words = [
        f"{human.count(number, 'line')} {what}"
        for number, what in (
            (item.received, "received"),
            (item.sent, "sent"),
            (item.only_here, "only here"),
            (item.only_there, "only there"),
        )
        if number
    ]
    return f"  {human.one_line(item.ref.removeprefix(exchange.SPACE)):<12} {', '.join(words) or 'nothing new'}"
