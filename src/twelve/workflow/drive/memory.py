"""What the finished effects of a run add up to. Pure: entries in, sums out; nothing is looked up elsewhere.

Retries and halts count within the current segment only: a person who resumes a run has put something right.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct, convert, field

from twelve.factors.agents.harness import Usage
from twelve.workflow import machine
from twelve.workflow.drive.projection import Entry, RunRequest, order
from twelve.workflow.facts import Answer, Closing

TURNS = ("write", "work")
TRANSIENT = "transient"
HALT = "halt"


class Memory(Struct, kw_only=True):
    """The sum. Mutable while it is added up, handed out afterwards."""

    head: str
    """Tip of the branch as we left it."""
    content: str
    """Commit whose tree is the work in progress."""
    turn: str = ""
    """Move of the latest agent turn since the last commit; "" when there was none."""
    artefact: str = ""
    """Path that turn was asked to write."""
    rounds: dict[str, int] = field(default_factory=dict)
    worked: dict[str, str] = field(default_factory=dict)
    """Step -> content after its latest proper turn."""
    gates: dict[tuple[str, str, str], machine.GateFact] = field(default_factory=dict)
    """(gate, definition, subject) -> latest fact."""
    closings: dict[str, Closing] = field(default_factory=dict)
    pins: dict[str, str] = field(default_factory=dict)
    red: dict[str, Answer] = field(default_factory=dict)
    accepted: dict[str, Answer] = field(default_factory=dict)
    observed: Answer | None = None
    committed: dict[str, str] = field(default_factory=dict)
    """Phase -> digest of its artefact as committed."""
    recorded: str = ""
    """Subject that implement.md describes."""
    regressions: list[machine.Regression] = field(default_factory=list)
    unprovable: set[str] = field(default_factory=set)
    """Gates for which a proof was tried and none could be had."""
    transient: dict[str, int] = field(default_factory=dict)
    """Unit -> transient failures in a row, in this segment."""
    amended: int = 0
    """Commits in a row whose content the person's hooks changed."""
    halt: str = ""
    failure: dict[str, str] = field(default_factory=dict)
    """Unit -> how its latest turn failed, for the next prompt."""
    usage: Usage = field(default_factory=Usage)
    worked_s: float = 0.0
    turns: int = 0

    def attempt(self, unit: str) -> int:
        return self.transient.get(unit, 0) + 1


def recall(request: RunRequest, entries: Iterable[Entry], segment: int) -> Memory:
    """Add up the entries, in order. `segment` is the one being driven."""
    memory = Memory(head=request.base, content=request.base)
    for entry in entries:
        _common(memory, entry)
        adder = _ADDERS.get(entry.move)
        if adder:
            adder(memory, entry, order(entry.key)[0] == segment)
    return memory


def _common(memory: Memory, entry: Entry) -> None:
    memory.usage = memory.usage.plus(entry.usage)
    memory.worked_s += entry.duration_s
    if entry.commit:
        memory.head = memory.content = entry.commit
        memory.turn, memory.amended = "", 0
    if entry.content:
        memory.content = entry.content
    memory.amended += entry.move == "amended"


def _turn(memory: Memory, entry: Entry, current: bool) -> None:
    unit = str(entry.data.get("unit", ""))
    memory.turn, memory.artefact = entry.move, str(entry.data.get("artefact", ""))
    memory.turns += 1
    memory.failure.pop(unit, None)
    if entry.kind == TRANSIENT:
        if current:
            memory.transient[unit] = memory.transient.get(unit, 0) + 1
        return
    memory.transient.pop(unit, None)
    if entry.kind == HALT:
        memory.halt = entry.detail if current else ""
        return
    memory.rounds[unit] = memory.rounds.get(unit, 0) + 1
    if not entry.ok:
        memory.failure[unit] = entry.detail
    elif entry.move == "work" and entry.step:
        memory.worked[entry.step] = entry.content


def _gates(memory: Memory, entry: Entry, current: bool) -> None:
    """What a missing program kept from being judged is judged again after a person resumed the run."""
    for item in entry.data.get("gates", []):
        fact = convert(item["fact"], machine.GateFact)
        if fact.repairable or current:
            memory.gates[fact.gate, str(item["definition"]), fact.subject] = fact


def _answers(target: str) -> Any:
    def add(memory: Memory, entry: Entry, _current: bool) -> None:
        answers: dict[str, Answer] = getattr(memory, target)
        answers.update(convert(entry.data.get("answers", {}), dict[str, Answer]))

    return add


def _observe(memory: Memory, entry: Entry, _current: bool) -> None:
    memory.observed = convert(entry.data["answer"], Answer)


def _pin(memory: Memory, entry: Entry, _current: bool) -> None:
    memory.pins.update(convert(entry.data.get("pins", {}), dict[str, str]))


def _prove(memory: Memory, entry: Entry, _current: bool) -> None:
    memory.unprovable.difference_update(convert(entry.data.get("tried", []), list[str]))
    memory.unprovable.update(convert(entry.data.get("failed", []), list[str]))


def _commit(memory: Memory, entry: Entry, current: bool) -> None:
    if not entry.ok:
        memory.halt = entry.detail if current else ""
    elif entry.step:
        memory.closings[entry.step] = convert(entry.data["closing"], Closing)
    else:
        memory.committed[entry.phase] = str(entry.data.get("digest", ""))
        memory.recorded = str(entry.data.get("recorded", memory.recorded))


def _regress(memory: Memory, entry: Entry, _current: bool) -> None:
    """Work is put back, so what was closed, pinned, seen and accepted counts no longer."""
    memory.regressions.append(convert(entry.data["regression"], machine.Regression))
    for kept in (memory.worked, memory.closings, memory.pins, memory.red, memory.accepted, memory.committed):
        kept.clear()
    memory.committed.update(convert(entry.data.get("kept", {}), dict[str, str]))
    memory.observed, memory.recorded = None, ""


def _adopt(memory: Memory, _entry: Entry, _current: bool) -> None:
    """A person's changes are nobody's stray."""
    memory.turn = ""


_ADDERS: dict[str, Any] = {
    "adopt": _adopt,
    "write": _turn,
    "work": _turn,
    "gates": _gates,
    "prove": _prove,
    "pin": _pin,
    "see-red": _answers("red"),
    "accept": _answers("accepted"),
    "observe": _observe,
    "commit": _commit,
    "regress": _regress,
}
