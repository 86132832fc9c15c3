"""`twelve gate prove`: plant a defect for every gate and watch it go red."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.factors.gates import prove as proving
from twelve.factors.gates import suites
from twelve.interfaces.cli import exits, gate_answers, terminal
from twelve.model.errors import ConfigError
from twelve.model.verdict import Outcome
from twelve.render import human


@click.command(
    cls=terminal.Verb,
    answer=gate_answers.ProveAnswer,
    examples=("twelve gate prove", "twelve gate prove tests", "twelve gate prove --json"),
)
@click.argument("ids", nargs=-1)
@click.option("--progress/--no-progress", default=None, help="Live lines on stderr; default: when stderr is a terminal.")
@terminal.json_option
@terminal.directory_option
def prove(ids: tuple[str, ...], progress: bool | None, as_json: bool, directory: Path) -> int:
    """Plant a defect in a copy of this content for every gate and record which go red. Your files are not touched."""
    session = terminal.session(directory)
    gates = suites.named(session.settings, ids) if ids else suites.select(session.settings, suites.FULL)
    gates = tuple(gate for gate in gates if not ids or gate.id in ids)
    if not gates:
        raise ConfigError("there is nothing to prove: no gate is defined", next="define gates in twelve.toml; `twelve init` proposes some")
    speak = terminal.progress(progress)
    trials = proving.prove(
        session.repository,
        gates,
        journal=session.journal,
        on_trial=lambda trial: speak(f"{trial.outcome.value:<5} {human.one_line(trial.gate)}: {trial.result.value}"),
    )
    text = gate_answers.prove_text(trials, colour=terminal.colour())
    terminal.show(gate_answers.prove_answer(trials), as_json=as_json, human=lambda: text)
    return exits.RED if any(trial.outcome in (Outcome.FAIL, Outcome.ERROR) for trial in trials) else exits.PASS
