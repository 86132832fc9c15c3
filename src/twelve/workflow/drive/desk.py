"""What every effect works with: the repository, the policy, the run's records, and where its results go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field, structs

from twelve.model.settings import Settings
from twelve.system import clock, files, git, journal
from twelve.workflow import artefacts, facts, machine
from twelve.workflow.drive import worktree
from twelve.workflow.drive.memory import Memory, recall
from twelve.workflow.drive.projection import Entry, RunRequest, Runs, order

if TYPE_CHECKING:
    import asyncio

RECORD_LIMIT = 8_000_000
"""Largest record put back from history, bytes (ours)."""


class Base(Struct, frozen=True, kw_only=True):
    """The commit a run starts from."""

    subject: str
    files: frozenset[str]


class Desk(Struct, frozen=True, kw_only=True):
    """One per driving process."""

    repository: git.Repository
    """The person's repository; its policy counts, never the one an agent may have written in the run's tree."""
    settings: Settings
    runs: Runs
    journal: journal.Journal
    executor: str
    agents: asyncio.Semaphore
    """Bounds the agent turns this process has in flight."""
    say: Callable[[str], None]
    """One line for a person who watches."""
    bases: dict[str, Base] = field(default_factory=dict)
    """What never changes about a commit, by its id."""

    @property
    def state(self) -> Path:
        return self.runs.root.parent

    def emit(self, name: str, run: str, **fields: Any) -> None:
        self.journal.emit(name, run=run, **{key: value for key, value in fields.items() if value is not None})


class Place(Struct, frozen=True, kw_only=True):
    """One effect of one run: what is known when it begins."""

    desk: Desk
    run: str
    key: str
    request: RunRequest
    memory: Memory
    tree: git.Repository
    """The run's own work tree, put back to `memory.content`."""
    commit: str = ""
    """Commit this very effect made before a crash; "" when it made none."""
    told: facts.Told | None = None
    """Facts gathered for the decision that led to this effect, when nothing has touched the tree since."""

    @property
    def records(self) -> str:
        """Repository-relative folder of the run's artefacts."""
        return artefacts.folder(self.run)

    @property
    def root(self) -> Path:
        return self.tree.root

    @property
    def settings(self) -> Settings:
        return self.desk.settings

    @property
    def logs(self) -> Path:
        return self.desk.runs.logs(self.run)

    def artefact(self, stem: str) -> str:
        return artefacts.relative(self.run, stem)

    def entry(self, move: str, started: float, **fields: Any) -> Entry:
        """A record of what this effect did; durations are measured from `started` (`clock.monotonic`)."""
        elapsed = round(clock.monotonic() - started, 3)
        return Entry(key=self.key, move=move, started=clock.iso(clock.now()), duration_s=elapsed, **fields)


def open_place(desk: Desk, run: str, key: str, made: Callable[[git.Repository, str, str, str], str] = lambda *_: "") -> Place:
    """Recall the run and put its tree back to exactly the work done so far.

    `made` finds the commit an earlier try of this effect left on the branch; such a commit stays.
    """
    request = desk.runs.request(run)
    memory = recall(request, desk.runs.entries(run), order(key)[0])
    tree, _ = worktree.open_tree(desk.repository, Path(request.worktree), run, request.base)
    commit = made(tree, run, key, memory.head)
    worktree.restore(tree, run, commit or memory.head, commit or memory.content)
    return Place(desk=desk, run=run, key=key, request=request, memory=memory, tree=tree, commit=commit)


def log(place: Place, name: str, text: str) -> str:
    """Keep a text in the run's logs. Returns its path relative to the run's folder."""
    path = place.logs / f"{place.key}-{name}.log"
    files.write_atomic(path, text, mode=0o600)
    return f"logs/{path.name}"


def brief(move: machine.Move) -> dict[str, Any]:
    """Fields of a move that name its place, for records and events."""
    plain = structs.asdict(move)
    return {name: str(plain[name]) for name in ("phase", "step") if plain.get(name)}
