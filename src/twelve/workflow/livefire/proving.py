"""The whole trial: what is wanted here, what is registered, what it does when it is fired at, and the record of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from twelve.model.settings import Settings
from twelve.model.verdict import Outcome
from twelve.system import files, git
from twelve.workflow.install import arm, doctor
from twelve.workflow.install import clients as programs
from twelve.workflow.install.doctor import Look
from twelve.workflow.livefire import bundles, circumstances, clients, codex, covering, firing, gitguards, matching, proof, tidying
from twelve.workflow.livefire.entries import Entry, Reading
from twelve.workflow.livefire.firing import Hit
from twelve.workflow.livefire.shots import Magazine, Shot
from twelve.workflow.livefire.words import Around, Cause, Guard, Problem

GIT = "git"
NAMES = (*clients.READERS, GIT)
SHOWN = 3
"""Hits of one cause that are told."""


def prove(
    repository: git.Repository,
    settings: Settings,
    *,
    only: Iterable[str] = (),
    quick: bool = False,
    environ: Mapping[str, str] | None = None,
    on_guard: Callable[[Guard], None] | None = None,
) -> tuple[Guard, ...]:
    """Fire at every guard wanted here (`only`: these of `NAMES`) and record what came of it. `quick` fires little and proves nothing.

    Raises TwelveError when the installation's record or the policy cannot be read.
    """
    around = Around(repository=repository, environ=os.environ if environ is None else environ)
    look = doctor.look(repository, arm.of(repository, settings), around.environ)
    chosen = tuple(only) or NAMES
    shared = tuple(bundles.problems(look))
    found: list[Guard] = []
    for guard in _guards(look, around, settings, chosen, shared, quick=quick):
        found.append(guard)
        if on_guard:
            on_guard(guard)
    if not quick:
        proof.keep(around, found, days=settings.guard.prove_days)
    return tuple(found)


def wanted(look_armed: Iterable[str], around: Around, *, hooks: bool) -> tuple[str, ...]:
    """Names of the guards that belong here: armed by init, or registered by whoever."""
    names = [name for name, read in clients.READERS.items() if name in tuple(look_armed) or read(around).ours]
    return (*names, *(f"{GIT} {name}" for name in gitguards.REFUSING if hooks))


def _guards(
    look: Look, around: Around, settings: Settings, chosen: tuple[str, ...], shared: tuple[Problem, ...], *, quick: bool
) -> Iterator[Guard]:
    for name in clients.READERS:
        if name in chosen:
            with files.scratch_directory("twelve-prove-") as scratch:
                yield _client(name, look, around, settings, scratch, shared, quick=quick)
    if GIT in chosen and gitguards.wanted(look):
        mine = tuple(problem for problem in shared if problem.cause not in (Cause.POLICY_EDITED, Cause.BUNDLE_STALE))
        with files.scratch_directory("twelve-prove-") as scratch:
            yield from gitguards.prove(look, around, scratch, mine, quick=quick)
    elif GIT in chosen:
        yield Guard(name=GIT, outcome=Outcome.SKIP, note="twelve init installed no git hooks here")


def _client(name: str, look: Look, around: Around, settings: Settings, scratch: Path, shared: tuple[Problem, ...], *, quick: bool) -> Guard:
    reading = clients.READERS[name](around)
    here = programs.installed(name, around.environ)
    if name not in look.armed and not reading.ours:
        return Guard(name=name, outcome=Outcome.SKIP, note="not armed here" if here else "not here")
    wrong = (*reading.problems, *covering.problems(name, reading, around), *shared)
    said = codex.asked(around) if name == "codex" and not wrong else ""
    wrong = (*wrong, said) if isinstance(said, Problem) else wrong
    if wrong:
        return Guard(name=name, outcome=Outcome.FAIL, problems=distinct(wrong), note="not fired at: it would not run as it should")
    notes = ("" if here else "the program is not found on PATH", said if isinstance(said, str) else "")
    circumstances.stage(scratch)
    session = f"prove-{secrets.token_hex(8)}"
    with tidying.tidied(around.repository.state_dir, name, session):
        return _fired(name, reading, around, Magazine(name, around, settings, scratch, session), notes, quick=quick)


def _fired(name: str, reading: Reading, around: Around, magazine: Magazine, notes: tuple[str, ...], *, quick: bool) -> Guard:
    def shoot(shot: Shot) -> Hit:
        entry = _entry(name, reading, shot)
        return firing.fire(name, entry, shot, around, covering.seconds(name, entry))

    with ThreadPoolExecutor(max_workers=min(16, os.cpu_count() or 1)) as crew:
        hits = tuple(crew.map(shoot, magazine.quick() if quick else magazine.shots()))
    problems = [*(hit.problem for hit in hits if hit.problem), *(_dead(rule) for rule in magazine.dead())]
    if magazine.set_aside:
        notes += (f"set aside by an exemption, not fired at: {', '.join(magazine.set_aside)}",)
    calls = [entry for entry in reading.ours if entry.event == matching.CALL[name]]
    return Guard(
        name=name,
        outcome=Outcome.FAIL if problems else Outcome.PASS,
        problems=distinct(problems),
        shots=len(hits),
        slowest_ms=max(round(hit.took_s * 1000) for hit in hits),
        limit_ms=round(min(covering.seconds(name, entry) for entry in calls) * 1000),
        note="; ".join(filter(None, notes)),
    )


def _entry(client: str, reading: Reading, shot: Shot) -> Entry:
    """The entry the client would run for this shot."""
    return next(
        entry for entry in reading.ours if entry.event == shot.event and (not shot.tool or matching.hits(client, entry.matcher, shot.tool))
    )


def _dead(rule: str) -> Problem:
    what = f"the rule {rule} does not answer its own canary under this policy"
    return Problem(cause=Cause.LET_THROUGH, what=what, next=f"twelve guard explain {rule}")


def distinct(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """A few of each cause, in the order they were found."""
    kept: list[Problem] = []
    for problem in problems:
        if sum(item.cause is problem.cause for item in kept) < SHOWN and problem not in kept:
            kept.append(problem)
    return tuple(kept)
