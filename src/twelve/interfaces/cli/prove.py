"""`twelve prove`: everything that claims to stop something is seen stopping it: guards by live fire, gates by planted defects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import click
from msgspec import Struct

from twelve.factors.gates import prove as gates
from twelve.factors.gates import suites
from twelve.interfaces.cli import exits, gate_prove, terminal
from twelve.model.verdict import Outcome
from twelve.render import human
from twelve.workflow.install.clients import CLIENTS
from twelve.workflow.install.doctor import standing
from twelve.workflow.livefire import proving
from twelve.workflow.livefire.words import Guard, Problem

PARTS = ("guards", "gates")
Part = Literal["guards", "gates"]


class Answer(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.prove.v1"):
    """What was tried and what came of it."""

    green: bool
    """Everything wanted here was seen to stop what it should, and to let honest work pass."""
    guards: tuple[Guard, ...]
    gates: gate_prove.ProveAnswer | None
    """None when gates were not tried, or none is defined."""


@click.command(
    cls=terminal.Verb,
    answer=Answer,
    examples=("twelve prove", "twelve prove guards", "twelve prove guards --client claude --json", "twelve prove gates"),
)
@click.argument("part", type=click.Choice(PARTS), required=False)
@click.option(
    "--client", "clients", multiple=True, type=click.Choice(proving.NAMES), help="Only this client's guard, or git's; repeatable."
)
@click.option("--quick", is_flag=True, help="Only a few calls per client, as after an edit. Guards do not count as proven by it.")
@click.option("--progress/--no-progress", default=None, help="Live lines on stderr; default: when stderr is a terminal.")
@click.option("--ci", is_flag=True, help="Say that this is CI: guards are wanted even where none was installed.")
@terminal.json_option
@terminal.directory_option
def command(
    part: Part | None, clients: tuple[str, ...], quick: bool, progress: bool | None, ci: bool, as_json: bool, directory: Path
) -> int:
    """Fire at the registered hooks and plant a defect for every gate; your files are not touched. 1: something is unproven."""
    here = terminal.session(directory)
    here.repository.need_work_tree()
    speak = terminal.progress(progress)
    guards = _guards(here, clients, speak, quick=quick) if part != "gates" else ()
    trials = _gates(here, speak) if part != "guards" and not clients else None
    asked = part != "gates" and (ci or part == "guards" or bool(clients))
    answer = Answer(green=_green(guards, trials, asked=asked), guards=guards, gates=gate_prove.prove_answer(trials) if trials else None)
    text = _text(answer, trials)
    terminal.show(answer, as_json=as_json, human=lambda: text)
    return exits.PASS if answer.green else exits.RED


def _guards(here: terminal.Session, clients: tuple[str, ...], speak: Callable[[str], None], *, quick: bool) -> tuple[Guard, ...]:
    def told(guard: Guard) -> None:
        speak(f"{guard.outcome.value:<5} {_line(guard)}")

    return proving.prove(here.repository, here.settings, only=clients, quick=quick, on_guard=told)


def _gates(here: terminal.Session, speak: Callable[[str], None]) -> tuple[gates.Trial, ...]:
    return gates.prove(
        here.repository,
        suites.select(here.settings, suites.FULL),
        journal=here.journal,
        on_trial=lambda trial: speak(f"{trial.outcome.value:<5} {human.one_line(trial.gate)}: {trial.result.value}"),
    )


def _green(guards: tuple[Guard, ...], trials: tuple[gates.Trial, ...] | None, *, asked: bool) -> bool:
    """Nothing failed, and something was tried: where guards were asked for, a guard."""
    outcomes = [guard.outcome for guard in guards]
    results = [trial.outcome for trial in trials or ()]
    tried = outcomes if asked else [*outcomes, *results]
    bad = (Outcome.FAIL, Outcome.ERROR)
    return Outcome.PASS in tried and not any(outcome in bad for outcome in (*outcomes, *results))


def _text(answer: Answer, trials: tuple[gates.Trial, ...] | None) -> str:
    parts = []
    colour = terminal.colour()
    if answer.guards:
        rows = [(guard.name, guard.outcome.value, _detail(guard)) for guard in answer.guards]
        parts.append(human.table(("guard", "", "what happened"), rows, colour=colour))
        parts += _causes(answer.guards)
        parts.append(_count(answer.guards))
    if trials:
        parts += ["", gate_prove.prove_text(trials, colour=colour)]
    elif trials is not None:
        parts += ["", "no gate is defined, so none was tried"]
    return "\n".join(parts)


def _count(guards: tuple[Guard, ...]) -> str:
    wanted = [guard for guard in guards if guard.outcome is not Outcome.SKIP]
    if not wanted:
        return "no guard is armed here, so nothing was proven\nnext: twelve init"
    count = f"guards: {sum(guard.outcome is Outcome.PASS for guard in wanted)}/{len(wanted)} proven"
    unguarded = any(guard.name in CLIENTS for guard in guards) and not any(guard.name in CLIENTS for guard in wanted)
    return f"{count}, of git only\n{standing.UNGUARDED}" if unguarded else count


def _line(guard: Guard) -> str:
    causes = ", ".join(dict.fromkeys(problem.cause.value for problem in guard.problems))
    return f"{guard.name}: {causes or _detail(guard)}"


def _detail(guard: Guard) -> str:
    fired = f"{guard.shots} shots, slowest {guard.slowest_ms} ms" if guard.shots else ""
    limit = f" of {guard.limit_ms / 1000:g} s" if guard.limit_ms else ""
    return "; ".join(filter(None, (f"{fired}{limit}" if fired else "", human.one_line(guard.note))))


def _causes(guards: tuple[Guard, ...]) -> Iterator[str]:
    """Every cause once, with the guards it concerns."""
    found: dict[tuple[str, str], tuple[Problem, list[str]]] = {}
    for guard in guards:
        for problem in guard.problems:
            what = problem.what.removeprefix(f"{guard.name}: ")
            found.setdefault((problem.cause.value, what), (problem, []))[1].append(guard.name)
    for (cause, what), (problem, names) in found.items():
        yield f"{', '.join(names)}: {human.one_line(what)} [{cause}]"
        yield from (f"  {name}: {human.one_line(text)}" for name, text in (("why", problem.why), ("next", problem.next)) if text)
