"""Effects on the run's branch: commits, putting paths back, stepping back. Nothing is pushed and nothing merged.

A commit carries `Run:` and `Step:` trailers with the effect's key. When an effect is repeated after a crash
and the branch already ends in its commit, that commit is taken; it is never made twice.
"""

from __future__ import annotations

import asyncio

from msgspec import to_builtins

from twelve.factors.gates import ledger
from twelve.model.phase import Phase
from twelve.system import clock, files, git
from twelve.workflow import artefacts, facts, machine
from twelve.workflow.drive import desk as desks
from twelve.workflow.drive import gathering, messages, recording, worktree
from twelve.workflow.drive.desk import Place
from twelve.workflow.drive.memory import HALT
from twelve.workflow.drive.projection import Entry
from twelve.workflow.facts import Closing
from twelve.workflow.machine import Commit, Discard, Regress, route


async def commit(place: Place, move: Commit) -> Entry:
    """Record a phase, or close a step."""
    return await asyncio.to_thread(_commit, place, move)


async def discard(place: Place, move: Discard) -> Entry:
    """Put paths back as they were."""
    return await asyncio.to_thread(_discard, place, move)


async def regress(place: Place, move: Regress) -> Entry:
    """Step back: artefacts aside, code as at the base, and a commit that says so."""
    return await asyncio.to_thread(_regress, place, move)


def _commit(place: Place, move: Commit) -> Entry:
    started = clock.monotonic()
    picture = gathering.picture(place)
    if move.phase is Phase.IMPLEMENT and not move.step:
        files.write_atomic(files.confined(place.root, place.artefact("implement")), recording.implement(place, picture))
    try:
        oid = place.commit or place.tree.commit(messages.compose(place, picture, move.phase, move.step), allow_empty=True)
    except git.GitError as refused:
        return place.entry("commit", started, phase=move.phase.value, step=move.step, ok=False, kind=HALT, detail=_hooks(refused))
    if place.tree.subject_of(oid) != picture.facts.subject:
        return _amended(place, move, started, oid)
    ledger.attach(place.tree, oid)
    place.desk.say(f"{move.phase.value}{f' {move.step}' if move.step else ''}: committed {oid[:12]}")
    _announce(place, move, oid)
    return place.entry("commit", started, phase=move.phase.value, step=move.step, commit=oid, data=_closing(place, picture, move, oid))


def _closing(place: Place, picture: facts.Picture, move: Commit, oid: str) -> dict[str, object]:
    told = picture.facts
    if move.step:
        step = next(step for step in told.steps if step.id == move.step)
        unit = next((name for name in place.memory.rounds if name.startswith(f"step:{move.step}@")), "")
        closing = Closing(commit=oid, plan=told.plan, subject=told.subject, gates=step.gates, attempts=place.memory.rounds.get(unit, 1))
        return {"closing": to_builtins(closing)}
    if move.phase is Phase.IMPLEMENT:
        return {"recorded": told.subject, "digest": artefacts.read(place.root, place.run, "implement").digest}
    return {"digest": facts.digest_of(move.phase, picture.readings[move.phase])}


def _hooks(refused: git.GitError) -> str:
    return f"the repository's own commit hooks refused: {refused.why or refused.what}"[:2000]


def _amended(place: Place, move: Commit, started: float, oid: str) -> Entry:
    """The person's hooks changed what was judged; what they made of it becomes the work and is judged again, once."""
    worktree.attach(place.tree, place.run, place.memory.head)
    if place.memory.amended or not move.step:
        detail = f"the repository's own commit hooks change files each time {move.step or move.phase.value} is committed"
        return place.entry("commit", started, phase=move.phase.value, step=move.step, ok=False, kind=HALT, detail=detail)
    place.desk.say("commit hooks changed the content; it is judged again")
    return place.entry("amended", started, content=oid, ok=False, kind="red", detail="commit hooks changed the judged content")


def _announce(place: Place, move: Commit, oid: str) -> None:
    if move.step:
        place.desk.emit("phase.step.finished", place.run, phase="implement", step=move.step, outcome="PASS", commit=oid)
    else:
        place.desk.emit("phase.finished", place.run, phase=move.phase.value, outcome="PASS")


def _discard(place: Place, move: Discard) -> Entry:
    started = clock.monotonic()
    for path in move.paths:
        worktree.put_back(place.tree, path, place.memory.head)
    place.desk.say(f"put back: {', '.join(move.paths)[:160]}")
    content = worktree.save(place.tree, place.memory.head, place.key)
    return place.entry("discard", started, ok=False, kind="red", detail=move.reason[:2000], content=content)


def _regress(place: Place, move: Regress) -> Entry:
    started = clock.monotonic()
    picture = gathering.picture(place)
    told = picture.facts
    back = [phase for phase in Phase if list(Phase).index(phase) >= list(Phase).index(move.to)]
    refused = {phase: reading for phase, reading in picture.readings.items() if phase in back and reading.present}
    digests = {phase.value: facts.digest_of(phase, reading) for phase, reading in refused.items()}
    record = machine.Regression(source=_source(picture), to=move.to, reason=move.reason, size=move.size, digests=digests)
    if not place.commit:
        _restore_code(place)
        _set_aside(place, back, len(told.regressions) + 1)
    oid = place.commit or place.tree.commit(_why(place, move, len(told.regressions) + 1), allow_empty=True)
    place.desk.say(f"step back to {move.to.value}: {move.reason[:160]}")
    place.desk.emit("phase.regressed", place.run, phase=record.source.value, to=move.to.value, reason=move.reason)
    kept = {phase: digest for phase, digest in place.memory.committed.items() if Phase(phase) not in back}
    return place.entry(
        "regress", started, phase=move.to.value, ok=False, kind="red", detail=move.reason[:2000], commit=oid,
        data={"regression": to_builtins(record), "kept": kept},
    )  # fmt: skip


def _source(picture: facts.Picture) -> Phase:
    """The phase the run was in: the last one that has an artefact or work."""
    told = picture.facts
    if any(step.worked or step.closed for step in told.steps):
        return Phase.IMPLEMENT
    sequence = route.sequence(told.preset, route.started_size(told))
    return next((phase for phase in reversed(sequence) if told.phases[phase].artefact.present), sequence[0])


def _restore_code(place: Place) -> None:
    """Everything outside the records as at the base; the run's own records as they are."""
    tree, base = place.tree, place.request.base
    held = worktree.save(tree, place.memory.head, place.key)
    tree.run("read-tree", "-u", "--reset", base)
    if tree.run("ls-tree", "-z", held, "--", place.records):
        tree.run("checkout", held, "--", f":(top,literal){place.records}")


def _set_aside(place: Place, phases: list[Phase], number: int) -> None:
    """Refused artefacts stay readable, where nothing takes them for the current ones."""
    for phase in phases:
        path = files.confined(place.root, place.artefact(phase.value))
        if path.is_file() and not path.is_symlink():
            target = files.confined(place.root, f"{place.records}/aside/{number}-{phase.value}.md")
            files.write_atomic(target, files.read_bounded(path, desks.RECORD_LIMIT))
            path.unlink()


def _why(place: Place, move: Regress, number: int) -> str:
    sections = {
        "Context": f"step back number {number} of this run: {move.reason}",
        "Solution": f"artefacts from {move.to.value} on are set aside and the code is as at the base again",
        "Learning": "what the refused artefacts said is kept under aside/ in the run's folder",
        "Impact": f"the run goes on at {move.to.value} with size {move.size.value}; effect not yet measured",
    }
    trailers = ("Gates: none apply", *messages.key_trailer(place.run, place.key))
    return messages.assemble(f"chore({move.to.value}): step back to {move.to.value}", sections, trailers)


def made(repository: git.Repository, run: str, key: str, head: str) -> str:
    """The commit this effect made before a crash, when the branch ends in it; "" otherwise."""
    tip = repository.resolve(f"refs/heads/twelve/{run}")
    if not tip or tip == head:
        return ""
    newest = repository.log(tip, 1)[0]
    wanted = set(messages.key_trailer(run, key))
    return tip if newest.parents == (head,) and wanted <= set(newest.body.splitlines()) else ""
