"""Asking git, only when something differs: a process of its own, without what a repository's settings could make it run."""

from __future__ import annotations

import posix

from twelve.interfaces.hooks import occasion

QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat", "-c", "gc.auto=0", "--no-optional-locks")
LIMIT = 4_000_000
INPUT = 60_000
"""Bytes handed over on standard input: less than a pipe holds, so that nobody waits for anybody."""


def ask(root: str, *words: str, given: bytes = b"") -> tuple[int, bytes]:
    """Exit code and standard output; (-1, b"") when git cannot be started or is handed too much."""
    if len(given) > INPUT:
        return -1, b""
    out_read, out_write = posix.pipe()
    in_read, in_write = posix.pipe()
    actions = (
        (posix.POSIX_SPAWN_DUP2, in_read, 0),
        (posix.POSIX_SPAWN_DUP2, out_write, 1),
        (posix.POSIX_SPAWN_OPEN, 2, "/dev/null", posix.O_WRONLY, 0),
    )
    try:
        number = posix.posix_spawnp("git", ["git", *QUIET, "-C", root, *words], _environment(), file_actions=actions)
    except OSError:
        for descriptor in (out_read, out_write, in_read, in_write):
            posix.close(descriptor)
        return -1, b""
    posix.close(in_read)
    posix.close(out_write)
    _hand(in_write, given)
    out = _all(out_read)
    return posix.waitstatus_to_exitcode(posix.waitpid(number, 0)[1]), out


def _hand(descriptor: int, given: bytes) -> None:
    try:
        posix.write(descriptor, given)
    except OSError:
        return
    finally:
        posix.close(descriptor)


def _all(descriptor: int) -> bytes:
    pieces = b""
    try:
        while len(pieces) < LIMIT and (piece := posix.read(descriptor, 65_536)):
            pieces += piece
    finally:
        posix.close(descriptor)
    return pieces


def _environment() -> dict[str, str]:
    own = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    return {name: value for name in ("PATH", "HOME") if (value := occasion.variable(name))} | own
