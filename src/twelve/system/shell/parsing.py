"""A command line's tree: the small parser first, the grammar for what it leaves."""

from __future__ import annotations

from twelve.system.shell.small import LONGEST, parse_small
from twelve.system.shell.syntax import Script, Unparsable

__all__ = ["parse", "parse_small"]

GRAMMAR = "twelve.system.shell.grammar"
"""Loaded by name and late: nearly no line needs it, and its module alone costs a tenth of the whole guard."""


def parse(line: str) -> Script:
    """The tree of `line`. Raises Unparsable when neither parser is sure of every word in it."""
    if len(line) > LONGEST or "\0" in line:
        raise Unparsable("too long" if len(line) > LONGEST else "a NUL character")
    small = parse_small(line)
    if small is not None:
        return small
    read: Script = __import__(GRAMMAR, fromlist=("parse",)).parse(line)
    return read
