"""Whatever the real bash runs for a line stands in the tree: no command is lost, none gets other words."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given, settings

from kit import bash
from kit.shelltrees import commands, covers, shown
from twelve.system.shell.expansion import Scope
from twelve.system.shell.parsing import parse
from twelve.system.shell.syntax import Script, Unparsable

pytestmark = pytest.mark.skipif(bool(bash.MISSING), reason=bash.MISSING)

ELSEWHERE = frozenset(("eval", ".", "source"))
"""Builtins that run text; what that text means is not the parser's."""


def lost(line: str, tree: Script) -> list[tuple[str, ...]]:
    """Commands bash runs that the tree does not have."""
    ours = commands(tree, Scope(home=bash.HOME))
    if any(fields[0].text in ELSEWHERE for fields in ours):
        return []
    ran = [program for answer in (0, 1) for program in bash.programs(line, answer)]
    return [program for program in ran if not any(covers(fields, program) for fields in ours)]


LINES = (
    "a x; b 'y z' && c || a | b |& c & a",
    "a <<E | b && c; a x\nq $(c q) `b`\nE\nb",
    "a <<E <<-'F'\nx $(b)\nE\n\ty $(c)\n\tF\nc",
    "a \"$(b <<'E'\n$(c))\nE\n)\" x",
    "if a; then b; elif c; then a x; else b y; fi >f; (c); ( (a) )",
    "for i in x y; do a $i {1..2}; done; case x in (y) a;; x|z) b;& *) c;; esac",
    "f() { a $1; }; f x; function g { b; }; g; { c; } 2>&1",
    "[[ x = $(a) && y =~ ^($(b)|z)$ ]]; (( 1 + $(c) )); a $((2+3)) $((a); (b))",
    "n=(x $(a) y) b; n=$(a) c; n[1]=2; declare m=$(b); a ${n:-$(c)} ${n/x/$(b)}",
    "a <(b) >(c); a < <(b); time a; ! b; time -p -- ! c; >f a; coproc b; coproc N { c; }",
    "a \\\n b\\\nc 'd\\\ne' \"f\\\ng\" #h \\\nb x#y; c#d #;a",
    "a $'it\\'s' $\"x $(b)\" \"'$(c)'\" '$(c)' \\$a | b",
    'a`b \\`c x\\``"`b \\"x y\\"`"',
    "{a,b} x{1..2}; a {$(b),`c`}; ~/x; $'\\x61' x",
    "a 2>&1 >|f 3<>g {fd}>h &>>i <&- x; b &>f; c>&g",
    "while a; do b; break; done; for ((i=0;i<1;i++)); do c; done; for ((;;)) { a; break; }",
    "n[ 1 + 1 ]=x; A=([x]=y [ 1 ]=z [ab]*) a x",
    "a | time b; a && time b; (a) | while b; do c; break; done",
)


@pytest.mark.parametrize("line", LINES)
def test_every_construct_is_read_the_way_bash_runs_it(line: str) -> None:
    assert bash.accepts(line)
    assert bash.programs(line)
    assert lost(line, parse(line)) == []


@settings(max_examples=60)
@example("a == ]x\\ y")
@example("A=(a")
@given(bash.soup)
def test_no_soup_of_shell_hides_a_command(line: str) -> None:
    try:
        tree = parse(line)
    except Unparsable:
        return
    assert lost(line, tree) == [], shown(tree)


@settings(max_examples=60)
@given(bash.script)
def test_no_script_hides_a_command(line: str) -> None:
    try:
        tree = parse(line)
    except Unparsable:
        assume(not bash.accepts(line))
        return
    assert lost(line, tree) == [], shown(tree)
