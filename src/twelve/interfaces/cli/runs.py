"""`twelve runs`: every run with its state, and what it waits for."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import run_answers, terminal
from twelve.render import human
from twelve.workflow import compose
from twelve.workflow.drive import summary
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
    chosen = [run for run in known if everything or as_json or not runs.status(run).state.over] or known[-RECENT:]
    kept = [summary.summary(session.repository, runs, run) for run in chosen]
    terminal.show(kept, as_json=as_json, human=lambda: _table(kept))
    return 0


def _table(found: list[Summary]) -> str:
    if not found:
        return 'no run yet\nnext: twelve run "what should be done"'
    rows = [(item.run, item.state, item.phase or "-", _waits(item)) for item in found]
    return human.table(("run", "state", "phase", "waits for"), rows)


def _waits(item: Summary) -> str:
    return "; ".join(f"{asked.request} ({asked.kind})" for asked in item.waiting_on) or "-"
