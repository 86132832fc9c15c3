"""`twelve uninstall`: every byte init wrote is taken back; your own edits stay."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import terminal
from twelve.render import human
from twelve.workflow import install


@click.command(cls=terminal.Verb, examples=("twelve uninstall --dry-run", "twelve uninstall"))
@click.option("--dry-run", is_flag=True, help="Show the difference and change nothing.")
@terminal.directory_option
def command(dry_run: bool, directory: Path) -> None:
    """Restore the files init changed, byte for byte. Evidence and records stay: they are yours."""
    here = terminal.session(directory)
    plan = install.plan_uninstall(here.repository)
    if dry_run:
        terminal.say(human.clean(install.diff(plan)))
    else:
        install.apply(here.repository, plan)
        terminal.say("\n".join(_line(change) for change in plan.changes))
    for note in plan.notes:
        terminal.say(human.one_line(note))


def _line(change: install.Change) -> str:
    return f"{'removed' if change.after is None else 'restored'} {change.path}"
