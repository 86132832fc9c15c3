"""Keeping an answer so that `unchanged` can give it again. The content is observed before it is judged, never after."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from twelve.factors.gates import cache, engine, unchanged
from twelve.factors.gates.definition import Gate
from twelve.model.verdict import Outcome, Verdict
from twelve.system import git


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """What was there before judging."""

    where: unchanged.Place
    content: bytes
    homes: bytes
    stamps: bytes


def observe(repository: git.Repository, gates: Sequence[Gate]) -> Observation | None:
    """Look before judging; None when an answer for these gates could not be given again without judging."""
    if not all(gate.pure for gate in gates):
        return None
    where = unchanged.place(str(repository.root))
    if where is None or where.root != os.path.realpath(repository.root) or _hides_changes(repository):
        return None
    homes = [str(home) for home in engine.home(repository)]
    content = unchanged.observe(where)
    if content is None:
        return None
    stamps = unchanged.programs(where, homes, _programs(repository.root, gates))
    return Observation(where=where, content=content, homes="\0".join(homes).encode("utf-8", "surrogateescape"), stamps=stamps)


def remember(seen: Observation | None, suite: str, verdicts: Sequence[Verdict], code: int, text: Callable[[bool], str]) -> bool:
    """Keep the answer when every gate truly judged. `text(colour)` renders what the next answer will say."""
    if seen is None or code not in (0, 1) or any(verdict.outcome not in (Outcome.PASS, Outcome.FAIL) for verdict in verdicts):
        return False
    written = [text(colour).encode("utf-8", "backslashreplace") for colour in (False, True)]
    path = Path(seen.where.record(suite))
    try:
        cache.write(path, unchanged.pack((seen.content, seen.stamps, seen.homes, b"%d" % code, *written)))
    except OSError:
        return False
    return True


def _programs(root: Path, gates: Sequence[Gate]) -> list[tuple[str, str]]:
    wanted = {(name, gate.settings.cwd) for gate in gates for name in engine.programs(gate, root)}
    return sorted(pair for pair in wanted if "\0" not in "".join(pair))


def _hides_changes(repository: git.Repository) -> bool:
    """Whether the index hides changes from `git status` (assume-unchanged, skip-worktree)."""
    listing = repository.run("ls-files", "-v", "-z")
    return any(entry[:1].islower() or entry[:1] == b"S" for entry in listing.split(b"\0"))
