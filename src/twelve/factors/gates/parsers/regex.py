"""Lines of text and a pattern with named groups: path, line, rule, message, severity."""

from __future__ import annotations

import re

from twelve.model.errors import ConfigError
from twelve.model.finding import Finding, Severity

_MAX_LINE = 2_000
"""Longer lines are cut before matching: a pattern's cost may grow fast with the length of a line."""
_MAX_LINES = 100_000
_SEVERITIES = {"warning": Severity.WARNING, "warn": Severity.WARNING, "note": Severity.INFO, "info": Severity.INFO}


def parse(text: str, pattern: str, gate: str = "") -> tuple[Finding, ...]:
    """One finding per matching line. ConfigError when the pattern is no regular expression."""
    compiled = compile_pattern(pattern, gate)
    found = (compiled.search(line[:_MAX_LINE]) for line in text.splitlines()[:_MAX_LINES])
    return tuple(_finding(match) for match in found if match)


def compile_pattern(pattern: str, gate: str = "") -> re.Pattern[str]:
    """The pattern, or a ConfigError that says what is wrong with it."""
    try:
        return re.compile(pattern)
    except re.error as wrong:
        raise ConfigError(
            f"the pattern of gate {gate!r} is no regular expression: {wrong}", why="nothing could ever match", next="correct `pattern`"
        ) from None


def _finding(match: re.Match[str]) -> Finding:
    groups = {name: value or "" for name, value in match.groupdict().items()}
    line = groups.get("line", "")
    return Finding(
        rule=groups.get("rule") or "matched",
        message=(groups.get("message") or match.group(0)).strip()[:500],
        path=_inside(groups.get("path", "")),
        line=int(line) if line.isascii() and line.isdigit() and len(line) < 8 else 0,
        severity=_SEVERITIES.get(groups.get("severity", "").lower(), Severity.ERROR),
    )


def _inside(path: str) -> str:
    path = path.removeprefix("./")
    return "" if path.startswith(("/", "..")) else path
