"""`twelve worker`: drive queued, answered and orphaned runs of this repository."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from twelve.interfaces.cli import run, terminal


@click.command(cls=terminal.Verb, examples=("twelve worker", "twelve worker --once"))
@click.option("--once", is_flag=True, help="Leave when nothing is left to drive.")
@terminal.directory_option
def command(once: bool, directory: Path) -> int:
    """Drive every run that is ready, and take over from workers that died. Any number may run at once."""
    session = terminal.session(directory)
    launch: Any = import_module(run.LAUNCH)

    def say(text: str) -> None:
        click.echo(text, err=True)

    def interrupted() -> None:
        click.echo("\nworker stopped; no finished step is lost\nnext: twelve worker", err=True)

    with launch.driving(session.repository, session.settings, say=say, interrupted=interrupted) as driver:
        say(f"worker {driver.executor} is ready")
        launch.work(driver, once=once, say=say)
    return 0
