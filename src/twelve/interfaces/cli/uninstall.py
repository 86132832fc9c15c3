"""`twelve uninstall`: every byte init wrote is taken back; your own edits stay."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from twelve.interfaces.cli import exits, terminal
from twelve.model.errors import TwelveError
from twelve.render import human
from twelve.workflow import install
from twelve.workflow.install import purging, record
from twelve.workflow.install.plan import received


@click.command(cls=terminal.Verb, examples=("twelve uninstall --dry-run", "twelve uninstall --yes", "twelve uninstall --purge"))
@click.option("--dry-run", is_flag=True, help="Show the difference and change nothing.")
@click.option("--purge", "everything", is_flag=True, help="Also remove records, evidence and runtime state that came since init.")
@click.option(
    "--tracked/--machine-only",
    "policy",
    default=None,
    help="Whether what git tracks goes too; default: only in the clone that wrote it, elsewhere it is asked about and stays.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@terminal.directory_option
def command(dry_run: bool, everything: bool, policy: bool | None, yes: bool, directory: Path) -> int:
    """Restore the files init changed, byte for byte. Evidence and records stay, they are yours, unless they are purged."""
    here = terminal.session(directory)
    here.repository.need_work_tree()
    purge = purging.plan(here.repository) if everything else None
    chosen = _policy(here, asks=not (yes or dry_run)) if policy is None else policy
    plan = _plan(here, purge, policy=chosen)
    if dry_run:
        terminal.say(human.clean(install.diff(plan)))
        _say([*(purging.lines(purge) if purge else ()), *plan.notes])
        return exits.PASS
    if purge and not yes:
        _ask(purge)
    known = record.load(here.repository)
    if purge:
        purging.first(here.repository, purge)
    install.apply(here.repository, plan)
    if purge:
        purging.last(here.repository, purge)
    _say([_line(change) for change in (*plan.changes, *plan.final)])
    _say([*(line.replace("removes", "removed", 1) for line in (purging.lines(purge) if purge else ())), *plan.notes])
    if purge is None:
        _left(here, known)
    return exits.PASS


def _left(here: terminal.Session, known: record.Record | None) -> None:
    if record.load(here.repository) is not None:
        return
    if known is not None:
        purging.keep_in_mind(here.repository, known)
    if left := purging.remaining(here.repository):
        terminal.say(f"kept, because it is yours: {left}")
        terminal.say("next: twelve uninstall --purge removes what of it came since init")


def _policy(here: terminal.Session, *, asks: bool) -> bool:
    """What came with the clone is everybody's: it goes only when a person says so."""
    if not received(here.repository):
        return True
    if asks and sys.stdin.isatty():
        return click.confirm(
            "The policy came with this clone and is everybody's. Remove it from this work tree too?", default=False, err=True
        )
    terminal.say("kept: twelve.toml and what else git tracks came with this clone; twelve uninstall --tracked removes it too")
    return False


def _plan(here: terminal.Session, purge: purging.Purge | None, *, policy: bool) -> install.Plan:
    try:
        return install.plan_uninstall(here.repository, policy=policy)
    except TwelveError:
        # A purge that was killed after the record went still has the state to remove.
        if purge is None or not (purge.state or purge.records or purge.moved):
            raise
        return install.Plan(changes=())


def _ask(purge: purging.Purge) -> None:
    if not sys.stdin.isatty():
        raise TwelveError(
            "nothing was removed", why="purging cannot be undone, and nobody is here to ask", next="twelve uninstall --purge --yes"
        )
    for line in purging.lines(purge):
        click.echo(f"  {human.one_line(line)}", err=True)
    if not click.confirm("Remove all of this?", default=False, err=True):
        raise click.Abort


def _say(lines: list[str]) -> None:
    for line in lines:
        terminal.say(human.one_line(line))


def _line(change: install.Change) -> str:
    return f"{'removed' if change.after is None else 'restored'} {human.one_line(install.label(change))}"
