"""A command line's tree: the small parser first, the grammar for what it leaves."""

from __future__ import annotations

from twelve.system.shell import grammar
from twelve.system.shell.small import LONGEST, parse_small
from twelve.system.shell.syntax import Script, Unparsable

__all__ = ["parse", "parse_small"]


def parse(line: str) -> Script:
    """The tree of `line`. Raises Unparsable when neither parser is sure of every word in it."""
    if len(line) > LONGEST or "\0" in line:
        raise Unparsable("too long" if len(line) > LONGEST else "a NUL character")
    small = parse_small(line)
    return grammar.parse(line) if small is None else small
