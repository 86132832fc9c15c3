"""`twelve prove`: everything that claims to stop something is seen stopping it. Today that is the gates."""

from __future__ import annotations

import click

from twelve.interfaces.cli import gate_prove, terminal

command = terminal.Verb(
    "prove",
    params=gate_prove.prove.params,
    callback=gate_prove.prove.callback,
    help=click.unstyle(gate_prove.prove.help or ""),
    answer=gate_prove.ProveAnswer,
    examples=("twelve prove", "twelve prove --json"),
)
