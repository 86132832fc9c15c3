"""`twelve implement`: the plan's steps by hand, each judged before the next."""

from __future__ import annotations

from pathlib import Path

import click

from twelve.interfaces.cli import phases, standing, terminal
from twelve.model.phase import Phase
from twelve.workflow.byhand import starting
from twelve.workflow.byhand.bench import view
from twelve.workflow.machine import Work


@click.command(cls=terminal.Verb, answer=standing.Standing, examples=("twelve implement", "twelve implement --check"))
@phases.options
def command(check: bool, run: str, as_json: bool, directory: Path) -> int:
    """Say which step comes next; with --check judge the open step, then the whole.

    --check says that the open step is done: its validations and gates run, and what is red is named. You commit; a
    step closes when the current commit is exactly what was judged.
    """
    if check:
        bench = phases.bench_of(directory, run)
        moves = view(bench).state.moves
        # Pinning and seeing red come first; only a step that is next can be declared done.
        ready = bool(moves) and isinstance(moves[0], Work)
        return phases.checked(bench, Phase.IMPLEMENT, as_json=as_json, ready=ready)
    bench = phases.bench_of(directory, run)
    seen = view(bench)
    starting.refuse_early(seen, Phase.IMPLEMENT)
    found = standing.standing(seen)
    terminal.show(found, as_json=as_json, human=lambda: standing.text(found))
    return standing.code(found)
