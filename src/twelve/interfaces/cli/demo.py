"""`twelve demo`: the whole loop in a throw-away repository, with an agent that cuts corners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from msgspec import Struct

from twelve.factors.gates import prove as proving
from twelve.factors.gates import suites
from twelve.factors.gates.prove import Result, Trial
from twelve.interfaces.cli import exits, run_answers, terminal
from twelve.interfaces.cli.run import drive
from twelve.model.phase import Preset, Size
from twelve.workflow import compose, demonstration
from twelve.workflow.demonstration import Refusal
from twelve.workflow.drive import summary as summaries
from twelve.workflow.drive.projection import RunState
from twelve.workflow.drive.summary import Summary


class DemoAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve demo --json` answers."""

    folder: str
    summary: Summary
    refusals: tuple[Refusal, ...]
    proven: tuple[str, ...]
    """Gates seen red on a planted defect."""
    unproven: tuple[str, ...]


@click.command(cls=terminal.Verb, answer=DemoAnswer, examples=("twelve demo", "twelve demo --into tally-demo --json"))
@click.option("--into", type=click.Path(path_type=Path), help="Make the repository here; default: a new temporary folder.")
@terminal.json_option
def command(into: Path | None, as_json: bool) -> int:
    """Watch the loop work on a small Python project with a real failing behaviour.

    A scripted agent leaves out a validation, bends a test and claims what it never checked; the gates are
    real and stop it. No network, no API key. The repository stays for you to look at.
    """
    speak = terminal.progress(True)
    repository = demonstration.lay(into)
    speak(f"A project with a failing test, and an agent told to {demonstration.TASK}:\n{repository.root}\n")
    session = terminal.session(repository.root)
    order = compose.Order(task=demonstration.TASK, agent=compose.REPLAY, size=Size.NORMAL, preset=Preset.FULL, script=demonstration.SCRIPT)
    request = compose.create(session.repository, session.settings, order)
    drive(session, request.run, progress=True)
    found = summaries.summary(session.repository, compose.runs(session.repository), request.run)
    trials = _prove(session, found) if found.state == RunState.DONE.value else ()
    refused = demonstration.refusals(compose.runs(session.repository).entries(request.run))
    answer = DemoAnswer(
        folder=str(repository.root),
        summary=found,
        refusals=refused,
        proven=tuple(trial.gate for trial in trials if trial.result is Result.PROVEN),
        unproven=tuple(trial.gate for trial in trials if trial.result is not Result.PROVEN),
    )
    terminal.show(answer, as_json=as_json, human=lambda: "\n".join(_lines(answer)))
    red = not refused or answer.unproven or not answer.proven
    return run_answers.code(found) or (exits.RED if red else exits.PASS)


def _prove(session: terminal.Session, found: Summary) -> Sequence[Trial]:
    """Plant a defect for every gate in a copy of the finished work."""
    say = terminal.progress(True)
    say("== are the gates real? a defect is planted for each, in a copy of the finished work ==")

    def tell(trial: Trial) -> None:
        say(f"  {trial.gate}: {trial.result.value}: {trial.detail[:160]}")

    gates = suites.select(session.settings, suites.FULL)
    with demonstration.finished(session.repository, found.branch) as tree:
        return proving.prove(tree, gates, journal=session.journal, on_trial=tell)


def _lines(answer: DemoAnswer) -> Iterator[str]:
    yield ""
    yield "What was stopped on the way:"
    for refusal in answer.refusals:
        yield f"  {refusal.phase}{f' {refusal.step}' if refusal.step else ''}: the agent said “{refusal.claimed[:100]}”"
        yield f"    refused: {refusal.because[0][:200]}"
    yield f"Gates seen red on a planted defect: {', '.join(answer.proven) or 'none'}"
    if answer.unproven:
        yield f"Gates not proven: {', '.join(answer.unproven)}"
    yield ""
    yield from run_answers.lines(answer.summary)
    yield ""
    yield f"It is all in {answer.folder}. Look with plain git:"
    yield f"  cd {answer.folder}"
    yield f"  git log --notes=twelve/gates {answer.summary.branch}"
    yield f"  git diff {answer.summary.base[:12]} {answer.summary.branch} -- tally tests"
    yield "Then, in a repository of your own: twelve init --dry-run"
