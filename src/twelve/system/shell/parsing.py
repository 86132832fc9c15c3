"""A command line's tree."""

from __future__ import annotations

from twelve.system.shell.compounds import Compounds
from twelve.system.shell.syntax import Script, Unparsable

LONGEST = 200_000
"""Characters. Longer lines are not read: the operating system itself stops an argument at 128 KiB."""


def parse(line: str) -> Script:
    """The tree of `line`. Raises Unparsable when not every word in it is sure."""
    if len(line) > LONGEST or "\0" in line:
        raise Unparsable("too long" if len(line) > LONGEST else "a NUL character")
    try:
        return Compounds(line).whole()
    except RecursionError as deep:
        raise Unparsable("nested too deeply") from deep
