"""`twelve learn`: the phase by hand."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import phases, standing, terminal
from twelve.model.phase import Phase


@click.command(cls=terminal.Verb, answer=standing.Standing, examples=("twelve learn", "twelve learn --check"))
@phases.options
def command(check: bool, run: str, as_json: bool, directory: Path) -> int:
    """Learn: what worked, what to improve, one or two patterns, backlog, what the domain now knows.

    Without --check it writes the template where there is nothing yet. --check judges what is there.
    """
    return phases.carry_out(Phase.LEARN, check=check, run=run, as_json=as_json, directory=directory)
