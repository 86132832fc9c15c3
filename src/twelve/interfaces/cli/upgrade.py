"""`twelve upgrade`: bring what init wrote to this version, never over an edit of yours."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from msgspec import Struct

from twelve.factors.gates import definition
from twelve.interfaces.cli import exits, terminal
from twelve.render import human
from twelve.version import __version__
from twelve.workflow import install
from twelve.workflow.install import arm
from twelve.workflow.install.outcomes import Outcome, Verdict


class Answer(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.upgrade.v1"):
    """What happened to each file, or would."""

    version: str
    dry_run: bool
    needs_person: bool
    files: tuple[Outcome, ...]
    notes: tuple[str, ...]


@click.command(cls=terminal.Verb, answer=Answer, examples=("twelve upgrade --dry-run", "twelve upgrade --yes"))
@click.option("--dry-run", is_flag=True, help="Show the difference and write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@terminal.json_option
@terminal.directory_option
def command(dry_run: bool, yes: bool, as_json: bool, directory: Path) -> int:
    """Write what this version writes: replaced where you changed nothing, merged where both fit, kept where you decide.

    The generated hook is built anew from the policy. Exit code 1 when a kept file needs you.
    """
    here = terminal.session(directory)
    definition.resolve_all(here.settings.gates)
    upgrade = install.plan_upgrade(here.repository, arm.of(here.repository, here.settings))
    if not dry_run:
        if not yes and upgrade.plan.changes and sys.stdin.isatty() and not as_json and not _agreed(upgrade.outcomes):
            raise click.Abort
        install.apply(here.repository, upgrade.plan)
    notes = upgrade.plan.notes
    answer = Answer(version=__version__, dry_run=dry_run, needs_person=upgrade.needs_person, files=upgrade.outcomes, notes=notes)
    terminal.show(answer, as_json=as_json, human=lambda: _text(answer, human.clean(install.diff(upgrade.plan)) if dry_run else ""))
    return exits.RED if upgrade.needs_person else exits.PASS


def _agreed(outcomes: tuple[Outcome, ...]) -> bool:
    for outcome in outcomes:
        if outcome.verdict is not Verdict.UNCHANGED:
            click.echo(f"  {outcome.verdict} {human.one_line(outcome.path)}{f': {outcome.why}' if outcome.why else ''}", err=True)
    return click.confirm("Go on?", default=True, err=True)


def _text(answer: Answer, difference: str) -> str:
    lines = [difference.rstrip("\n")] if difference else []
    told = [outcome for outcome in answer.files if outcome.verdict is not Verdict.UNCHANGED]
    for outcome in told:
        lines.append(f"{outcome.verdict} {human.one_line(outcome.path)}" + (f": {human.one_line(outcome.why)}" if outcome.why else ""))
        if outcome.person and outcome.difference:
            lines.append(human.clean(outcome.difference).rstrip("\n"))
    if not told:
        lines.append(f"everything is as twelve {answer.version} writes it")
    if answer.needs_person:
        lines.append("next: apply what you want of the differences above yourself, then run twelve upgrade again")
    return "\n".join([*lines, *map(human.one_line, answer.notes)])
