"""`twelve prime`: start a run by hand, or check its first phase."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import phases, standing, terminal
from twelve.model.phase import Phase, Preset, Size


@click.command(
    cls=terminal.Verb,
    answer=standing.Standing,
    examples=('twelve prime "the parser drops trailing commas"', "twelve prime --check"),
)
@click.argument("task", required=False)
@click.option(
    "--preset", type=click.Choice([item.value for item in Preset]), default=Preset.FULL.value, help="Which phases the run goes through."
)
@click.option(
    "--size",
    type=click.Choice([item.value for item in Size]),
    default=Size.TINY.value,
    help="Least ceremony; risk and size can only raise it.",
)
@phases.options
def command(task: str | None, preset: str, size: str, check: bool, run: str, as_json: bool, directory: Path) -> int:
    """Start a run with a task, or open or check its first phase: the problem and how one knows it is solved."""
    if task is not None and (check or run):
        raise click.UsageError("a task starts a new run; leave out --check and --run")
    if task is not None:
        return phases.start(task, preset=preset, size=size, as_json=as_json, directory=directory)
    return phases.carry_out(Phase.PRIME, check=check, run=run, as_json=as_json, directory=directory)
