"""What a person did in the run's work tree while the run rested: kept, never thrown away.

A resting tree is left exactly as the driver recorded it, so whatever differs when the run goes on is a
person's: commits on the branch, and changes that are not committed yet. Both become the run's content and
are judged like an agent's.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from twelve.model.errors import TwelveError
from twelve.system import clock, git
from twelve.workflow.drive import worktree
from twelve.workflow.drive.desk import Desk
from twelve.workflow.drive.memory import Memory, recall
from twelve.workflow.drive.projection import Entry, RunState


def adopt(desk: Desk, run: str, number: int) -> None:
    """Before segment `number` begins: record what changed while the run rested. Repeating it changes nothing."""
    key = f"{number}-0"
    status = desk.runs.status(run)
    rested = status.segment == number - 1 and status.state in (RunState.WAITING, RunState.ESCALATED)
    if not rested or desk.runs.entry(run, key) is not None:
        return
    memory = recall(desk.runs.request(run), desk.runs.entries(run), number)
    tip, content = _found(desk, run, memory)
    if tip == memory.head and content == memory.content:
        return
    desk.say("taking over what was changed in the work tree while the run rested")
    moved = tip if tip != memory.head else ""
    entry = Entry(key=key, move="adopt", started=clock.iso(clock.now()), content=content, commit=moved, detail="changed by a person")
    desk.runs.add(run, entry)
    worktree.keep(desk.repository, run, content)


def _found(desk: Desk, run: str, memory: Memory) -> tuple[str, str]:
    """(tip of the branch, content of the work tree); what cannot be built upon counts as unchanged."""
    repository = desk.repository
    tip = repository.resolve(f"refs/heads/twelve/{run}") or memory.head
    if tip != memory.head and repository.merge_base(memory.head, tip) != memory.head:
        tip = memory.head
    path = Path(desk.runs.request(run).worktree)
    if not (path / ".git").is_file():
        return tip, memory.content if tip == memory.head else tip
    with suppress(TwelveError):
        return tip, _content(git.discover(path), tip, memory)
    return tip, memory.content if tip == memory.head else tip


def _content(tree: git.Repository, tip: str, memory: Memory) -> str:
    made = worktree.save(tree, tip, "person")
    return memory.content if tree.tree_of(made) == tree.tree_of(memory.content) else made
