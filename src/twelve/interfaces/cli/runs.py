"""`twelve runs`: every run with its state, and what it waits for."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import run_answers, terminal
from twelve.render import human
from twelve.workflow import compose
from twelve.workflow.drive import summary
from twelve.workflow.drive.projection import RunState
from twelve.workflow.drive.summary import Summary

RECENT = 10
"""Runs shown when none is open (ours)."""


@click.command(cls=terminal.Verb, answer=tuple[Summary, ...], examples=("twelve runs", "twelve runs a1b2 --json"))
@click.argument("run_id", metavar="[RUN]", required=False)
@click.option("--all", "everything", is_flag=True, help="Also runs that are over.")
@terminal.json_option
@terminal.directory_option
def command(run_id: str | None, everything: bool, as_json: bool, directory: Path) -> int:
    """List the runs of this repository, newest last; with RUN, show one in full."""
    session = terminal.session(directory)
    runs = compose.runs(session.repository)
    if run_id:
        run_answers.finish(session, runs.find(run_id), as_json=as_json)
        return 0
    known = list(runs.all())
    open_runs = [run for run in known if everything or as_json or not runs.status(run).state.over]
    kept = [summary.summary(session.repository, runs, run) for run in open_runs or known[-RECENT:]]
    terminal.show(kept, as_json=as_json, human=lambda: _table(kept, over=not open_runs))
    return 0


def _table(found: list[Summary], *, over: bool) -> str:
    if not found:
        return 'no run of an agent yet; a run by hand is shown by: twelve next\nnext: twelve run "what should be done"'
    rows = [(item.run, item.state, item.phase or "-", _waits(item)) for item in found]
    table = human.table(("run", "state", "phase", "waits for"), rows)
    return f"{table}\nno run is open; these were the last" if over else table


def _waits(item: Summary) -> str:
    asked = "; ".join(f"{asked.request} ({asked.kind})" for asked in item.waiting_on)
    answered = item.state == RunState.WAITING.value and not asked
    return asked or ("nobody: it is answered, resume it" if answered else "-")
