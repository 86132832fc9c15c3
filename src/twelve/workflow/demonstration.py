"""The demo: a small project with a real defect, and an agent that cuts corners on the way to repairing it.

Only the agent is scripted. The repository, its tests, the gates, the refusals and the evidence are real.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.system import files, git
from twelve.workflow.drive.projection import Entry
from twelve.workflow.texts import CONTENT

TASK = "make the shares add up to the bill again"
_DEMO = CONTENT / "demo"
SCRIPT = _DEMO / "script.yaml"


class Refusal(Struct, frozen=True, kw_only=True):
    """Work of the agent's that did not get through."""

    phase: str
    step: str
    claimed: str
    """What the agent said about it."""
    because: tuple[str, ...]


def lay(folder: Path | None) -> git.Repository:
    """Put the project into a new repository. Raises TwelveError when `folder` exists and is not an empty folder."""
    home = folder.absolute() if folder else files.new_directory("twelve-demo-")
    if folder and home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise TwelveError(f"{home} is not empty", why="the demo never writes over anything", next="name a folder that does not exist yet")
    repository = git.init(home)
    files.copy_tree(_DEMO / "project", home / "project")
    for item in sorted((home / "project").iterdir()):
        item.rename(home / item.name)
    files.remove_tree(home / "project")
    files.write_atomic(home / ".gitignore", "__pycache__/\n")
    files.write_atomic(home / "twelve.toml", files.read_text(_DEMO / "twelve.toml"))
    repository.commit("feat(tally): split bills in whole cents")
    return git.discover(home)


@contextmanager
def finished(repository: git.Repository, branch: str) -> Iterator[git.Repository]:
    """The finished work in a work tree of its own, for as long as it is looked at."""
    with files.scratch_directory("twelve-demo-") as scratch:
        tree = repository.add_worktree(scratch / "finished", branch)
        try:
            yield tree
        finally:
            repository.remove_worktree(tree.root)


def refusals(entries: Sequence[Entry]) -> tuple[Refusal, ...]:
    """What was sent back, with the claim that came with it, in the order it happened."""
    found = []
    said: dict[str, str] = {}
    for entry in entries:
        if entry.move not in ("write", "work"):
            continue
        unit = str(entry.data.get("unit", ""))
        why = entry.data.get("why") or ()
        if why and entry.attempt == 1:
            found.append(Refusal(phase=entry.phase, step=entry.step, claimed=said.get(unit, ""), because=tuple(map(str, why))))
        said[unit] = str(entry.data.get("said", ""))
    return tuple(found)
