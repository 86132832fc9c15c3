"""`twelve plan`: the phase by hand."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import phases, standing, terminal
from twelve.model.phase import Phase


@click.command(cls=terminal.Verb, answer=standing.Standing, examples=("twelve plan", "twelve plan --check"))
@phases.options
def command(check: bool, run: str, as_json: bool, directory: Path) -> int:
    """Plan: steps that can be validated, an acceptance command per criterion, and who decides what.

    Without --check it writes the template where there is nothing yet. --check judges what is there.
    """
    return phases.carry_out(Phase.PLAN, check=check, run=run, as_json=as_json, directory=directory)
