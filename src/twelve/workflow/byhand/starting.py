"""Begins a run by hand, or a phase of one: a template where there is nothing yet."""

from __future__ import annotations

from pathlib import Path

from twelve.model.errors import Trouble, TwelveError
from twelve.model.phase import Phase, Preset, Size
from twelve.system import clock, files, journal, records
from twelve.workflow import artefacts, prompts, sizing
from twelve.workflow.byhand import notebook
from twelve.workflow.byhand.bench import Bench, View, view
from twelve.workflow.byhand.notebook import Notebook
from twelve.workflow.machine import Write, route

MAX_TASK = 20_000
"""Longest task, characters (ours)."""
LONGEST_WHY = 200
"""Characters of what is missing quoted in a refusal; `twelve next` shows the rest (ours)."""


def begin(bench: Bench, task: str, *, preset: Preset, asked: Size) -> Notebook:
    """Record a new run from the current commit. The tree may be dirty; what is in it counts as the run's work.

    Raises:
        TwelveError: no commit yet, or no task.
    """
    words = task.strip()
    if not words or len(words) > MAX_TASK or "\0" in words:
        raise TwelveError(
            "the task says nothing a run could start from",
            why=f"it is empty or longer than {MAX_TASK} characters",
            next='twelve prime "what to do"',
        )
    base = bench.repository.head()
    if base is None or bench.repository.bare:
        raise TwelveError(
            "there is nothing to start from",
            why="the repository has no commit or no work tree",
            next="make a first commit, then start the run",
        )
    moment = clock.now()
    book = Notebook(
        run=records.new_id(words[:200], moment=moment, content=f"{clock.iso(moment)}{words}{base}".encode()),
        task=words,
        preset=preset,
        asked=asked,
        size=sizing.measure(bench.settings.run, task=words, asked=asked).size,
        base=base,
        root=str(bench.root),
    )
    notebook.save(bench.state, book)
    journal.Journal(bench.state / "journal").emit(
        "run.started",
        run=book.run,
        task=words,
        size=book.size.value,
        preset=preset.value,
        branch=bench.repository.branch() or "",
        base=base,
    )
    return book


def uncommitted(bench: Bench) -> tuple[str, ...]:
    """Paths whose changes lie in the tree before the run has begun; records are not counted."""
    return tuple(change.path for change in bench.repository.status() if not change.path.startswith(".twelve/"))


def open_phase(bench: Bench, phase: Phase) -> tuple[Path, bool]:
    """Path of the phase's artefact and whether its template was written now.

    Raises:
        TwelveError: an earlier phase is still open; its name and what it lacks are in the message.
    """
    seen = view(bench)
    refuse_early(seen, phase)
    name = route.artefact(seen.picture.facts, phase)
    place = files.confined(bench.root, artefacts.relative(bench.book.run, name))
    place.parent.mkdir(parents=True, exist_ok=True)
    made = files.create_exclusive(place, prompts.template(name, seen.told, seen.picture) + f"\nTask: {' '.join(bench.book.task.split())}\n")
    return place, made


def fields_to_add(seen: View, phase: Phase) -> str:
    """What a phase wants in an artefact that an earlier phase began; "" when it has a template of its own."""
    shared = phase is Phase.LEARN and route.artefact(seen.picture.facts, phase) == "tiny"
    wanted = bool(seen.state.moves) and isinstance(seen.state.moves[0], Write)
    return prompts.learn_fields(seen.told.run) if shared and wanted else ""


def refuse_early(seen: View, phase: Phase) -> None:
    """TwelveError when the run has no such phase, or an earlier one is still open."""
    phases = route.sequence(seen.picture.facts.preset, route.started_size(seen.picture.facts))
    if phase not in phases:
        listed = ", ".join(item.value for item in phases)
        raise TwelveError(
            f"this run has no phase {phase.value}", why=f"it goes through {listed}", next="see `twelve next`", kind=Trouble.RED
        )
    if phases.index(phase) > phases.index(seen.state.phase):
        first = seen.state.missing[0]
        raise TwelveError(
            f"{phase.value} cannot begin: {seen.state.phase.value} is still open",
            why=first.what if len(first.what) <= LONGEST_WHY else f"{first.what[:LONGEST_WHY]} …",
            next=f"{first.return_to.value}: {first.next}, then twelve {seen.state.phase.value} --check; twelve next lists all",
            kind=Trouble.RED,
        )
