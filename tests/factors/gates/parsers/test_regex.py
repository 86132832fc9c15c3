from __future__ import annotations

import time

import pytest

from twelve.factors.gates.parsers import regex
from twelve.model.errors import ConfigError
from twelve.model.finding import Severity

PATTERN = r"^(?P<path>[^:]+):(?P<line>\d+): (?P<severity>\w+): (?P<message>.*?) \[(?P<rule>[\w-]+)\]$"


def test_each_matching_line_is_a_finding() -> None:
    text = "noise\n./src/a.c:3: error: bad [E1]\nsrc/b.c:9: warning: odd [W2]\n"
    first, second = regex.parse(text, PATTERN)
    assert (first.path, first.line, first.rule, first.severity, first.message) == ("src/a.c", 3, "E1", Severity.ERROR, "bad")
    assert second.severity is Severity.WARNING


def test_a_pattern_without_groups_still_finds() -> None:
    assert regex.parse("x TODO y\n", "TODO")[0].message == "TODO"


def test_a_path_outside_the_tree_is_left_out() -> None:
    assert regex.parse("/etc/passwd:3: error: bad [E1]", PATTERN)[0].path == ""


def test_a_broken_pattern_is_a_mistake_in_the_policy() -> None:
    with pytest.raises(ConfigError, match="lint"):
        regex.parse("x", "(", "lint")


def test_endless_lines_are_cut_before_matching() -> None:
    began = time.monotonic()
    regex.parse("a" * 5_000_000, "(a+)b")
    assert time.monotonic() - began < 5
