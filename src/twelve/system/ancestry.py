"""Who started this process, and who holds the other end of its terminal: read from /proc, elsewhere from `ps`.

Nothing here is proof. A process that leaves its parents behind (two forks, a new session) and clears its environment
has no ancestry left to read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from twelve.system import processes

DEPTH_LIMIT = 200
"""Longest chain of parents followed (ours)."""
READ_LIMIT = 200_000
"""Bytes of one command line or environment read (ours)."""
PROC = Path("/proc")
_PTS_MAJORS = range(136, 144)
"""Device numbers of terminal slaves on Linux; each major holds 256 of them (admin-guide/devices of the kernel)."""


class Process(Struct, frozen=True, kw_only=True):
    """One process as far as this user may look at it."""

    pid: int
    parent: int
    name: str
    """What the process calls itself."""
    program: str
    """Path of its executable; "" when it cannot be read."""
    argv: tuple[str, ...]
    variables: frozenset[str]
    """Names of the non-empty variables it was started with; empty when they cannot be read."""


def lineage(pid: int | None = None) -> tuple[Process, ...]:
    """A process (default: this one) and all above it, nearest first."""
    look = _from_proc if (PROC / "self" / "stat").exists() else _from_ps(_listing())
    return tuple(_chain(os.getpid() if pid is None else pid, look))


def age(pid: int | None = None) -> float | None:
    """Seconds since a process (default: this one) began, also across exec; None when nobody can tell."""
    number = os.getpid() if pid is None else pid
    stat = _read(PROC / str(number) / "stat").decode("utf-8", "replace")
    uptime = _read(PROC / "uptime").split()
    if stat and uptime:
        # Field 22 of stat, counted from the end of the name: clock ticks after boot (proc(5)).
        return float(uptime[0]) - int(stat.rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    listed = processes.run(["ps", "-o", "etime=", "-p", str(number)], cwd=Path("/"), timeout_s=10)
    return _elapsed(listed.text.strip())


def _elapsed(written: str) -> float | None:
    """`[[days-]hours:]minutes:seconds`, as ps(1) writes it."""
    days, _, clock = written.rpartition("-")
    parts = clock.split(":")
    if not all(part.isdigit() for part in parts) or not (days or "0").isdigit():
        return None
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return float(int(days or 0) * 86_400 + seconds)


def terminal_holders(descriptor: int = 0) -> tuple[int, ...]:
    """Processes of this user that hold the master side of the terminal at `descriptor`: whoever does can type into it.

    Empty where there is no /proc, for terminals of other kinds, and when the holder is another user's (sshd).
    """
    try:
        device = os.fstat(descriptor).st_rdev
    except OSError:
        return ()
    if os.major(device) not in _PTS_MAJORS or not PROC.is_dir():
        return ()
    index = (os.major(device) - _PTS_MAJORS.start) * 256 + os.minor(device)
    return tuple(int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit() and _holds(entry, index))


def _chain(pid: int, look: Callable[[int], Process | None]) -> Iterator[Process]:
    seen: set[int] = set()
    while pid > 0 and pid not in seen and len(seen) < DEPTH_LIMIT:
        seen.add(pid)
        found = look(pid)
        if found is None:
            return
        yield found
        pid = found.parent


def _from_proc(pid: int) -> Process | None:
    folder = PROC / str(pid)
    stat = _read(folder / "stat").decode("utf-8", "replace")
    if not stat:
        return None
    # The name stands in parentheses and may itself contain any of them.
    name, rest = stat.partition("(")[2].rpartition(")")[0], stat.rpartition(")")[2].split()
    try:
        program = os.readlink(folder / "exe")
    except OSError:
        program = ""
    argv = tuple(part.decode("utf-8", "replace") for part in _read(folder / "cmdline").split(b"\0") if part)
    settings = (part.partition(b"=") for part in _read(folder / "environ").split(b"\0"))
    variables = frozenset(key.decode("utf-8", "replace") for key, _, value in settings if value)
    return Process(pid=pid, parent=int(rest[1]), name=name, program=program, argv=argv, variables=variables)


def _from_ps(listing: str) -> Callable[[int], Process | None]:
    """The same from the output of `ps`, where command line and environment run into each other."""
    return {item.pid: item for item in map(_row, listing.splitlines()) if item is not None}.get


def _listing() -> str:
    # -E adds each process's environment, for processes of this user (ps(1) of macOS).
    done = processes.run(["ps", "-axwwE", "-o", "pid=,ppid=,command="], cwd=Path("/"), timeout_s=10)
    return done.text


def _row(line: str) -> Process | None:
    words = line.split()
    if len(words) < 3 or not (words[0].isdigit() and words[1].isdigit()):
        return None
    command = words[2:]
    first = next((number for number, word in enumerate(command) if number and _is_setting(word)), len(command))
    variables = frozenset(word.partition("=")[0] for word in command[first:] if _is_setting(word) and word.partition("=")[2])
    argv = tuple(command[:first])
    program = argv[0] if argv[0].startswith("/") else ""
    return Process(pid=int(words[0]), parent=int(words[1]), name=os.path.basename(argv[0]), program=program, argv=argv, variables=variables)


def _is_setting(word: str) -> bool:
    name, sign, _ = word.partition("=")
    return bool(sign) and name.isidentifier() and name == name.upper()


def _holds(process: Path, index: int) -> bool:
    try:
        for entry in (process / "fd").iterdir():
            if os.readlink(entry).endswith("ptmx") and _index(process / "fdinfo" / entry.name) == index:
                return True
    except OSError:
        return False
    return False


def _index(info: Path) -> int:
    for line in _read(info).splitlines():
        key, _, value = line.partition(b":")
        if key == b"tty-index" and value.strip().isdigit():
            return int(value)
    return -1


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(READ_LIMIT)
    except OSError:
        return b""
