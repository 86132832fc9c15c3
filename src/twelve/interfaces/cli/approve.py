"""`twelve approve`: a person's answer to requests; works from any terminal, with or without a worker."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import decide_answers, terminal


@click.command(
    cls=terminal.Verb,
    answer=decide_answers.Answered,
    examples=(
        "twelve approve plan-1a2b3c4d --reason 'looks right'",
        "twelve approve plan-1a2b3c4d change-5e6f7a8b --key ~/.ssh/id_ed25519",
    ),
)
@click.argument("requests", nargs=-1, required=True, metavar="REQUEST...")
@click.option("--reason", default="", required=False, help="Why; kept with the answer and given to the run.")
@click.option("--key", default="", help="Sign with this ssh key file or gpg key; default: git's signing key, when it is on the list.")
@terminal.json_option
@terminal.directory_option
def command(requests: tuple[str, ...], reason: str, key: str, as_json: bool, directory: Path) -> int:
    """Allow exactly what each REQUEST names, once; several are answered by one signature or one challenge.

    A run id is accepted when exactly one of its requests is open. A person answers, at a terminal: what an agent
    started is refused.
    """
    return decide_answers.decide(requests, reason, granted=True, key=key, as_json=as_json, directory=directory)
