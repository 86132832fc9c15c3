"""Oracle files pinned by content: a test that judges the work may not be changed by it.

Pins live in the repository's shared state, `<state>/runs/<run>/oracles/`, where agents have no business; one file per pin,
created once. The implement record repeats the digests in the tree, so that anyone can compare later.
"""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
from msgspec import Struct

from twelve.model.errors import Trouble, TwelveError
from twelve.system import clock, files

_LIMIT = 20_000_000
"""Largest oracle file, bytes (ours)."""
EXECUTABLE = "+x"
"""Behind the digest of a file its owner may execute: a test made executable is another test."""


class Pin(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.pin.v1"):
    """An oracle as it was when it began to judge."""

    path: str
    pinned: str
    """What `look` said: sha256, with `+x` behind it for an executable file."""
    plan: str
    """Digest of the plan it belongs to; another plan pins anew."""
    at: str


class Look(Struct, frozen=True, kw_only=True):
    """What is at an oracle's path now."""

    current: str
    """sha256 of a regular file (`+x` behind it when executable), else a word: `missing`, `symlink`, `not a file`, `too large`."""
    regular: bool = False


def look(root: Path, path: str) -> Look:
    """Look without following any link, not even one in a parent folder."""
    place = root
    for part in Path(path).parts:
        if part in ("..", "/"):
            return Look(current="not a file")
        place = place / part
        if place.is_symlink():
            return Look(current="symlink")
    try:
        info = place.lstat()
    except (OSError, ValueError):
        return Look(current="missing")
    if not stat.S_ISREG(info.st_mode):
        return Look(current="not a file")
    if info.st_size > _LIMIT:
        return Look(current="too large")
    mode = EXECUTABLE if info.st_mode & stat.S_IXUSR else ""
    return Look(current=files.digest(place) + mode, regular=True)


def violation(pinned: str, seen: Look) -> str:
    """Why what is there is not what was pinned, in a word or two; "" when it is."""
    if not seen.regular:
        return seen.current
    if seen.current == pinned:
        return ""
    return "mode changed" if seen.current.removesuffix(EXECUTABLE) == pinned.removesuffix(EXECUTABLE) else "changed"


def pin(store: Path, root: Path, path: str, *, plan: str) -> Pin:
    """Pin a file as it is now; pinning again under the same plan returns the first pin.

    Raises:
        TwelveError: there is no regular file to pin.
    """
    seen = look(root, path)
    standing = pins(store, plan).get(path)
    if standing:
        return standing
    if not seen.regular:
        raise TwelveError(f"oracle {path} cannot be pinned", why=seen.current, next="go back to the plan", kind=Trouble.RED)
    made = Pin(path=path, pinned=seen.current, plan=plan, at=clock.iso(clock.now()))
    files.create_exclusive(_place(store, path, plan), msgspec.json.encode(made))
    return pins(store, plan)[path]


def pins(store: Path, plan: str) -> dict[str, Pin]:
    """Pins of one plan by path. A damaged pin is an error, never an absent one."""
    found: dict[str, Pin] = {}
    for entry in sorted(store.glob("*.json")) if store.is_dir() else ():
        try:
            made = msgspec.json.decode(files.read_bounded(entry), type=Pin)
        except msgspec.MsgspecError as trouble:
            raise TwelveError(
                f"pin {entry.name} is damaged", why=str(trouble), next="cancel the run and start a new one", kind=Trouble.DAMAGED
            ) from None
        if made.plan == plan:
            found[made.path] = made
    return found


def store(state: Path, run: str) -> Path:
    """Folder of a run's pins."""
    return state / "runs" / run / "oracles"


def _place(folder: Path, path: str, plan: str) -> Path:
    return folder / f"{files.digest_bytes(f'{plan}:{path}'.encode('utf-8', 'surrogateescape'))[:32]}.json"
