"""Protected files as they were, to notice afterwards what slipped past: by stat first, by content only on a difference.

A file's time of change cannot be set back, so it is part of the stat. Seals that are gone or damaged although a session
began with them are a difference themselves.
"""

from __future__ import annotations

import posix
import time

from twelve.interfaces.hooks import contents, notation, provenance, trail, watching
from twelve.interfaces.hooks.contents import LIMIT as LIMIT
from twelve.interfaces.hooks.contents import read as read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.interfaces.hooks.entry import Site

    Seal = tuple[int, int, int, int, int, str]
    Difference = tuple[str, str, str, str]

VERSION = 2
ABSENT: Seal = (0, 0, 0, 0, 0, "")
CHANGED = "changed"
CREATED = "created"
DELETED = "deleted"
TICK_NS = 20_000_000
"""A file changed within this time may change again without its stat telling: it is read again (the system's clock ticks in 4 ms)."""
FRESH_NS = 3_600_000_000_000
"""A session that began before the guard was there has no seals; after an hour there are some (ours)."""
MARK = "sealed-"
"""Beside the heartbeats: that seals of a work tree exist. The dot in its name keeps it from being taken for a client."""
CORE = ("/twelve.toml", "/twelve/state/hook.py", "/twelve/state/hook.bin", "/twelve/state/hook.src", "/.git/config")
"""Ends of paths that every version of the guard watches: that seals do not name one is no news of a newer guard."""
ONLY_ADDED = ("/spent/", "/uses/", "/revocations/", "/tamper/")
"""Folders of the state where one more file can only forbid; taking one away would allow."""


class Look:
    """One comparison: what differed, how things are now, whether anything has to be written down.

    `records` are new records of tampering, which somebody else kept.
    """

    __slots__ = ("entries", "found", "moved", "records")

    def __init__(self) -> None:
        self.found: list[Difference] = []
        self.entries: dict[str, Seal] = {}
        self.moved = False
        self.records: list[str] = []


def path(state: str, root: str) -> str:
    """The file of one project folder."""
    return watching.seals(state, root)


def mark(state: str, root: str) -> str:
    """The file that says there are seals of one project folder."""
    return f"{state}/heartbeat/{MARK}{trail.short(root)}.json"


def take(site: Site, root: str, *, deep: bool = False) -> None:
    """Write down how things are. `deep`: also look for protected files anywhere in the tree. OSError when it cannot be written."""
    watched = watching.Watched(site, root)
    further, missed = watching.deeper(site, root) if deep else ((), 0)
    entries = {name: seal(name, None) for name in (*watched.paths, *further)}
    _write(site, root, watched, entries, watched.over + missed)


def differences(site: Site, root: str, *, began: bool, records: list[str] | None = None) -> list[Difference]:
    """(path, what happened, digest before, digest now) since the last look; each difference is told once.

    `began`: a session here began with seals, so that there are none is a difference. Otherwise one is taken.
    """
    known = _read(site.state, root)
    if known is None:
        _quietly_take(site, root)
        return [(path(site.state, root), DELETED, "seals", "")] if began and not _forgotten(site.state, root) else []
    watched = watching.Watched(site, root)
    look = _compared(known, watched, site)
    if records is not None:
        records += look.records
    if look.moved:
        try:
            _write(site, root, watched, look.entries, _number(known.get("over")))
        except OSError:
            return look.found
    return look.found


def _forgotten(state: str, root: str) -> bool:
    """Whether Twelve itself took the seals away on a person's word; that counts once."""
    name = path(state, root)
    if provenance.last(state, (name,)).get(name) != "":
        return False
    provenance.wrote(state, name, "taken again")
    return True


def _compared(known: dict[str, Any], watched: watching.Watched, site: Site) -> Look:
    look = Look()
    before: dict[str, Seal] = known["entries"]
    same = known.get("build") == site.config["build"]
    fresh = tuple(place + "/" for place in watched.roots if place not in known["roots"])
    gone = tuple(place + "/" for place in known["roots"] if place not in watched.roots)
    for name in watched.paths:
        adopted = name not in before and (not same or name in watched.loose or name.startswith(fresh))
        adopted = adopted and not (name.endswith(CORE) and not name.startswith(fresh))
        _judge(look, name, None if adopted else before.get(name, ABSENT), site.state)
    for name in before:
        if name not in look.entries and not name.startswith(gone):
            _judge(look, name, before[name], site.state)
    look.moved = look.moved or bool(fresh or gone) or not same
    return look


def _judge(look: Look, name: str, was: Seal | None, state: str) -> None:
    now = seal(name, was)
    look.entries[name] = now
    look.moved = look.moved or now != was
    if was is None or now[5] == was[5] or {now[5], was[5]} <= {"", contents.PLAIN}:
        return
    change = CREATED if not was[5] else DELETED if not now[5] else CHANGED
    if change == CREATED and name.startswith(f"{state}/tamper/") and name.endswith(".json"):
        look.records.append(name)
    elif not _only_forbids(name, change, state):
        look.found.append((name, change, was[5], now[5]))


def _only_forbids(name: str, change: str, state: str) -> bool:
    if not name.startswith(state + "/"):
        return False
    rest = name[len(state) :]
    if change == CREATED:
        return rest.startswith(ONLY_ADDED) or rest.endswith(".used") or rest.startswith("/exemptions/revoked/")
    return change == DELETED and rest.startswith(("/requests/", "/phase/"))


def seal(name: str, before: Seal | None) -> Seal:
    """How a file is now; `before` is given back when its stat is the same."""
    try:
        info = posix.lstat(name)
    except OSError:
        return ABSENT
    stat = _stat(name, info)
    if before is not None and stat == before[:5]:
        return before
    recent = time.time_ns() - info.st_ctime_ns < TICK_NS
    digest = contents.digest(name, info)
    return (stat[0], stat[1], stat[2], 0 if recent else stat[3], stat[4], digest)


def _stat(name: str, info: posix.stat_result) -> tuple[int, int, int, int, int]:
    own = (info.st_mtime_ns, info.st_size, info.st_ino, info.st_ctime_ns, info.st_mode)
    if info.st_mode & 0o170000 != 0o120000:
        return own
    try:
        aim = posix.stat(name)
    except OSError:
        return own
    return (own[0] + aim.st_mtime_ns, own[1] + aim.st_size, own[2] + aim.st_ino, own[3] + aim.st_ctime_ns, own[4])


def _quietly_take(site: Site, root: str) -> None:
    try:
        take(site, root)
    except OSError:
        return


def exist(state: str, root: str) -> bool:
    """Whether seals of this work tree were ever taken, whatever became of them."""
    try:
        posix.lstat(mark(state, root))
    except OSError:
        return False
    return True


def fresh(folder: str) -> bool:
    """Whether the guard was put in place so lately that a session may have begun without it."""
    try:
        return time.time_ns() - posix.lstat(f"{folder}/hook.bin").st_ctime_ns < FRESH_NS
    except OSError:
        return False


def _read(state: str, root: str) -> dict[str, Any] | None:
    try:
        found = notation.read(read(path(state, root)))
        if found.get("version") != VERSION or found.get("root") != root or not isinstance(found.get("roots"), list):
            return None
        found["entries"] = {name: tuple(entry) for name, entry in found["entries"].items()}
        return found if all(len(entry) == len(ABSENT) for entry in found["entries"].values()) else None
    except (OSError, notation.Malformed, TypeError, AttributeError, KeyError):
        return None


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _write(site: Site, root: str, watched: watching.Watched, entries: dict[str, Seal], over: int) -> None:
    record = {
        "version": VERSION,
        "root": root,
        "build": site.config["build"],
        "roots": list(watched.roots),
        "over": over,
        "entries": entries,
    }
    replace(path(site.state, root), notation.write(record).encode("utf-8", "backslashreplace"))
    if not exist(site.state, root):
        keep(mark(site.state, root), {"root": trail.short(root)})


def replace(target: str, data: bytes) -> None:
    """The whole file or the old one, never half. OSError."""
    beside = f"{target}.{posix.getpid()}.new"
    flags = posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC | posix.O_CLOEXEC | posix.O_NOFOLLOW
    try:
        descriptor = posix.open(beside, flags, 0o600)
    except FileNotFoundError:
        trail.folder(target.rpartition("/")[0])
        descriptor = posix.open(beside, flags, 0o600)
    try:
        posix.write(descriptor, data)
    finally:
        posix.close(descriptor)
    posix.rename(beside, target)


def keep(target: str, value: dict[str, Any]) -> None:
    """Write a record; a place that cannot be written changes no answer."""
    try:
        replace(target, notation.write(value).encode("utf-8", "backslashreplace"))
    except OSError:
        return
