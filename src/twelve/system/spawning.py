"""Asking one trusted program one short question, for paths where importing the process runner costs more than the answer.

No time-out and no group: only for git plumbing that ends by itself. Everything else goes through `processes`.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:  # every import counts here
    from collections.abc import Mapping, Sequence


def output(argv: Sequence[str], env: Mapping[str, str]) -> bytes | None:
    """Standard output of a program that ended with 0; None for anything else. Standard error is dropped."""
    reading, writing = os.pipe()
    try:
        child = _start(argv, env, reading, writing)
    finally:
        os.close(writing)
    with open(reading, "rb") as stream:
        answer = stream.read() if child else b""
    return answer if child and os.waitpid(child, 0)[1] == 0 else None


def _start(argv: Sequence[str], env: Mapping[str, str], reading: int, writing: int) -> int:
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, writing, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_CLOSE, reading),
    ]
    try:
        return os.posix_spawnp(argv[0], list(argv), dict(env), file_actions=actions)
    except OSError:
        return 0
