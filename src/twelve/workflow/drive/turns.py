"""Agent turns: one fresh context, one process, one attempt, one checkpoint.

What the agent says about its own work is kept in the log and believed nowhere. It may write anything in
the run's tree; what is kept of that is decided here and by the machine: records under `.twelve/` belong to
the driver except the one artefact that was asked for, and commits or branch switches of the agent's own
are undone, with their content kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from msgspec import structs

from twelve.factors.agents import harness
from twelve.factors.agents.harness import Hooks, Turn, TurnEvent, TurnResult, TurnStatus
from twelve.model.settings import HarnessSettings
from twelve.system import clock, git
from twelve.workflow import facts, prompts
from twelve.workflow.drive import gathering, sealing, strays, worktree
from twelve.workflow.drive.desk import Place
from twelve.workflow.drive.memory import HALT, TRANSIENT
from twelve.workflow.drive.projection import Entry
from twelve.workflow.fastpath import arming
from twelve.workflow.machine import Work, Write

CANCEL_POLL_S = 0.5
"""How often a running turn looks whether a person cancelled the run, seconds (ours)."""
_HOPELESS = (TurnStatus.MISSING_CLIENT, TurnStatus.BAD_CREDENTIALS, TurnStatus.OVER_BUDGET)


async def write(place: Place, move: Write) -> Entry:
    """Have an agent write a phase's artefact."""
    return await _turn(place, move, "write", move.phase.value, "", place.artefact(move.artefact))


async def work(place: Place, move: Work) -> Entry:
    """Have an agent carry out a plan step, or repair the whole."""
    return await _turn(place, move, "work", "implement", move.step, "")


async def _turn(place: Place, move: Write | Work, name: str, phase: str, step: str, artefact: str) -> Entry:
    desk, memory = place.desk, place.memory
    started = clock.monotonic()
    turn = await asyncio.to_thread(_ask, place, move, phase, step, artefact)
    _announce(place, move, turn)
    desk.emit("agent.turn.started", place.run, phase=phase, step=step, agent=place.request.agent, attempt=turn.attempt)
    seal = await asyncio.to_thread(sealing.take, desk.repository, desk.runs, place.run)
    async with desk.agents, _stoppable(place) as stop:
        result = await harness.load(place.request.agent).take_turn(turn, _settings(place), on_event=_hear(place), stop=stop)
    content, misdeed, stuck = await asyncio.to_thread(_look_after, place, artefact, seal)
    ok, kind, detail = (False, HALT, stuck) if stuck else _judge(place, move.unit, result, misdeed)
    _report(place, phase, step, turn, result)
    return place.entry(
        name,
        started,
        phase=phase,
        step=step,
        round=turn.round,
        attempt=turn.attempt,
        ok=ok,
        kind=kind,
        detail=detail,
        usage=result.usage,
        log=_relative(place, result.transcript),
        content=content if kind != TRANSIENT else memory.content,
        data={
            "unit": move.unit,
            "why": list(move.why),
            "artefact": artefact,
            "status": result.status.value,
            "hooks": result.hooks,
            "agent": place.request.agent,
            "client_version": result.client_version,
            "model": result.model,
            "said": result.text[:2000],
            "pause_s": _pause(place, turn) if kind == TRANSIENT else 0,
        },
    )


def _announce(place: Place, move: Write | Work, turn: Turn) -> None:
    """Say why the work goes back, before whoever watches sees the agent start again."""
    for reason in move.why:
        place.desk.say(f"  sent back: {reason[:300]}")
    if turn.step:
        place.desk.emit("phase.step.started", place.run, phase=turn.phase, step=turn.step, attempt=turn.attempt)
    where = f"{turn.phase}{f' {turn.step}' if turn.step else ''}"
    place.desk.say(f"{where}: {place.request.agent} at work (round {turn.round}, attempt {turn.attempt})")


def _ask(place: Place, move: Write | Work, phase: str, step: str, artefact: str) -> Turn:
    """The turn, with the driver's mark in its environment so that its processes can be found again."""
    memory = place.memory
    limits = place.settings.run
    environment = {
        strays.MARK: place.desk.executor,
        "PYTHONDONTWRITEBYTECODE": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        **({"TWELVE_REPLAY_SCRIPT": place.request.script} if place.request.script else {}),
    }
    return Turn(
        prompt=_prompt(place, move),
        workdir=place.root,
        logs=place.logs / place.key,
        artefact=artefact,
        timeout_s=min(limits.turn_timeout_s, max(1.0, limits.wall_clock_s - memory.worked_s)),
        env=environment,
        hooks=_armed(place),
        run=place.run,
        phase=phase,
        step=step,
        round=memory.rounds.get(move.unit, 0) + 1,
        attempt=memory.attempt(move.unit),
    )


def _armed(place: Place) -> Hooks | None:
    """The guard for this turn; none for agents that know no hooks."""
    agent = place.request.agent
    return arming.hooks(place.desk.repository, place.settings, agent) if agent in arming.CLIENTS else None


def _prompt(place: Place, move: Write | Work) -> str:
    """The move's text, with how the last attempt ended when it did not end properly."""
    told = gathering.told(place)
    picture = facts.gather(place.root, told, place.settings)
    failure = place.memory.failure.get(move.unit, "")
    asked = structs.replace(move, why=(*move.why, f"the last attempt ended with {failure}")) if failure else move
    return prompts.compose(place.root, picture, asked, told, place.settings)


def _settings(place: Place) -> HarnessSettings:
    return place.settings.harness.get(place.request.agent, HarnessSettings())


@asynccontextmanager
async def _stoppable(place: Place) -> AsyncIterator[asyncio.Event]:
    """An event that is set when a person cancels the run."""
    stop = asyncio.Event()

    async def watch() -> None:
        while not place.desk.runs.cancellation(place.run):
            await asyncio.sleep(CANCEL_POLL_S)
        stop.set()

    watcher = asyncio.create_task(watch())
    try:
        yield stop
    finally:
        watcher.cancel()
        with suppress(asyncio.CancelledError):
            await watcher


def _look_after(place: Place, artefact: str, seal: sealing.Seal) -> tuple[str, str, str]:
    """(content, misdeed, what a person has to look at) of a turn that ended; outside the tree an agent changes nothing of ours."""
    desk = place.desk
    forged = sealing.mend(desk.repository, desk.runs, place.run, seal)
    moved = sealing.moved(desk.repository, seal)
    content, misdeed = _keep(place, artefact)
    if moved:
        named = ", ".join(moved)[:300]
        why = f"settings of git changed while the agent worked: {named}; they decide what is judged, so look at each before you resume"
        return place.memory.content, misdeed, why
    if forged:
        named = ", ".join(forged)[:300]
        return place.memory.content, f"records of Twelve were written during the turn ({named}); they are as before", ""
    return content, misdeed, ""


def _keep(place: Place, artefact: str) -> tuple[str, str]:
    """The tree after the turn as one commit object, and what the agent did that makes it unusable."""
    memory = place.memory
    tree, broken = worktree.open_tree(place.desk.repository, Path(place.request.worktree), place.run, place.request.base)
    if broken:
        worktree.restore(tree, place.run, memory.head, memory.content)
        return memory.content, "the agent deleted its work tree; it was restored and the attempt counts as failed"
    worktree.attach(tree, place.run, memory.head)
    try:
        _put_back(place, artefact)
        worktree.forget_bytecode(tree)
        content = worktree.save(tree, memory.head, place.key)
    except git.GitError as refused:
        return memory.content, f"git cannot record what the agent left behind: {refused.why or refused.what}"[:1000]
    if inner := worktree.embedded(tree, memory.content, content):
        named = ", ".join(inner)[:200]
        return memory.content, f"the agent made a repository inside the work tree ({named}), whose files nobody could judge or keep"
    return content, ""


def _put_back(place: Place, artefact: str) -> None:
    """Records are the driver's: everything below `.twelve/` but the artefact goes back to what it was. A link is no artefact."""
    content = place.memory.content
    made = worktree.save(place.tree, place.memory.head, place.key)
    for path in worktree.changed(place.tree, content, made):
        wanted = path == artefact and not (place.tree.root / path).is_symlink()
        if wanted or not path.startswith(".twelve/"):
            continue
        worktree.put_back(place.tree, path, content)


def _judge(place: Place, unit: str, result: TurnResult, misdeed: str) -> tuple[bool, str, str]:
    """(ok, kind, detail) of what came back."""
    if misdeed:
        return False, "misbehaved", misdeed
    if result.done:
        return True, "", ""
    detail = f"{result.status.value}: {result.detail or 'no reason given'}"
    if result.status is TurnStatus.STOPPED:
        return False, "cancelled", detail
    if result.status in _HOPELESS:
        return False, HALT, detail
    if not result.transient:
        return False, "failed", detail
    allowed = place.settings.run.retry_transient
    if place.memory.attempt(unit) < allowed:
        return False, TRANSIENT, detail
    return False, HALT, f"{detail} (attempt {allowed} of {allowed}; transcript {result.transcript or 'none'})"


def _pause(place: Place, turn: Turn) -> float:
    return float(place.settings.run.backoff_s * 2.0 ** (turn.attempt - 1))


def _hear(place: Place) -> harness.OnEvent:
    def hear(event: TurnEvent) -> None:
        if event.kind in ("tool", "retry"):
            place.desk.say(f"  {event.kind}: {event.text[:160]}")

    return hear


def _report(place: Place, phase: str, step: str, turn: Turn, result: TurnResult) -> None:
    usage = result.usage
    if result.text.strip():
        place.desk.say(f"  claims: {' '.join(result.text.split())[:200]}")
    place.desk.say(f"  {result.status.value} after {result.duration_s:.1f} s{f': {result.detail[:200]}' if result.detail else ''}")
    place.desk.emit(
        "agent.turn.finished",
        place.run,
        phase=phase,
        step=step,
        agent=place.request.agent,
        status=result.status.value,
        input_tokens=usage.prompt,
        output_tokens=usage.output,
        cache_read=usage.cache_read,
        cache_write=usage.cache_write,
        cost_usd=usage.cost_usd,
        duration_s=result.duration_s,
        turns=result.turns,
        attempt=turn.attempt,
        hooks=result.hooks,
        transient=result.transient,
    )
    total = place.memory.usage.plus(usage)
    spent = {"input_tokens": total.prompt, "output_tokens": total.output, "cost_usd": total.cost_usd}
    place.desk.emit("tokens.used", place.run, agent=place.request.agent, cap=place.settings.run.tokens, **spent)


def _relative(place: Place, transcript: str) -> str:
    folder = place.desk.runs.folder(place.run)
    with suppress(ValueError):
        return str(Path(transcript).relative_to(folder)) if transcript else ""
    return transcript
