"""`twelve approve`: a person's answer to a request; works from any process, with or without a worker."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.factors.approvals.decision import Decision
from twelve.interfaces.cli import decide_answers, terminal


@click.command(
    cls=terminal.Verb,
    answer=Decision,
    examples=("twelve approve plan-1a2b3c4d --reason 'looks right'", "twelve approve 20261120T092243Z-fix-parser-a1b2"),
)
@click.argument("request")
@click.option("--reason", default="", required=False, help="Why; kept with the answer and given to the run.")
@terminal.json_option
@terminal.directory_option
def command(request: str, reason: str, as_json: bool, directory: Path) -> int:
    """Allow exactly what REQUEST names, once. A run id is accepted when exactly one of its requests is open."""
    return decide_answers.decide(request, reason, granted=True, as_json=as_json, directory=directory)
