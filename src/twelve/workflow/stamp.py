"""The phase machine's answer, written down where the guard can read it without asking the machine.

One small JSON file per work tree, `<state>/phase/<16 hexadecimal digits of the tree's real path>.json`, because several
work trees share one state folder. The digits are the interpreter's own keyed hash: the guard has no time to load another.

    {"schema": "twelve.phase.v1", "root": "/real/path", "run": "…", "phase": "plan", "size": "normal", "status": "ready",
     "moves": ["write"], "by": "byhand", "written": 1767225600.0, "expires": 1767240000.0}

`written` and `expires` are seconds since the epoch. A stamp counts only while `expires` lies ahead and `root` is the tree that
asks; everything else means that nobody knows. A run that ended has no stamp.
"""

from __future__ import annotations

import _imp
import os
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.system import clock, files, provenance
from twelve.workflow.machine import State, Status

SCHEMA = "twelve.phase.v1"
FOLDER = "phase"
BY_HAND = "byhand"
DRIVE = "drive"
KEY = 0x7477656C7665
"""The same as in `interfaces.hooks.trail`, which names the file it looks for by it."""
LASTS_S = 14_400.0
"""How long a stamp counts, seconds: the longest a run works by default (ours)."""
AGAIN_S = 60.0
"""An unchanged answer younger than this is not written again (ours): the machine is asked many times a minute."""
LIMIT = 20_000
_OVER = (Status.DONE, Status.FAILED)


class Stamp(Struct, frozen=True, kw_only=True):
    """What the file holds."""

    schema: str = SCHEMA
    root: str
    run: str
    phase: str
    size: str
    status: str
    moves: tuple[str, ...] = ()
    by: str
    written: float
    expires: float


def place(state: Path, root: Path) -> Path:
    """The file of one work tree."""
    return state / FOLDER / f"{_imp.source_hash(KEY, os.fsencode(os.path.realpath(root))).hex()}.json"


def write(state: Path, root: Path, run: str, answer: State, *, by: str) -> None:
    """Record what the machine said about this tree. A state folder that cannot be written loses the stamp and nothing else."""
    if answer.status in _OVER:
        forget(state, root, run)
        return
    now = clock.now().timestamp()
    made = Stamp(
        root=os.path.realpath(root),
        run=run,
        phase=answer.phase.value,
        size=answer.size.value,
        status=answer.status.value,
        moves=tuple(str(move.__struct_config__.tag) for move in answer.moves),
        by=by,
        written=now,
        expires=now + LASTS_S,
    )
    known = _load(place(state, root))
    if known and 0 <= now - known.written < AGAIN_S and msgspec.structs.replace(known, written=now, expires=made.expires) == made:
        return
    with suppress(TwelveError):
        files.write_atomic(place(state, root), msgspec.json.encode(made))
        provenance.wrote(state, place(state, root))


def read(state: Path, root: Path) -> Stamp | None:
    """The answer that still counts for this tree; None when nobody knows."""
    found = _load(place(state, root))
    if found is None or found.root != os.path.realpath(root):
        return None
    now = clock.now().timestamp()
    # A clock that was set back must not keep an old answer alive.
    return found if now < found.expires and now > found.written - AGAIN_S else None


def forget(state: Path, root: Path, run: str) -> None:
    """Remove the stamp of a run that ended; another run's stamp stays."""
    found = _load(place(state, root))
    if found is not None and found.run == run:
        with suppress(OSError):
            place(state, root).unlink(missing_ok=True)


def _load(path: Path) -> Stamp | None:
    try:
        found = msgspec.json.decode(files.read_bounded(path, LIMIT), type=Stamp)
    except (TwelveError, msgspec.MsgspecError):
        return None
    return found if found.schema == SCHEMA else None
