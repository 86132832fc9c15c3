from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.system import expressions


@given(st.text(alphabet="abAB1\n ", max_size=30))
def test_a_deferred_expression_answers_like_a_compiled_one(text: str) -> None:
    source, flags = r"(?P<head>a+)b|\d$", re.IGNORECASE | re.MULTILINE
    ours, theirs = expressions.deferred(source, flags), re.compile(source, flags)
    assert [found.groupdict() for found in ours.finditer(text)] == [found.groupdict() for found in theirs.finditer(text)]
    assert ours.sub("<\\g<0>>", text) == theirs.sub("<\\g<0>>", text)
    assert bool(ours.match(text)) == bool(theirs.match(text))
    assert ours.pattern == source
    assert ours.flags == theirs.flags


def test_nothing_is_compiled_before_the_first_use_and_only_once_after(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[object] = []
    real = re.compile

    def spy(source: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(source)
        return real(source, flags)

    monkeypatch.setattr(re, "compile", spy)
    expression = expressions.deferred("x+")
    assert compiled == []
    assert all(expression.search("axx") for _ in range(3))
    assert compiled == ["x+"]


def test_bytes_are_matched_as_bytes() -> None:
    assert expressions.deferred(rb"\xff+").fullmatch(b"\xff\xff")


def test_a_malformed_expression_is_told_when_it_is_used() -> None:
    broken = expressions.deferred("(")
    with pytest.raises(re.error):
        broken.search("x")


def test_redaction_compiles_nothing_while_it_is_imported() -> None:
    program = (
        "import re, sys; import msgspec; seen = []; real = re.compile\n"
        "re.compile = lambda *a: (seen.append(a), real(*a))[1]\n"
        "import twelve.system.redact; print(len(seen))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout.strip() == "0"
