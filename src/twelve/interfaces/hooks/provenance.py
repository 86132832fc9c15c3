"""Which changes Twelve made itself, or an allowed call did: lines of `system.provenance`, read and written here without it."""

from __future__ import annotations

import posix

from twelve.interfaces.hooks import contents, fingerprint, notation, trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

FILE = "provenance.jsonl"
LIMIT = 2_000_000
"""Bytes of the newest lines read (ours)."""


def explained(state: str, names: Iterable[str]) -> frozenset[str]:
    """Those whose content now is what was last written down about them."""
    return frozenset(name for name, digest in last(state, names).items() if digest == _now(name))


def last(state: str, names: Iterable[str]) -> dict[str, str]:
    """What was last written down about each of the names."""
    wanted = frozenset(names)
    found: dict[str, str] = {}
    for line in _tail(f"{state}/{FILE}").split(b"\n") if wanted else ():
        try:
            entry = notation.read(line)
        except notation.Malformed:
            continue
        if entry.get("path") in wanted:
            found[str(entry["path"])] = str(entry.get("digest"))
    return found


def wrote(state: str, name: str, digest: str | None = None) -> None:
    """Note a file as it is now. A note that cannot be written leaves a change unexplained, which is the safe side."""
    try:
        trail.append(f"{state}/{FILE}", notation.write({"path": name, "digest": _now(name) if digest is None else digest}))
    except OSError:
        return


def _now(name: str) -> str:
    try:
        if posix.lstat(name).st_mode & 0o170000 != 0o100000:
            return "odd"
        return fingerprint.of(contents.read(name))
    except OSError:
        return ""


def _tail(path: str) -> bytes:
    try:
        descriptor = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC | posix.O_NOFOLLOW | posix.O_NONBLOCK)
    except OSError:
        return b""
    try:
        size = posix.fstat(descriptor).st_size
        return posix.pread(descriptor, LIMIT, max(0, size - LIMIT))
    except OSError:
        return b""
    finally:
        posix.close(descriptor)
