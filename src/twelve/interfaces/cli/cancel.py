"""`twelve cancel`: end a run, whether somebody drives it or not."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import run_answers, terminal
from twelve.workflow import compose
from twelve.workflow.drive import stopping
from twelve.workflow.drive.summary import Summary


@click.command(cls=terminal.Verb, answer=Summary, examples=("twelve cancel a1b2 --reason 'wrong approach'", "twelve cancel a1b2 --json"))
@click.argument("run_id", metavar="RUN")
@click.option("--reason", default="cancelled by a person", show_default=True, help="Why; kept with the run.")
@terminal.json_option
@terminal.directory_option
def command(run_id: str, reason: str, as_json: bool, directory: Path) -> int:
    """Stop a run. Its branch and its records stay; its agents are ended."""
    session = terminal.session(directory)
    runs = compose.runs(session.repository)
    run = runs.find(run_id)
    stopping.cancel(session.repository, runs, session.journal, run, reason=reason, by=compose.person(session.repository))
    run_answers.finish(session, run, as_json=as_json)
    return 0
