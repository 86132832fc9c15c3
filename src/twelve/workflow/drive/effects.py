"""The flow's three effects on the world: decide, perform, park. Which move leads to which effect is one table."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import convert, structs, to_builtins

from twelve.workflow import machine, prompts, stamp
from twelve.workflow.drive import adopting, asking, checks, ending, gathering, history, turns, worktree
from twelve.workflow.drive.desk import Desk, Place, open_place
from twelve.workflow.drive.flow import Json
from twelve.workflow.drive.projection import Entry, RunState, RunStatus, order
from twelve.workflow.machine import Status

MOVES: dict[str, Callable[[Place, Any], Awaitable[Entry]]] = {
    "write": turns.write,
    "work": turns.work,
    "gates": checks.gates,
    "prove": checks.prove_gates,
    "pin": checks.pin,
    "see-red": checks.see_red,
    "accept": checks.accept,
    "observe": checks.observe,
    "ask": asking.ask,
    "commit": history.commit,
    "discard": history.discard,
    "regress": history.regress,
}
"""Tag of a move -> its effect. Escalate and Finish end the segment instead."""

_ENDS = {Status.DONE: RunState.DONE, Status.FAILED: RunState.FAILED, Status.ESCALATED: RunState.ESCALATED}


class DriveEffects:
    """`flow.Effects` for one repository."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._decided: dict[str, Place] = {}
        """Run -> the place as its latest decision left it; spares the effect that follows at once the same look."""

    async def decide(self, run: str, key: str) -> Json:
        """Facts in, first move out. Writes nothing but the status line people see."""
        return await asyncio.to_thread(self._decide, run, key)

    async def perform(self, run: str, key: str, told: Json) -> Json:
        """Make the move once. A finished one is recognised by its entry and not made again."""
        entry = self.desk.runs.entry(run, key)
        if entry is None:
            move = convert(told["move"], machine.Move)
            place = await asyncio.to_thread(self._place, run, key)
            entry = self.desk.runs.add(run, await MOVES[str(told["name"])](place, move))
        if entry.content or entry.commit:
            await asyncio.to_thread(worktree.keep, self.desk.repository, run, entry.commit or entry.content)
        return {"ok": entry.ok, "kind": entry.kind, "pause_s": entry.data.get("pause_s", 0)}

    async def park(self, run: str, number: int, told: Json) -> Json:
        """Write down how the segment ended."""
        return await asyncio.to_thread(ending.park, self.desk, run, number, told)

    def _decide(self, run: str, key: str) -> Json:
        number, turn = order(key)
        if turn == 1:
            adopting.adopt(self.desk, run, number)
        opened = open_place(self.desk, run, key)
        place = structs.replace(opened, told=gathering.look(opened))
        self._begin(place)
        state = prompts.judge(place.root, gathering.picture(place), place.settings)
        stamp.write(self.desk.state, place.root, run, state, by=stamp.DRIVE)
        self._show(place, state)
        self._decided[run] = place
        over = state.status in _ENDS or not state.moves
        move = None if over else state.moves[0]
        return {
            "over": over,
            "name": move.__struct_config__.tag if move else "",
            "move": to_builtins(move) if move else None,
            "state": _ENDS.get(state.status, RunState.WAITING).value,
            "phase": state.phase.value,
            "missing": [missing.what for missing in state.missing][:20],
            "next": [missing.next for missing in state.missing][:20],
            "waiting_on": state.waiting_on,
            "unverified": list(state.unverified),
        }

    def _place(self, run: str, key: str) -> Place:
        """Where the decision was made; after a crash, opened anew."""
        decided = self._decided.pop(run, None)
        if decided is not None and decided.key == key and decided.root.is_dir():
            return decided
        return open_place(self.desk, run, key, history.made)

    def _begin(self, place: Place) -> None:
        """The first look of a segment announces it."""
        number, turn = order(place.key)
        if turn != 1 or self.desk.runs.status(place.run).segment >= number:
            return
        request = place.request
        self.desk.runs.set_status(RunStatus(run=place.run, state=RunState.RUNNING, segment=number, executor=self.desk.executor))
        if number == 1:
            self.desk.emit(
                "run.started", place.run, task=request.task, size=request.size.value, preset=request.preset.value,
                branch=request.branch, base=request.base, agent=request.agent,
            )  # fmt: skip
        else:
            self.desk.emit("run.resumed", place.run, reason=f"segment {number}")

    def _show(self, place: Place, state: machine.State) -> None:
        known = self.desk.runs.status(place.run)
        status = structs.replace(
            known,
            state=RunState.RUNNING,
            phase=state.phase.value,
            detail=state.missing[0].what[:300] if state.missing else "",
            waiting_on=(),
            executor=self.desk.executor,
            head=place.memory.head,
        )
        if status != structs.replace(known, updated=known.updated):
            self.desk.runs.set_status(status)
        if known.phase != state.phase.value:
            self.desk.emit("phase.started", place.run, phase=state.phase.value)
            self.desk.say(f"== {state.phase.value} ==")
