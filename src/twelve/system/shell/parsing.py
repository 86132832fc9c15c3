"""A command line's tree."""

from __future__ import annotations

from twelve.system.shell.plain import plain_words
from twelve.system.shell.syntax import Script, Unparsable

LONGEST = 200_000
"""Characters. Longer lines are not read: the operating system itself stops an argument at 128 KiB."""
ROOM = "twelve.system.shell.compounds"
"""Loaded by name and late: half of the lines are plain."""


def parse(line: str) -> Script:
    """The tree of `line`. Raises Unparsable when not every word in it is sure."""
    if len(line) > LONGEST or "\0" in line:
        raise Unparsable("too long" if len(line) > LONGEST else "a NUL character")
    plain = plain_words(line)
    return plain if plain is not None else read(line)


def read(line: str) -> Script:
    """The same by the reader of everything. Raises Unparsable."""
    try:
        script: Script = __import__(ROOM, fromlist=("Compounds",)).Compounds(line).whole()
    except RecursionError as deep:
        raise Unparsable("nested too deeply") from deep
    return script
