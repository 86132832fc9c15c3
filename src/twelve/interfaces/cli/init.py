"""`twelve init`: one policy file and two make targets, every byte accounted for."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import terminal
from twelve.render import human
from twelve.workflow import install


@click.command(cls=terminal.Verb, examples=("twelve init --dry-run", "twelve init", "twelve init --no-make -C ../other"))
@click.option("--dry-run", is_flag=True, help="Show the difference and write nothing.")
@click.option("--make/--no-make", "with_make", default=True, help="Add the targets quick and ci-all to the Makefile.")
@terminal.directory_option
def command(dry_run: bool, with_make: bool, directory: Path) -> None:
    """Write twelve.toml for this project and the make targets that call it. `twelve uninstall` takes all of it back."""
    here = terminal.session(directory)
    plan = install.plan_install(here.repository, with_make=with_make)
    if dry_run:
        terminal.say(human.clean(install.diff(plan)).rstrip("\n") or "nothing would change")
    else:
        install.apply(here.repository, plan)
        terminal.say("\n".join(f"wrote {path}" for path in dict.fromkeys(change.path for change in plan.changes)) or "nothing to write")
    for note in plan.notes:
        terminal.say(human.one_line(note))
    if plan.changes and not dry_run:
        terminal.say("next: read twelve.toml and commit what was written, then run twelve gate run, then twelve prove")
    elif plan.changes:
        click.echo("nothing was written yet\nnext: twelve init", err=True)
