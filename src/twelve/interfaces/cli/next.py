"""`twelve next`: where the run by hand stands, what is missing, what may come next."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import asking, standing, terminal


@click.command(cls=terminal.Verb, answer=standing.Standing, examples=("twelve next", "twelve next --json"))
@click.option("--run", default="", help="A run id; default: the newest run by hand of this work tree.")
@terminal.json_option
@terminal.directory_option
def command(run: str, as_json: bool, directory: Path) -> None:
    """Say where the work stands, what is missing, what may come next. Judges nothing and changes nothing."""
    found = asking.look(directory, run)
    terminal.show(found, as_json=as_json, human=lambda: standing.text(found))
