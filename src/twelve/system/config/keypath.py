"""Paths of settings such as `gates.tests.timeout_s`, and where in a TOML text each one stands."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

KeyPath = tuple[str, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SEPARATOR = re.compile(r"[ \t]*\.[ \t]*")
_VALUE_PIECE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}|' + r"'''(?:[^']|'(?!''))*'{3,5}|" + r""""(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[\[{]|[\]}]|\n""",
    re.DOTALL,
)


def join(path: KeyPath) -> str:
    """Dotted form; a part that is not a bare key is quoted, so that no control character reaches a terminal."""
    return ".".join(part if _BARE.fullmatch(part) else json.dumps(part, ensure_ascii=False) for part in path)


def split(text: str) -> KeyPath:
    """The parts of a dotted key; () when it is not one."""
    parts: list[str] = []
    at = 0
    while True:
        found = _PART.match(text, at)
        if found is None:
            return ()
        parts.append(_plain(found.group()))
        at = found.end()
        if at == len(text):
            return tuple(parts)
        separator = _SEPARATOR.match(text, at)
        if separator is None:
            return ()
        at = separator.end()


def flatten(table: dict[str, Any], prefix: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every leaf of nested tables with its path; an empty table is a leaf."""
    for key, value in table.items():
        path = (*prefix, key)
        if isinstance(value, dict) and value:
            yield from flatten(value, path)
        else:
            yield path, value


def _plain(part: str) -> str:
    if part[0] == "'":
        return part[1:-1]
    if part[0] != '"':
        return part
    try:
        return next(iter(tomllib.loads(f"{part} = 0")))
    except tomllib.TOMLDecodeError:
        return part[1:-1]


def _parts(text: str, at: int) -> tuple[KeyPath, int]:
    parts: list[str] = []
    while found := _PART.match(text, at):
        parts.append(_plain(found.group()))
        at = found.end()
        separator = _SEPARATOR.match(text, at)
        if separator is None:
            break
        at = separator.end()
    return tuple(parts), at


def _end_of_value(text: str, at: int) -> int:
    depth = 0
    for found in _VALUE_PIECE.finditer(text, at):
        piece = found.group()
        if piece in "[{":
            depth += 1
        elif piece in "]}":
            depth -= 1
        elif piece == "\n" and depth <= 0:
            return found.end()
    return len(text)


def lines(text: str) -> dict[KeyPath, int]:
    """1-based line of every table and key of a TOML text that is known to be valid."""
    places: dict[KeyPath, int] = {}
    table: KeyPath = ()
    at, counted, line = 0, 0, 1
    while True:
        blank = _BLANK.match(text, at)
        at = blank.end() if blank else at
        if at >= len(text):
            return places
        line += text.count("\n", counted, at)
        counted = at
        header = text[at] == "["
        if header:
            start = at + (2 if text.startswith("[[", at) else 1)
            while text[start : start + 1] in (" ", "\t"):
                start += 1
            table, at = _parts(text, start)
            places.setdefault(table, line)
            newline = text.find("\n", at)
            at = len(text) if newline < 0 else newline + 1
        else:
            key, after = _parts(text, at)
            places.setdefault((*table, *key), line)
            # Malformed text cannot get here; the step forward guarantees the end all the same.
            at = max(_end_of_value(text, after), at + 1)


def line_of(places: dict[KeyPath, int], path: KeyPath) -> int:
    """Line of the key or of the nearest thing around it, 0 when there is none."""
    for end in range(len(path), 0, -1):
        if path[:end] in places:
            return places[path[:end]]
    return 0
