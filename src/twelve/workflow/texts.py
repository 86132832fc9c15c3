"""Prompts and templates out of `content/`, filled strictly: an unknown or unused name is an error, never an empty spot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import twelve
from twelve.model.errors import Trouble, TwelveError

CONTENT = Path(twelve.__file__).parent / "content"
_NAME = re.compile(r"\{\{([a-z_]+)\}\}")


def names(folder: str, name: str) -> frozenset[str]:
    """Names a text wants filled in."""
    return frozenset(_NAME.findall(_source(folder, name)))


def fill(folder: str, name: str, values: Mapping[str, str]) -> str:
    """The text `content/<folder>/<name>.md` with its names filled in, in one pass: values are never filled again.

    Raises:
        TwelveError: a name without value or a value without name; both mean that code and text have parted ways.
    """
    wanted = names(folder, name)
    odd = sorted(wanted.symmetric_difference(values))
    if odd:
        raise TwelveError(
            f"{folder}/{name}.md and its caller disagree about: {', '.join(odd)}",
            why="a text with an empty spot would give a wrong instruction",
            next="report this as a bug",
            kind=Trouble.DAMAGED,
        )
    return _NAME.sub(lambda found: values[found.group(1)], _source(folder, name))


def quoted(text: str) -> str:
    """Text as data: fenced with more backticks than it contains, so that nothing in it can end the fence."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text.rstrip()}\n{fence}"


@cache
def _source(folder: str, name: str) -> str:
    return (CONTENT / folder / f"{name}.md").read_text(encoding="utf-8")
