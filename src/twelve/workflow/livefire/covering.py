"""Whether what a client has loaded would be run at every event and for every tool it must see, in time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from twelve.workflow.livefire import matching
from twelve.workflow.livefire.entries import Entry, Reading
from twelve.workflow.livefire.words import MOST_S, SLACK_S, Around, Cause, Problem

UNIT_S = {"claude": 1.0, "codex": 1.0, "gemini": 0.001}
DEFAULT_S = {"claude": 600.0, "codex": 600.0, "gemini": 60.0}
ELSE_S = 1.0
"""Least time for events nothing hangs on, seconds (ours): the slowest answer seen took a tenth of it."""
AGAIN = "twelve doctor --fix registers it again"


RUNNERS = ("python", "pypy", "env", "uv")
"""Beginnings of names that PATH leads to an interpreter; what else a line begins with is seen when it is fired."""


def problems(client: str, reading: Reading, around: Around) -> Iterator[Problem]:
    """Everything that can be told without running anything."""
    ours = reading.ours
    if not ours:
        lost = [problem for problem in reading.problems if problem.cause in (Cause.SETTINGS_INVALID, Cause.UNTRUSTED)]
        if not lost:
            yield Problem(cause=Cause.HOOK_MISSING, what=f"no settings file of {client} registers our hook", next=AGAIN)
        return
    yield from _foreign(client, ours, around)
    yield from _misplaced(client, ours)
    for event in matching.events(client):
        mine = tuple(entry for entry in ours if entry.event == event)
        if mine:
            yield from _covered(client, event, mine)
        elif not any(entry.event not in matching.events(client) for entry in ours):
            yield _missing(client, event)
    for entry in ours:
        yield from _startable(client, entry, around)


def _foreign(client: str, ours: tuple[Entry, ...], around: Around) -> Iterator[Problem]:
    """What stands in a tracked file is the repository's word, not this person's: it is never run here."""
    for source in dict.fromkeys(entry.source for entry in ours):
        path = Path(source)
        if path.is_relative_to(around.root) and around.repository.tracked(str(path.relative_to(around.root))):
            what = f"{client}: {path.relative_to(around.root)} is tracked in git and registers a hook in our name"
            why = "whoever changes the repository decides what it runs; it was not run"
            step = f"look at it; a file of this machine alone leaves git by: git rm --cached {path.relative_to(around.root)}"
            yield Problem(cause=Cause.TRACKED, what=what, why=why, next=step, path=source)


def seconds(client: str, entry: Entry) -> float:
    """What the client grants this hook."""
    return DEFAULT_S[client] if entry.timeout is None else entry.timeout * UNIT_S[client]


def _misplaced(client: str, ours: tuple[Entry, ...]) -> Iterator[Problem]:
    known = matching.events(client)
    for entry in ours:
        if entry.event not in known:
            close = get_close_matches(entry.event, known, n=1)
            hint = f"; {close[0]} is meant" if close else ""
            what = f"{client}: our hook stands under {entry.event!r}, an event it does not answer{hint}"
            yield Problem(cause=Cause.WRONG_EVENT, what=what, why="the client runs nothing for it", next=AGAIN, path=entry.source)


def _missing(client: str, event: str) -> Problem:
    return Problem(cause=Cause.HOOK_MISSING, what=f"{client}: our hook is not registered for {event}", next=AGAIN)


def _covered(client: str, event: str, mine: tuple[Entry, ...]) -> Iterator[Problem]:
    source = mine[0].source
    tools = matching.TOOLS[client] if event in matching.TOOL_EVENTS else ("",)
    whole = [entry for entry in mine if entry.type == "command" and not entry.narrowed]
    if not whole:
        how = ", ".join(mine[0].narrowed) or f"type {mine[0].type}"
        what = f"{client}: {event}: our hook is bound to conditions or not waited for ({how})"
        yield Problem(cause=Cause.NARROWED, what=what, next=AGAIN, path=source)
        return
    unseen = [tool for tool in tools if not any(matching.hits(client, entry.matcher, tool) for entry in whole)] if tools != ("",) else []
    if unseen:
        yield _unmatched(client, event, whole, unseen)
    for entry in whole:
        if problem := _timing(client, event, entry):
            yield problem


def _unmatched(client: str, event: str, whole: list[Entry], unseen: list[str]) -> Problem:
    matcher = whole[0].matcher or ""
    none = len(unseen) == len(matching.TOOLS[client])
    close = get_close_matches(matcher, matching.TOOLS[client], n=1) if none else []
    hint = f"; did somebody mean {close[0]}?" if close else ""
    told = "hits no tool there is" if none else f"leaves out {', '.join(unseen[:4])}"
    what = f"{client}: {event}: the matcher {matcher!r} {told}{hint}"
    return Problem(cause=Cause.MATCHER, what=what, why="such calls run without being looked at", next=AGAIN, path=whole[0].source)


def _timing(client: str, event: str, entry: Entry) -> Problem | None:
    given = seconds(client, entry)
    least = SLACK_S if event in matching.GUARDED else ELSE_S
    unit = "milliseconds" if client == "gemini" else "seconds"
    if entry.timeout is not None and (given < least <= entry.timeout or given > MOST_S):
        what = f"{client}: {event}: the time limit is {entry.timeout:g}, which this client takes for {unit}"
        late = (
            "the hook is stopped before it can answer, and the call runs" if given < least else "a hook that hangs holds a call for hours"
        )
        return Problem(cause=Cause.TIMEOUT_UNIT, what=what, why=late, next=AGAIN, path=entry.source)
    if given < least:
        what = f"{client}: {event}: the time limit is {given:g} s, less than the {least:g} s an answer may need"
        return Problem(cause=Cause.TIMEOUT_SHORT, what=what, why="past it the call runs", next=AGAIN, path=entry.source)
    return None


def _startable(client: str, entry: Entry, around: Around) -> Iterator[Problem]:
    first = entry.words[0] if entry.words else ""
    if first.startswith(RUNNERS):
        what = f"{client}: the registered command line starts {first!r}, which PATH decides"
        why = "whoever puts a program of that name first in PATH answers instead"
        yield Problem(cause=Cause.PATH_SHADOWING, what=what, why=why, next=AGAIN, path=entry.source)
    elif first.startswith("/") and not (os.path.isfile(first) and os.access(first, os.X_OK)):
        what = f"{client}: the registered interpreter {first} cannot be started"
        why = "a Python was removed or moved; the client lets the call run"
        yield Problem(cause=Cause.INTERPRETER, what=what, why=why, next="twelve doctor --fix registers the one in use now", path=first)
    elif not any(os.path.realpath(word) == os.path.realpath(around.hook) for word in entry.words):
        what = f"{client}: the registered command line names the hook of another repository"
        yield Problem(cause=Cause.ELSEWHERE, what=what, why="this one was moved or copied", next=AGAIN, path=entry.source)
