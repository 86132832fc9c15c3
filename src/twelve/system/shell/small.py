"""The small parser: standard library only, for nearly every line. It refuses what it is not sure of."""

from __future__ import annotations

from twelve.system.shell.compounds import Compounds
from twelve.system.shell.syntax import Script, Unparsable

LONGEST = 200_000
"""Characters. Longer lines are not read: the operating system itself stops an argument at 128 KiB."""


def parse_small(line: str) -> Script | None:
    """The tree of `line`, or None when it holds anything the small parser does not understand wholly."""
    if len(line) > LONGEST or "\0" in line:
        return None
    try:
        return Compounds(line).whole()
    except (Unparsable, RecursionError):
        return None
