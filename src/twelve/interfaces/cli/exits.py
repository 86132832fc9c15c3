"""Exit codes of the terminal, and which kind of trouble ends in which."""

from __future__ import annotations

from twelve.model.errors import Trouble

PASS = 0
RED = 1
"""A check answered no; found drift is red."""
USAGE = 2
CONFIG = 3
"""The policy or a stored record is malformed."""
TOOL = 4
"""Something this machine must provide is missing: a program, space on the disk, a permission."""
WAITING = 5
"""A person has to decide first."""
ESCALATED = 6
"""Given up after the allowed attempts, or a cap was reached."""
BUG = 70
INTERRUPT = 130
BROKEN_PIPE = 141
"""The reader of our output went away, as when a program dies of SIGPIPE."""

_BY_TROUBLE = {
    Trouble.USAGE: USAGE,
    Trouble.CONFIG: CONFIG,
    Trouble.TOOL: TOOL,
    Trouble.WAITING: WAITING,
    Trouble.ESCALATED: ESCALATED,
    Trouble.RED: RED,
    Trouble.DAMAGED: CONFIG,
}


def of(kind: Trouble) -> int:
    """The exit code for a kind of trouble."""
    return _BY_TROUBLE[kind]
