"""What the five phase verbs share: open a phase with its template, or check it and say what is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec import structs

from twelve.interfaces.cli import asking, exits, standing, terminal
from twelve.model.phase import Phase, Preset, Size
from twelve.workflow.byhand import checking, notebook, starting
from twelve.workflow.byhand.bench import Bench, view
from twelve.workflow.machine import Commit, Status, route

F = TypeVar("F", bound=Callable[..., Any])


def options(function: F) -> F:
    """--check, --run, --json and -C."""
    for option in (
        terminal.directory_option,
        terminal.json_option,
        click.option("--run", default="", help="A run id; default: the newest run by hand of this work tree."),
        click.option("--check", is_flag=True, help="Judge what is there: format, rules, gates, acceptance."),
    ):
        function = option(function)
    return function


def carry_out(phase: Phase, *, check: bool, run: str, as_json: bool, directory: Path) -> int:
    """One phase verb. Returns the exit code."""
    bench = bench_of(directory, run)
    if check:
        return checked(bench, phase, as_json=as_json)
    return opened(bench, phase, as_json=as_json)


def opened(bench: Bench, phase: Phase, *, as_json: bool) -> int:
    """Write the phase's template where there is nothing yet, and say what comes next."""
    place, made = starting.open_phase(bench, phase)
    seen = view(bench)
    found = standing.standing(seen)
    shown = place.relative_to(bench.root)
    note = f"wrote    {shown}" if made else f"there    {shown}"
    if fields := starting.fields_to_add(seen, phase):
        note = f"{note}\nadd to its front matter, filled in:\n{fields}"
    terminal.show(found, as_json=as_json, human=lambda: f"{note}\n{standing.text(found)}")
    return exits.PASS


def checked(bench: Bench, phase: Phase, *, as_json: bool, ready: bool = False) -> int:
    """Judge as far as possible; 0 when nothing of this phase is missing but its commit."""
    with notebook.lock(bench.state, bench.book.run):
        _, seen = checking.advance(structs.replace(bench, book=notebook.load(bench.state, bench.book.run)), ready=ready)
    found = standing.standing(seen)
    terminal.show(found, as_json=as_json, human=lambda: standing.text(found))
    phases = route.sequence(seen.picture.facts.preset, route.started_size(seen.picture.facts))
    beyond = phase in phases and phases.index(seen.state.phase) > phases.index(phase)
    recorded = bool(found.moves) and isinstance(found.moves[0], Commit)
    if seen.state.status in (Status.WAITING, Status.ESCALATED, Status.FAILED):
        return standing.code(found)
    return exits.PASS if beyond or recorded or seen.state.status is Status.DONE else exits.RED


def start(task: str, *, preset: str, size: str, as_json: bool, directory: Path) -> int:
    """Begin a run and open its first phase."""
    from_here = terminal.session(directory)
    empty = notebook.Notebook(run="", task="", preset=Preset(preset), asked=Size(size), size=Size(size), base="", root="")
    bench = Bench(repository=from_here.repository, settings=from_here.settings, book=empty, say=terminal.progress())
    book = starting.begin(bench, task, preset=Preset(preset), asked=Size(size))
    if early := starting.uncommitted(bench):
        click.echo(f"note: what is not committed counts as this run's work: {', '.join(early[:5])}{' …' if early[5:] else ''}", err=True)
    bench = structs.replace(bench, book=book)
    return opened(bench, view(bench).state.phase, as_json=as_json)


def bench_of(directory: Path, run: str) -> Bench:
    """The run's bench, with progress on stderr."""
    session = terminal.session(directory)
    return structs.replace(asking.open_bench(session.repository, run), say=terminal.progress(True))
