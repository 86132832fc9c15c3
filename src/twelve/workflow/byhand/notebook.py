"""What a run by hand has to remember beyond the tree: one JSON file per run in the repository's shared state."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct, field

from twelve.model.errors import Trouble, TwelveError
from twelve.model.phase import Preset, Size
from twelve.system import files
from twelve.workflow import machine
from twelve.workflow.facts import Answer, Closing

LIMIT = 20_000_000
"""Largest notebook read, bytes (ours)."""


class Notebook(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.byhand.v1"):
    """One run by hand."""

    run: str
    task: str
    preset: Preset
    asked: Size
    size: Size
    base: str
    """Commit the run started from."""
    root: str
    """Work tree the run belongs to; another work tree of the repository has its own runs."""
    worked: tuple[str, ...] = ()
    closings: dict[str, Closing] = field(default_factory=dict)
    verdicts: tuple[machine.GateFact, ...] = ()
    definitions: dict[str, str] = field(default_factory=dict)
    """Gate id -> digest of the definition its verdicts above belong to."""
    unprovable: tuple[str, ...] = ()
    pins: dict[str, str] = field(default_factory=dict)
    red: dict[str, Answer] = field(default_factory=dict)
    accepted: dict[str, Answer] = field(default_factory=dict)
    observed: Answer | None = None
    regressions: tuple[machine.Regression, ...] = ()


def folder(state: Path) -> Path:
    return state / "byhand"


def save(state: Path, book: Notebook) -> None:
    """Replace the run's notebook as a whole."""
    files.write_atomic(folder(state) / f"{book.run}.json", msgspec.json.encode(book))


def load(state: Path, run: str) -> Notebook:
    """TwelveError when there is no such run by hand or its notebook is damaged."""
    path = folder(state) / f"{run}.json"
    if Path(run).name != run or not path.is_file():
        raise TwelveError(
            f"no run {run[:80]!r} was started by hand here", why="its notebook is not there", next='start one with: twelve prime "task"'
        )
    try:
        return msgspec.json.decode(files.read_bounded(path, LIMIT), type=Notebook)
    except msgspec.MsgspecError as trouble:
        raise TwelveError(
            f"the notebook of {run} is damaged", why=str(trouble), next=f"start a new run; the file is {path}", kind=Trouble.DAMAGED
        ) from None


def latest(state: Path, root: Path) -> Notebook | None:
    """The newest run by hand of this work tree."""
    home = folder(state)
    for path in sorted(home.glob("*.json"), reverse=True) if home.is_dir() else ():
        book = load(state, path.stem)
        if book.root == str(root):
            return book
    return None


def lock(state: Path, run: str) -> files.FileLock:
    """Held while a run's notebook changes, so that two terminals do not lose each other's answers."""
    return files.FileLock(folder(state) / f"{run}.lock")
