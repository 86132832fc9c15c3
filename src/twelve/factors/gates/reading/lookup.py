"""Find a value in parsed YAML, JSON or TOML by a written path.

    spec.replicas                              keys joined by dots
    spec.containers[0].image                   a list index; negative counts from the end
    spec.containers[name=redis].image          the one list item whose key has this text
    spec.containers[*].image                   every item of a list, or every value of a table
    metadata.annotations["example.com/team"]   a key with dots or brackets in it, in double quotes

`find` gives every value the path leads to; an empty answer means the path is absent. A value that is there
and null is an answer (None). No expression is evaluated; a path that cannot be read is a `ConfigError`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from twelve.model.errors import ConfigError

_STEP = re.compile(
    r"""
    (?P<key>[^.\[\]"=\s][^.\[\]"=]*)
    |\["(?P<quoted>(?:[^"\\]|\\.)*)"\]
    |\[(?P<index>-?\d{1,6})\]
    |(?P<every>\[\*\])
    |\[(?P<name>[^\]=\[]+)=(?P<value>[^\]]*)\]
    """,
    re.VERBOSE,
)


class Key(Struct, frozen=True):
    name: str


class Index(Struct, frozen=True):
    at: int


class Every(Struct, frozen=True):
    pass


class Where(Struct, frozen=True):
    name: str
    value: str


Step = Key | Index | Every | Where


def parse(path: str) -> tuple[Step, ...]:
    """Read a path. Raises ConfigError naming the place that cannot be read."""
    steps: list[Step] = []
    at = 0
    while at < len(path):
        if path[at] == ".":
            at += 1
            if not steps or at == len(path) or path[at] in ".[":
                raise _unreadable(path, at)
        elif steps and path[at] != "[":
            raise _unreadable(path, at)
        match = _STEP.match(path, at)
        if match is None:
            raise _unreadable(path, at)
        steps.append(_step(match))
        at = match.end()
    if not steps:
        raise _unreadable(path, 0)
    return tuple(steps)


def find(value: Any, path: str) -> tuple[Any, ...]:
    """Every value at the path, in document order; empty when there is none."""
    found = [value]
    for step in parse(path):
        found = [item for holder in found for item in _advance(holder, step)]
    return tuple(found)


def same(actual: Any, expected: Any) -> bool:
    """Equality as a reader of the policy means it: 5 and 5.0 are equal, 5 and "5" and true are not."""
    if isinstance(actual, bool) or isinstance(expected, bool):
        return actual is expected
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        return actual.keys() == expected.keys() and all(same(actual[key], expected[key]) for key in expected)
    if isinstance(actual, list | tuple) and isinstance(expected, list | tuple):
        return len(actual) == len(expected) and all(same(one, other) for one, other in zip(actual, expected, strict=True))
    return bool(actual == expected)


def shown(value: Any, limit: int = 120) -> str:
    """A value in a message: short, on one line."""
    text = value if isinstance(value, str) else repr(value)
    flat = " ".join(text.split()) or "(empty)"
    return flat if len(flat) <= limit else f"{flat[:limit]}…"


def _step(match: re.Match[str]) -> Step:
    if match["key"] is not None:
        return Key(match["key"].rstrip())
    if match["quoted"] is not None:
        return Key(re.sub(r"\\(.)", r"\1", match["quoted"]))
    if match["index"] is not None:
        return Index(int(match["index"]))
    if match["every"] is not None:
        return Every()
    return Where(match["name"].strip(), match["value"].strip())


def _advance(holder: Any, step: Step) -> list[Any]:
    match step:
        case Key(name):
            return [holder[name]] if isinstance(holder, Mapping) and name in holder else []
        case Index(at):
            return [holder[at]] if isinstance(holder, list) and -len(holder) <= at < len(holder) else []
        case Every():
            if isinstance(holder, list):
                return list(holder)
            return list(holder.values()) if isinstance(holder, Mapping) else []
        case Where(name, value):
            items = holder if isinstance(holder, list) else []
            return [item for item in items if isinstance(item, Mapping) and name in item and str(item[name]) == value]


def _unreadable(path: str, at: int) -> ConfigError:
    return ConfigError(
        f"the path {path!r} cannot be read at character {at + 1}",
        why='a path is keys joined by dots, with [0], [-1], [*], [name=value] or ["a.key"] after a key',
        next="write it like spec.containers[name=redis].image",
    )
