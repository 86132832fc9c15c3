"""`twelve reject`: a person's answer to requests; works from any terminal, with or without a worker."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import decide_answers, terminal


@click.command(
    cls=terminal.Verb,
    answer=decide_answers.Answered,
    examples=("twelve reject plan-1a2b3c4d --reason 'step 2 drops data'", "twelve reject a1b2 --reason 'not now'"),
)
@click.argument("requests", nargs=-1, required=True, metavar="REQUEST...")
@click.option("--reason", default="", required=True, help="Why; kept with the answer and given to the run.")
@click.option("--key", default="", help="Sign with this ssh key file or gpg key, so that `verify` heeds the refusal.")
@terminal.json_option
@terminal.directory_option
def command(requests: tuple[str, ...], reason: str, key: str, as_json: bool, directory: Path) -> int:
    """Refuse what each REQUEST names. A run id is accepted when exactly one of its requests is open."""
    return decide_answers.decide(requests, reason, granted=False, key=key, as_json=as_json, directory=directory)
