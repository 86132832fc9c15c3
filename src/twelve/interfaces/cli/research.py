"""`twelve research`: the phase by hand."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import phases, standing, terminal
from twelve.model.phase import Phase


@click.command(cls=terminal.Verb, answer=standing.Standing, examples=("twelve research", "twelve research --check"))
@phases.options
def command(check: bool, run: str, as_json: bool, directory: Path) -> int:
    """Research: what exists, two or three ways to go, one chosen with a reason and a probe.

    Without --check it writes the template where there is nothing yet. --check judges what is there.
    """
    return phases.carry_out(Phase.RESEARCH, check=check, run=run, as_json=as_json, directory=directory)
