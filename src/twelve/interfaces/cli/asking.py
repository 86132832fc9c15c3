"""`twelve next` without click: the answer a person, a hook or a prompt line asks for most often."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec

from twelve.interfaces.cli import exits, standing
from twelve.model.errors import TwelveError
from twelve.system import config, git
from twelve.workflow import switches
from twelve.workflow.byhand import notebook
from twelve.workflow.byhand.bench import Bench, view


def quick(arguments: Sequence[str]) -> int | None:
    """Answer `next` and `next --json`; anything else is left to the full parser (None)."""
    if list(arguments) not in ([], ["--json"]):
        return None
    found = look(Path("."), "")
    print(json.dumps(msgspec.to_builtins(found, str_keys=True), indent=2) if arguments else standing.text(found))
    return exits.PASS


def look(directory: Path, run: str) -> standing.Standing:
    """The standing of a run by hand. TwelveError when there is none."""
    bench = open_bench(git.discover(directory), run)
    return standing.standing(view(bench))


def open_bench(repository: git.Repository, run: str) -> Bench:
    """The bench of the named run, or of the newest one of this work tree."""
    state = repository.state_dir
    book = notebook.load(state, run) if run else notebook.latest(state, repository.root)
    if book is None:
        raise TwelveError(
            "no run was started by hand here",
            why="`twelve next` and the phase verbs look at the newest run of this work tree",
            next='start one with: twelve prime "task"; runs of an agent are shown by: twelve runs',
        )
    settings = switches.effective(config.load(repository.root).settings)
    return Bench(repository=repository, settings=settings, book=book, say=lambda _line: None)
