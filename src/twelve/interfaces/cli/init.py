"""`twelve init`: the policy, make targets, git hooks and the hooks of agent clients, every byte accounted for."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from twelve.interfaces.cli import exits, terminal
from twelve.render import human
from twelve.workflow import install
from twelve.workflow.install import arm, clients, doctor

NO_CLIENT = f"""no agent client is guarded here: none of {", ".join(clients.CLIENTS)} was found on PATH or by a folder in the project
next: twelve init --client claude"""

LOOKED_AT = ("client-settings", "hooks-disabled")
"""Checks of `twelve doctor` whose findings mean that what was just registered would not run."""


@click.command(
    cls=terminal.Verb,
    examples=("twelve init --dry-run", "twelve init", "twelve init --client claude --yes", "twelve init --no-hooks --no-make -C ../other"),
)
@click.option("--dry-run", is_flag=True, help="Show the difference and write nothing.")
@click.option("--make/--no-make", "with_make", default=True, help="Add the targets quick and ci-all to the Makefile.")
@click.option(
    "--client", "named", multiple=True, type=click.Choice(list(clients.CLIENTS)), help="Register in this client; default: those found."
)
@click.option("--hooks/--no-hooks", default=True, help="Register hooks in git and in agent clients.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@terminal.directory_option
def command(dry_run: bool, with_make: bool, named: tuple[str, ...], hooks: bool, yes: bool, directory: Path) -> int:
    """Put this repository under operations. `twelve uninstall` takes all of it back, byte for byte."""
    here = terminal.session(directory)
    found = named or clients.present(here.root)
    wish = install.Wish(clients=found) if hooks else None
    wrote = False
    if hooks and not found:
        click.echo(NO_CLIENT, err=True)
    for plan in install.resume(here.repository, with_make=with_make, wish=wish, arm=arm.of):
        if dry_run:
            return _show(plan, again=install.interrupted(here.repository))
        if not yes and plan.changes and sys.stdin.isatty() and not _agreed(plan):
            click.echo("nothing was written\nnext: twelve init --dry-run shows every byte", err=True)
            return 1
        install.apply(here.repository, plan)
        wrote = _tell(plan) or wrote
    if dry_run:
        return exits.PASS
    broken = _broken(here, named) if hooks and found else []
    for line in broken:
        click.echo(human.one_line(line), err=True)
    _next(here, wrote=wrote)
    return exits.RED if broken and named else exits.PASS


def _broken(here: terminal.Session, named: tuple[str, ...]) -> list[str]:
    """What keeps our hooks from running in a client as its settings are now, clients asked for by name first."""
    look = doctor.look(here.repository, arm.of(here.repository, here.settings))
    left = [f"broken: {name} was asked for and is not guarded" for name in named if name not in look.armed]
    ailing = [ailment for ailment in doctor.run(look, LOOKED_AT) if ailment.weight is doctor.Weight.BROKEN]
    return left + [f"broken: {ailment.what} [{ailment.check}]; next: {ailment.next}" for ailment in ailing]


def _next(here: terminal.Session, *, wrote: bool) -> None:
    """Committing comes first: until then git's hooks have no policy they could judge by."""
    open_paths = install.uncommitted(here.repository)
    if open_paths:
        named = " ".join(shlex.quote(path) for path in open_paths)
        terminal.say("next: read twelve.toml, then commit these files first: what is not committed judges nobody")
        terminal.say(f'  git add {named} && git commit -m "chore: put this repository under operations"')
        terminal.say("then: twelve prove")
    elif wrote:
        terminal.say("next: twelve prove")


def _show(plan: install.Plan, *, again: bool) -> int:
    terminal.say(human.clean(install.diff(plan)).rstrip("\n") or "nothing would change")
    for line in (*plan.generated, *plan.notes):
        terminal.say(human.one_line(line))
    if again:
        click.echo("this takes back what an interrupted init left; what init writes then is shown by the next --dry-run", err=True)
    elif plan.changes:
        click.echo("nothing was written yet\nnext: twelve init", err=True)
    return 0


def _agreed(plan: install.Plan) -> bool:
    for path in _paths(plan):
        click.echo(f"  {human.one_line(path)}", err=True)
    return click.confirm("Write these files?", default=True, err=True)


def _tell(plan: install.Plan) -> bool:
    terminal.say("\n".join(f"wrote {human.one_line(path)}" for path in _paths(plan)) or "nothing to write")
    for note in plan.notes:
        terminal.say(human.one_line(note))
    return bool(plan.changes)


def _paths(plan: install.Plan) -> list[str]:
    return list(dict.fromkeys(install.label(change) for change in plan.changes))
