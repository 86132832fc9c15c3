"""`twelve resume`: go on with a run that waited, was interrupted, or gave up."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import run, run_answers, terminal
from twelve.workflow import compose
from twelve.workflow.drive import presence
from twelve.workflow.drive.projection import RunState
from twelve.workflow.drive.summary import Summary


@click.command(cls=terminal.Verb, answer=Summary, examples=("twelve resume 20261120T092243Z-fix-parser-a1b2", "twelve resume a1b2 --json"))
@click.argument("run_id", metavar="RUN")
@click.option("--progress", is_flag=True, help="Live lines on stderr even when it is no terminal.")
@terminal.json_option
@terminal.directory_option
def command(run_id: str, progress: bool, as_json: bool, directory: Path) -> int:
    """Continue a run from its last finished step. RUN may be shortened to an unambiguous beginning or end."""
    session = terminal.session(directory)
    runs = compose.runs(session.repository)
    found = runs.find(run_id)
    status = runs.status(found)
    if status.state is RunState.RUNNING and presence.alive(runs.root.parent, status.executor):
        click.echo(f"note: worker {status.executor} is driving it now; see twelve logs {found} --follow", err=True)
    elif not status.state.over and not _asked(session, found):
        run.drive(session, found, progress=progress, reclaim=True)
    return run_answers.finish(session, found, as_json=as_json)


def _asked(session: terminal.Session, found: str) -> bool:
    """Whether the run still waits for an answer, so that driving it would change nothing."""
    runs = compose.runs(session.repository)
    status = runs.status(found)
    if status.state is not RunState.WAITING or runs.cancellation(found):
        return False
    return compose.answerable(runs, found, status.waiting_on)
