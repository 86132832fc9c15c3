"""What the hooks leave behind: one journal line per answer and a heartbeat. Never a command, a path or a prompt."""

from __future__ import annotations

import _imp
import posix
import time

from twelve.interfaces.hooks import notation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMA = "twelve.event.v1"
KEY = 0x7477656C7665
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:")


def stamp(moment_ns: int) -> str:
    """A moment as the journal writes it: UTC, microseconds always."""
    when = time.gmtime(moment_ns // 1_000_000_000)
    return f"{when[0]:04d}-{when[1]:02d}-{when[2]:02d}T{when[3]:02d}:{when[4]:02d}:{when[5]:02d}.{moment_ns // 1000 % 1_000_000:06d}Z"


def short(text: str) -> str:
    """Sixteen hexadecimal digits that stand for a text: a name for a file, not a proof of anything."""
    return _imp.source_hash(KEY, text.encode("utf-8", "surrogatepass")).hex()


def plain(text: str, limit: int = 80) -> str:
    """A name from outside, reduced to characters that mean nothing anywhere."""
    return "".join(sign if sign in _SAFE else "_" for sign in text[:limit])


def append(path: str, line: str) -> None:
    """One line in one write, so lines of concurrent hooks never mix; the folder is made when it is missing. OSError."""
    flags = posix.O_WRONLY | posix.O_CREAT | posix.O_APPEND | posix.O_CLOEXEC | posix.O_NOFOLLOW
    try:
        descriptor = posix.open(path, flags, 0o600)
    except FileNotFoundError:
        folder(path.rpartition("/")[0])
        descriptor = posix.open(path, flags, 0o600)
    try:
        posix.write(descriptor, line.encode("utf-8", "backslashreplace") + b"\n")
    finally:
        posix.close(descriptor)


def folder(path: str) -> None:
    """A private folder and those above it; nothing when it is there. OSError."""
    try:
        posix.mkdir(path, 0o700)
    except FileExistsError:
        return
    except FileNotFoundError:
        folder(path.rpartition("/")[0])
        posix.mkdir(path, 0o700)


def record(state: str, name: str, session: str, **fields: Any) -> None:
    """One event of the journal. A journal that cannot be written keeps no answer back."""
    now = time.time_ns()
    moment = stamp(now)
    head = {"schema": SCHEMA, "name": name, "ts": moment, "pid": posix.getpid(), "seq": 1}
    path = f"{state}/journal/{moment[:10].replace('-', '')}-hooks-{short(session)}.jsonl"
    try:
        append(path, notation.write({**head, **{key: value for key, value in fields.items() if value not in ("", ())}}))
    except OSError:
        return


def beat(state: str, client: str, *, build: str, version: str) -> None:
    """Say that hooks of this client ran just now; what they are is written when nobody has said it yet."""
    path = f"{state}/heartbeat/{client}"
    try:
        posix.utime(path)
    except OSError:
        try:
            append(path, notation.write({"build": build, "version": version}))
        except OSError:
            return


def quiet_for(state: str, seconds: float) -> bool:
    """Whether no hook of any client ran for so long."""
    try:
        names = posix.listdir(f"{state}/heartbeat")
        # Clients are plain names; what was proven lies beside them and is no sign of anybody at work.
        latest = max((posix.stat(f"{state}/heartbeat/{name}").st_mtime for name in names if "." not in name), default=0.0)
    except OSError:
        return True
    return time.time() - latest > seconds


def older(path: str, seconds: float) -> bool:
    """Whether a file was last written longer ago, or is not there."""
    try:
        return time.time() - posix.stat(path).st_mtime > seconds
    except OSError:
        return True
