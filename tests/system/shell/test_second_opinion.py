"""An independent grammar against our reader: the same trees wherever the grammar understands a line and nothing it alone can read."""

from __future__ import annotations

import pytest
from hypothesis import given

from kit import bash, bashgrammar
from kit.shelltrees import shown
from twelve.system.shell.parsing import parse
from twelve.system.shell.syntax import Unparsable


def grammars(line: str) -> str | None:
    try:
        return shown(bashgrammar.parse(line))
    except Unparsable:
        return None


def ours(line: str) -> str | None:
    try:
        return shown(parse(line))
    except Unparsable:
        return None


BOTH = (
    "a b; c && d | e & f",
    'A=1 a "b $(c | d)" `e` ${f:-$(g)} >h 2>&1; A=1 a <<<i',
    "git commit -m \"$(cat <<'E'\nx\nE\n)\"",
    "cat >a <<'E'\nx\nE\nb",
    "a <<E | b\nx $(c)\nE\nd",
    "if [ -f a ]; then b; elif c; then d; else e; fi >f",
    "for i in a b; do c; done; while a; do b; done; (a; b); { c; }",
    "f() { a; }; function g { b; }; [[ -n $(a) ]]; (( 1 + $(b) )); ! a",
    "export A=$(b); declare -x C; unset D; A=(x $(y)); a <(b) é $(c)",
    "a >b c # d\ne",
)


@pytest.mark.parametrize("line", BOTH)
def test_both_readers_see_the_same_tree(line: str) -> None:
    assert grammars(line) == ours(line)
    assert ours(line) is not None


@given(bash.soup | bash.script)
def test_the_readers_never_disagree(line: str) -> None:
    mine, other = ours(line), grammars(line)
    assert None in (mine, other) or mine == other


MISREAD = {
    "a <<E | b && c; d\nx\nE": "what follows a pipe behind a here-document loses its separator",
    "a <<A <<B\nx\nA\ny\nB": "a second here-document is a redirection, its body commands",
    "a >b <<<c": "a here-string behind a redirection",
    "case a in b) c;; *) d;& esac": "a case that falls through at its end",
    "a\vb": "a vertical tab divides words",
    "a\rb": "so does a carriage return",
    "time a": "time is a program",
    "time -p ! a": "and what follows it arguments",
    "!a": "an exclamation mark is cut off a word",
    "{}": "braces are a group of nothing",
    ">a >b c=d": "an assignment behind redirections is a program",
    "!(( a ))": "arithmetic behind an exclamation mark is a subshell",
    "0<a b": "a descriptor before a command is its name",
    "a 3<>b": "reading and writing",
    "{fd}>a b": "a descriptor in a variable",
    "coproc a": "a co-process is a program",
    "a $((b) | c)": "a subshell first in a substitution",
    "for i do a; done": "a loop over all arguments",
    "for ((;;)) { a; }": "a loop that counts, with braces",
    "select i; do a; done": "a menu over all arguments",
    "case a in (b) c;; esac": "cases are not asked of it",
    "a &>>b c <<<d": "a here-string behind a redirection of both outputs",
}
"""Legal lines the grammar gives no tree for, or a wrong one. Our reader has all of them."""


@pytest.mark.parametrize("line", MISREAD)
def test_what_the_grammar_gets_wrong_is_refused_or_right(line: str) -> None:
    assert not bash.PROGRAM or bash.accepts(line)
    assert ours(line) is not None
    assert grammars(line) in (None, ours(line))


def test_the_grammar_alone_would_hide_commands() -> None:
    root = bashgrammar.PARSER.parse(b"a\rb").root_node
    assert not root.has_error
    assert [child.text for child in root.children[0].children] == [b"a", b"b"]
    assert grammars("a\rb") is None
