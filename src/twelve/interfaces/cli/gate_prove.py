"""`twelve gate prove`: plant a defect for every gate and watch it go red."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from msgspec import Struct

from twelve.factors.gates import prove as proving
from twelve.factors.gates import suites
from twelve.factors.gates.prove import Trial
from twelve.interfaces.cli import exits, terminal
from twelve.model.errors import ConfigError
from twelve.model.verdict import Outcome
from twelve.render import human


class TrialAnswer(Struct, frozen=True, kw_only=True):
    """One gate of `twelve gate prove --json`."""

    gate: str
    kind: str
    required: bool
    definition: str
    outcome: str
    result: str
    detail: str
    file: str
    because: str


class ProveAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve gate prove --json` prints."""

    schema: str = "twelve.gate-prove.v1"
    proven: int
    decoration: int
    untried: int
    """Not clean to begin with, or broken by the defect."""
    unprovable: int
    trials: tuple[TrialAnswer, ...]


@click.command(
    cls=terminal.Verb,
    answer=ProveAnswer,
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
        raise ConfigError(
            "there is nothing to prove: no gate is defined",
            why="only a gate can be seen red",
            next="define gates in twelve.toml; `twelve init` proposes some",
        )
    speak = terminal.progress(progress)
    trials = proving.prove(
        session.repository,
        gates,
        journal=session.journal,
        on_trial=lambda trial: speak(f"{trial.outcome.value:<5} {human.one_line(trial.gate)}: {trial.result.value}"),
    )
    text = prove_text(trials, colour=terminal.colour())
    terminal.show(prove_answer(trials), as_json=as_json, human=lambda: text)
    return exits.RED if any(trial.outcome in (Outcome.FAIL, Outcome.ERROR) for trial in trials) else exits.PASS


def prove_answer(trials: Sequence[Trial]) -> ProveAnswer:
    """The trials, counted."""
    results = [trial.result.value for trial in trials]
    return ProveAnswer(
        proven=results.count("proven"),
        decoration=results.count("decoration"),
        untried=results.count("not clean") + results.count("broken"),
        unprovable=results.count("unprovable"),
        trials=tuple(_trial(trial) for trial in trials),
    )


def prove_text(trials: Sequence[Trial], *, colour: bool) -> str:
    """One line per trial and a count."""
    answer = prove_answer(trials)
    rows = [(trial.gate, trial.result.value, trial.detail) for trial in trials]
    counted = f"{answer.proven} proven, {answer.decoration} decoration, {answer.untried} could not be tried, {answer.unprovable} unprovable"
    return f"{human.table(('gate', 'result', 'what happened'), rows, colour=colour)}\n{counted}"


def _trial(trial: Trial) -> TrialAnswer:
    return TrialAnswer(
        gate=trial.gate,
        kind=trial.kind,
        required=trial.required,
        definition=trial.definition,
        outcome=trial.outcome.value,
        result=trial.result.value,
        detail=trial.detail,
        file=trial.seed.file if trial.seed else "",
        because=trial.seed.because if trial.seed else "",
    )
