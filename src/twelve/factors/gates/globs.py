"""Globs over repository paths: what a gate reads, in the spelling people know from `.gitignore`.

`*` and `?` stay inside one folder, `**` crosses folders, `[...]` is a character class, `{a,b}` is a choice.
A pattern without a slash matches the file name at any depth; a leading slash anchors it at the top.
A leading `!` takes files out again; the last pattern that matches decides.
Files below `.twelve/` match only patterns that start with `.twelve`: records never invalidate a verdict by accident.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

RECORDS = ".twelve"


def select(patterns: Iterable[str], paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that the patterns choose, sorted, each once."""
    rules = [_rule(pattern) for pattern in patterns]
    return tuple(sorted({path for path in paths if _chosen(rules, path)}))


def matches(patterns: Iterable[str], path: str) -> bool:
    """Whether the patterns choose this one path."""
    return _chosen([_rule(pattern) for pattern in patterns], path)


def reads_records(patterns: Iterable[str]) -> bool:
    """Whether any pattern looks into `.twelve/`, which the judged subject leaves out."""
    return any(_rule(pattern)[2] for pattern in patterns)


def _chosen(rules: list[tuple[bool, re.Pattern[str], bool]], path: str) -> bool:
    record = path == RECORDS or path.startswith(f"{RECORDS}/")
    chosen = False
    for keep, pattern, records in rules:
        if chosen != keep and (records or not record or not keep) and pattern.fullmatch(path):
            chosen = keep
    return chosen


def _rule(pattern: str) -> tuple[bool, re.Pattern[str], bool]:
    keep = not pattern.startswith("!")
    text = pattern.removeprefix("!")
    return keep, compiled(text), text.lstrip("/").startswith(RECORDS)


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression over a whole path; linear-time pieces only."""
    anchored = "/" in pattern.rstrip("/")
    # A run of `**/` means one of them; folding keeps the expression linear in the length of a path.
    body = re.sub(r"(?:\*\*/)+", "**/", pattern.lstrip("/"))
    if body.endswith("/"):
        body += "**"
    text = _translate(body if anchored else f"**/{body}")
    return re.compile(text, re.DOTALL)


def _translate(pattern: str) -> str:
    out: list[str] = []
    depth = 0
    at = 0
    while at < len(pattern):
        piece, used, depth = _piece(pattern, at, depth)
        out.append(piece)
        at += used
    return "".join(out) + ")" * depth


def _piece(pattern: str, at: int, depth: int) -> tuple[str, int, int]:
    rest = pattern[at:]
    if rest.startswith("**/"):
        return "(?:.*/)?", 3, depth
    if rest.startswith("**"):
        return ".*", 2, depth
    match rest[0]:
        case "*":
            return "[^/]*", 1, depth
        case "?":
            return "[^/]", 1, depth
        case "[" if "]" in rest[2:]:
            return _character_class(rest, depth)
        case "{" if "}" in rest:
            return "(?:", 1, depth + 1
        case "," if depth:
            return "|", 1, depth
        case "}" if depth:
            return ")", 1, depth - 1
        case other:
            return re.escape(other), 1, depth


def _character_class(rest: str, depth: int) -> tuple[str, int, int]:
    end = rest.index("]", 2)
    body = rest[1:end]
    negated = body[0] in "!^"
    inside = re.sub(r"([\\\[\]&~|^])", r"\\\1", body[1:] if negated else body)
    return f"(?!/)[{'^' if negated else ''}{inside}]", end + 1, depth
