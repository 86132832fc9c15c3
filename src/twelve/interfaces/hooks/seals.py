"""Protected files as they were, to notice afterwards what slipped past: by stat first, by content only on a difference.

Clients rewrite their own settings (a permission a person granted for good), so of those only what guards count:
hooks, the switch that turns them off, and refusals.
"""

from __future__ import annotations

import posix
import time

from twelve.interfaces.hooks import fingerprint, notation, occasion, trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from twelve.interfaces.hooks.occasion import Occasion

    Seal = tuple[int, int, int, str]

LIMIT = 2_000_000
"""Largest protected file read, bytes; a larger one is told by its stat alone."""
MOST = 300
"""Paths compared after a call (ours: about half a millisecond)."""
ABSENT: Seal = (0, 0, 0, "")
CHANGED = "changed"
CREATED = "created"
DELETED = "deleted"


def path(state: str, root: str) -> str:
    """The file of one project folder."""
    return f"{state}/seals/{trail.short(root)}.json"


def watched(config: dict[str, Any], root: str) -> tuple[str, ...]:
    """Absolute paths under watch for a project folder. One that ends in `/` is a folder, whose names count."""
    sealed = config["sealed"]
    found = [f"{root}/{name}" for name in sealed["tree"]]
    found += sealed["absolute"]
    if folder := occasion.variable("CLAUDE_CONFIG_DIR"):
        found.append(f"{folder}/settings.json")
    for folder in (*(f"{root}/{name}" for name in sealed["folders"]), *sealed["hooks"]):
        found.append(f"{folder}/")
        found += (f"{folder}/{name}" for name in _names(folder))
    return tuple(found)[:MOST]


def take(state: str, config: dict[str, Any], root: str) -> None:
    """Write down how things are. OSError when it cannot be written."""
    _write(state, root, {name: _seal(name, None) for name in watched(config, root)})


def differences(state: str, config: dict[str, Any], root: str) -> list[tuple[str, str, str, str]]:
    """(path, what happened, digest before, digest now) since the last look; each difference is told once.

    Without an earlier look there is nothing to compare with: one is taken.
    """
    known = _read(state, root)
    if known is None:
        _quietly_take(state, config, root)
        return []
    found: list[tuple[str, str, str, str]] = []
    now: dict[str, Seal] = {}
    moved = False
    for name in watched(config, root):
        before = known.get(name)
        now[name] = _seal(name, before)
        moved = moved or now[name] != before
        if before is not None and now[name][3] != before[3]:
            change = CREATED if not before[3] else DELETED if not now[name][3] else CHANGED
            found.append((name, change, before[3], now[name][3]))
    if moved:
        try:
            _write(state, root, now)
        except OSError:
            return found
    return found


def _quietly_take(state: str, config: dict[str, Any], root: str) -> None:
    try:
        take(state, config, root)
    except OSError:
        return


def _seal(name: str, before: Seal | None) -> Seal:
    try:
        info = posix.lstat(name.rstrip("/"))
    except OSError:
        return ABSENT
    stat = (info.st_mtime_ns, info.st_size, info.st_ino)
    if before is not None and stat == before[:3]:
        return before
    return (*stat, _digest(name, info))


def _digest(name: str, info: posix.stat_result) -> str:
    form = info.st_mode & 0o170000
    try:
        if form == 0o120000:
            return "link:" + fingerprint.of(posix.readlink(name).encode("utf-8", "surrogateescape"))
        if form == 0o040000:
            return _listing(name) if name[-1] == "/" else "folder"
        if form != 0o100000 or info.st_size > LIMIT:
            return f"odd:{form}:{info.st_size}"
        return _content(name, f"{info.st_mode & 0o111:o}")
    except OSError:
        return "unreadable"


def _listing(name: str) -> str:
    return "names:" + fingerprint.of("\0".join(_names(name)).encode("utf-8", "surrogateescape"))


def _names(folder: str) -> list[str]:
    try:
        return sorted(entry for entry in posix.listdir(folder) if not entry.endswith(".sample"))
    except OSError:
        return []


def _content(name: str, mode: str) -> str:
    raw = read(name)
    if name.rpartition("/")[2] in ("settings.json", "settings.local.json"):
        try:
            return "settings:" + fingerprint.of(notation.write(guarding(notation.read(raw))).encode())
        except notation.Malformed:
            return "damaged:" + fingerprint.of(raw)
    return f"{mode}:" + fingerprint.of(raw)


def guarding(settings: dict[str, Any]) -> dict[str, Any]:
    """The part of a client's settings that guards hang on."""
    permissions = settings.get("permissions")
    deny = permissions.get("deny") if isinstance(permissions, dict) else None
    members = {name: settings.get(name) for name in ("hooks", "disableAllHooks", "hooksConfig", "env")}
    return {**members, "deny": deny}


def read(name: str) -> bytes:
    """A file's content, at most LIMIT bytes. OSError."""
    descriptor = posix.open(name, posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NONBLOCK)
    try:
        return posix.read(descriptor, LIMIT)
    finally:
        posix.close(descriptor)


def _read(state: str, root: str) -> dict[str, Seal] | None:
    try:
        entries = notation.read(read(path(state, root))).get("entries")
        return {name: tuple(entry) for name, entry in entries.items()} if isinstance(entries, dict) else None
    except (OSError, notation.Malformed, TypeError):
        return None


def _write(state: str, root: str, entries: dict[str, Seal]) -> None:
    replace(path(state, root), notation.write({"root": root, "entries": entries}).encode("utf-8", "backslashreplace"))


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


def write_down(entry: tuple[str, str, str, str], seen: Occasion, state: str) -> None:
    """Keep a difference for a person: a record of its own and a line in the journal."""
    name, change, before, now = entry
    moment = time.time_ns()
    place = told((name,), seen.root)
    record = {
        "schema": "twelve.tamper.v1",
        "path": name,
        "change": change,
        "before": before,
        "after": now,
        "root": seen.root,
        "client": seen.client,
        "tool": trail.plain(seen.tool),
        "session": trail.short(seen.session),
        "at": trail.stamp(moment),
    }
    keep(f"{state}/tamper/{moment}-{trail.short(name)}.json", record)
    tool = trail.plain(seen.tool)
    trail.record(state, "guard.tampered", seen.session, path=place[:200], change=change, client=seen.client, tool=tool)


def open_tampers(state: str) -> int:
    """How many differences wait for a person."""
    try:
        return sum(1 for name in posix.listdir(f"{state}/tamper") if name.endswith(".json"))
    except OSError:
        return 0


def told(names: Iterable[str], root: str) -> str:
    """Paths as a person reads them, few of them."""
    shown = [name.removeprefix(root + "/") for name in names]
    return ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")
