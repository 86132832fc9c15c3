"""Keeping files of this machine out of `git status`, in the list git keeps beside a clone and never shares."""

from __future__ import annotations

from collections.abc import Sequence

from twelve.system import files, git
from twelve.workflow.install import carrying, githooks
from twelve.workflow.install.record import Inserted, Kind, Piece
from twelve.workflow.install.values import Change, Place

PATH = "info/exclude"
_BEGIN = "# twelve: begin (files of this machine, written by `twelve init`, removed by `twelve uninstall`)\n"
_END = "# twelve: end\n"


def exclude(repository: git.Repository, paths: Sequence[str], former: Piece | None = None) -> tuple[Change, Piece] | None:
    """Lines for the files git would show otherwise, with those of an earlier block; None when there are no new ones.

    TwelveError when the list is no plain file.
    """
    shown = [path for path in paths if not _ignored(repository, path)]
    if not shown:
        return None
    current = carrying.content(repository, Place.GIT, PATH)
    old = former.edits[0].text if former else ""
    without = githooks.without_block(current, old.encode()) if current is not None and former else None
    before = current if without is None else without
    lines = [line for line in old.splitlines() if line.startswith("/")] + [f"/{path}" for path in shown]
    lead = "\n" if before and not before.endswith(b"\n") else ""
    block = lead + _BEGIN + "".join(f"{line}\n" for line in lines) + _END
    after = (before or b"") + block.encode()
    mode = carrying.mode(repository, Place.GIT, PATH)
    made_here = former is not None and not former.before
    piece = Piece(
        part="exclude",
        place=Place.GIT,
        path=PATH,
        kind=Kind.BLOCK,
        before="" if before is None or (made_here and not before.strip()) else files.digest_bytes(before),
        after=files.digest_bytes(after),
        mode_before=former.mode_before if former else mode,
        mode=mode,
        edits=(Inserted(offset=len(before or b""), text=block),),
    )
    return Change(place=Place.GIT, path=PATH, before=current, after=after, mode_before=mode), piece


def _ignored(repository: git.Repository, path: str) -> bool:
    return repository.ask("check-ignore", "--quiet", "--", path, hooks=True).code == 0
