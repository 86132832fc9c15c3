"""What `twelve next` and the phase verbs answer: where a run by hand stands. Imports no click."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from twelve.interfaces.cli import exits
from twelve.workflow.byhand.bench import View
from twelve.workflow.machine import Ask, Commit, Escalate, Finish, Missing, Move, Status, Work, Write
from twelve.workflow.machine.exits import EXITS

SHOWN = 12
"""Missing things shown to a person at once."""


class Standing(Struct, frozen=True, kw_only=True):
    """One run's state; what `--json` prints."""

    run: str
    task: str
    phase: str
    status: Status
    size: str
    size_why: str
    """What made it this size; "" when an earlier, larger size still holds."""
    question: str
    """The exit question of the phase."""
    missing: tuple[Missing, ...]
    moves: tuple[Move, ...]
    waiting_on: str
    unverified: tuple[str, ...]
    plan_steps: tuple[str, ...] = ()


def standing(seen: View) -> Standing:
    state = seen.state
    return Standing(
        run=seen.told.run,
        task=seen.told.task,
        phase=state.phase.value,
        status=state.status,
        size=state.size.value,
        size_why=seen.picture.sizing.why if seen.picture.sizing.size is state.size else "",
        question=EXITS[state.phase].question,
        missing=state.missing,
        moves=state.moves,
        waiting_on=state.waiting_on,
        unverified=state.unverified,
        plan_steps=tuple(step.id for step in seen.picture.design.steps),
    )


def code(found: Standing) -> int:
    """Exit code: 0 unless something is red or a person or the machine is waited for."""
    match found.status:
        case Status.WAITING:
            return exits.WAITING
        case Status.ESCALATED | Status.FAILED:
            return exits.ESCALATED
        case Status.BLOCKED:
            return exits.RED
    return exits.PASS


def text(found: Standing) -> str:
    return "\n".join(_lines(found))


def _lines(found: Standing) -> Iterator[str]:
    yield f"run      {found.run}"
    yield f"size     {found.size}{f' ({found.size_why})' if found.size_why else ''}"
    yield f"phase    {found.phase}: {found.question}"
    yield f"state    {found.status.value}"
    missing = [line for number, item in enumerate(found.missing) for line in _missing(found, item, first=number == 0)]
    yield from (f"missing  {line}" for line in missing[:SHOWN])
    if len(missing) > SHOWN:
        yield f"         and {len(missing) - SHOWN} more"
    if found.waiting_on:
        asked = found.waiting_on
        yield f"next     answer request {asked}: twelve approve {asked}, or twelve reject {asked} --reason '…'"
    for number, move in enumerate(found.moves):
        yield f"{'next' if number == 0 else 'or':8} {told(found, move)}"
    for item_skipped in found.unverified:
        yield f"unverified {item_skipped}"


def _missing(found: Standing, item: Missing, *, first: bool) -> tuple[str, ...]:
    """One line per finding where there are several."""
    why = found.moves[0].why if first and found.moves and isinstance(found.moves[0], Write | Work) else ()
    return tuple(f"{line}  [{item.return_to.value}]" for line in why or (item.what,))


def told(found: Standing, move: Move) -> str:
    """A move in words for a person who works by hand."""
    folder = f".twelve/runs/{found.run}"
    match move:
        case Write():
            place = f"{folder}/{move.artefact}.md"
            return f"fill in {place} (twelve {found.phase} writes its template), then: twelve {found.phase} --check"
        case Work() if move.step:
            done = f"carry out step {move.step}" if not move.why else f"repair step {move.step}"
            return f"{done}, then: twelve implement --check"
        case Work():
            return "repair what is named above, then: twelve implement --check"
        case Commit() if move.step:
            return f"commit the work of step {move.step}, then: twelve implement --check"
        case Commit() if move.phase.value == "implement":
            return f"commit {folder}/implement.md, which twelve implement --check writes"
        case Commit():
            return f"commit {folder} so that {move.phase.value} is part of the history"
        case Ask():
            return f"twelve {found.phase} --check puts the question: {move.question}"
        case Escalate():
            return "put right what is named above"
        case Finish():
            return "nothing: the run is done on exactly this content"
    return f"twelve {found.phase} --check"
