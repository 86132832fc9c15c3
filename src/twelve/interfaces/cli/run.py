"""`twelve run`: drive an agent through the phases, until the work is done or a person has to decide."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from twelve.factors.agents import harness
from twelve.interfaces.cli import exits, run_answers, terminal
from twelve.model.errors import TwelveError
from twelve.model.phase import Preset, Size
from twelve.workflow import compose
from twelve.workflow.drive.summary import Summary

LAUNCH = "twelve.workflow.drive.launch"
"""Loaded only when something is driven: the engine takes more than a second to import."""


@click.command(
    cls=terminal.Verb,
    answer=Summary,
    examples=('twelve run "make the parser accept empty input"', 'twelve run "upgrade the client" --agent codex --size critical --json'),
)
@click.argument("task")
@click.option("--agent", type=click.Choice(sorted(harness.HARNESSES)), help="Agent client; default from [agents] in twelve.toml.")
@click.option("--size", type=click.Choice([*map(str, Size)]), help="Least ceremony; default by task and risk, which may also raise it.")
@click.option("--preset", type=click.Choice([*map(str, Preset)]), default=Preset.FULL.value, help="Which phases to go through.")
@click.option("--script", type=click.Path(path_type=Path), help="Script of the replay agent.")
@click.option("--detach", is_flag=True, help="Only queue the run; a worker drives it.")
@click.option("--progress", is_flag=True, help="Live lines on stderr even when it is no terminal.")
@terminal.json_option
@terminal.directory_option
def command(
    task: str,
    agent: str | None,
    size: str | None,
    preset: str,
    script: Path | None,
    detach: bool,
    progress: bool,
    as_json: bool,
    directory: Path,
) -> int:
    """Drive an agent through prime, research, plan, implement and learn.

    The work happens in a work tree of its own on branch twelve/RUN; nothing is pushed or merged, and your
    files stay as they are.
    """
    session = terminal.session(directory)
    order = compose.Order(task=task, agent=agent or "", size=Size(size) if size else None, preset=Preset(preset), script=script)
    request = compose.create(session.repository, session.settings, order)
    for notice in request.notices:
        click.echo(f"note: {notice}", err=True)
    if not detach:
        drive(session, request.run, progress=progress)
    return run_answers.finish(session, request.run, as_json=as_json) if not detach else queued(session, request.run, as_json=as_json)


def drive(session: terminal.Session, run: str, *, progress: bool, reclaim: bool = False) -> None:
    """Drive `run` to its next rest in this process."""
    launch: Any = import_module(LAUNCH)
    say = terminal.progress(progress or None)

    def interrupted() -> None:
        click.echo(f"\ninterrupted; no finished step is lost\nnext: twelve resume {run}", err=True)

    try:
        with launch.driving(session.repository, session.settings, say=say, interrupted=interrupted) as driver:
            launch.drive(driver, run, reclaim=reclaim)
    except TwelveError:
        click.echo(f"note: run {run} is kept; go on with twelve resume {run}", err=True)
        raise


def queued(session: terminal.Session, run: str, *, as_json: bool) -> int:
    run_answers.finish(session, run, as_json=as_json)
    return exits.PASS
