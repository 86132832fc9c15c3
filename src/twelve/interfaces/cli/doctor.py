"""`twelve doctor`: what keeps hooks and gates from working here, and mending it with your consent."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from msgspec import Struct

from twelve.interfaces.cli import exits, terminal
from twelve.model.errors import TwelveError
from twelve.render import human
from twelve.workflow import install
from twelve.workflow.install import arm, doctor
from twelve.workflow.install.doctor import repairs


class Answer(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.doctor.v1"):
    """What was looked at, found and mended."""

    checks: tuple[str, ...]
    ailments: tuple[doctor.Ailment, ...]
    repaired: tuple[str, ...]


@click.command(
    cls=terminal.Verb, answer=Answer, examples=("twelve doctor", "twelve doctor --fix", "twelve doctor --check codex-trust --json")
)
@click.option("--fix", is_flag=True, help="Mend what can be mended; asks about each unless --yes.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--check", "only", multiple=True, type=click.Choice(list(doctor.CHECKS)), help="Only this check; may be repeated.")
@terminal.json_option
@terminal.directory_option
def command(fix: bool, yes: bool, only: tuple[str, ...], as_json: bool, directory: Path) -> int:
    """Find what keeps guards and gates from working on this machine. Exit code 1 while something is broken."""
    here = terminal.session(directory)
    here.repository.need_work_tree()
    if fix and not yes and (as_json or not sys.stdin.isatty()):
        raise TwelveError(
            "nothing was mended", why="each repair is asked about, and nobody is here to ask", next="twelve doctor --fix --yes"
        )
    mended = tuple(_mend(here, only, yes=yes)) if fix else ()
    found = tuple(doctor.run(_look(here), only))
    answer = Answer(checks=only or tuple(doctor.CHECKS), ailments=found, repaired=mended)
    terminal.show(answer, as_json=as_json, human=lambda: _text(answer))
    return exits.RED if any(ailment.weight is doctor.Weight.BROKEN for ailment in found) else exits.PASS


def _look(here: terminal.Session) -> doctor.Look:
    return doctor.look(here.repository, arm.of(here.repository, here.settings))


def _mend(here: terminal.Session, only: tuple[str, ...], *, yes: bool) -> Iterator[str]:
    """One after the other, looking again after each: a repair often mends more than it was asked for."""
    tried: set[tuple[str, str]] = set()
    while True:
        look = _look(here)
        open_ones = (item for item in doctor.run(look, only) if item.repair and (item.check, item.path) not in tried)
        ailment = next(open_ones, None)
        if ailment is None:
            return
        tried.add((ailment.check, ailment.path))
        try:
            if _repair(here, look, ailment, yes=yes):
                yield ailment.what
        except TwelveError as error:
            click.echo(human.clean(str(error)), err=True)


def _repair(here: terminal.Session, look: doctor.Look, ailment: doctor.Ailment, *, yes: bool) -> bool:
    for number, plan in enumerate(repairs.planned(look, ailment)):
        if not yes and number == 0:
            click.echo(human.one_line(ailment.what), err=True)
            click.echo(human.clean(install.diff(plan)) + "\n".join(plan.generated), err=True)
            if not click.confirm("Mend this?", default=True, err=True):
                return False
        install.apply(here.repository, plan)
    return True


def _text(answer: Answer) -> str:
    lines = [f"mended: {human.one_line(what)}" for what in answer.repaired]
    for ailment in answer.ailments:
        lines.append(f"{ailment.weight}: {human.one_line(ailment.what)} [{ailment.check}]")
        lines += [f"  why: {human.one_line(ailment.why)}"] if ailment.why else []
        lines += [f"  next: {human.one_line(ailment.next)}"] if ailment.next else []
    if not any(ailment.weight is doctor.Weight.BROKEN for ailment in answer.ailments):
        lines.append(f"{len(answer.checks)} checks, nothing is broken")
    return "\n".join(lines)
