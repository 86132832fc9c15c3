"""What the tree of a line looks like, and which lines have none."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import bash
from kit.shelltrees import shown
from twelve.system.shell.parsing import parse, read
from twelve.system.shell.plain import PLAIN, WORDS, plain_words
from twelve.system.shell.syntax import Script, Simple, Unparsable

KNOWN = {
    "": "",
    "a": "{a}",
    "a b;c&&d||e\nf": "{a} {b} ; {c} ; {d} ; {e} ; {f}",
    "a & b |& c | d &": "{a} & ; {b} | {c} | {d} &",
    "a 'b c' \"d $e\" f\\ g": "{a} {‹b c›} {‹d › variable‹›:e} {f ‹ › g}",
    "a '' b\"\"": "{a} {‹›} {b ‹›}",
    "a # b; c\nd#e": "{a} ; {d#e}",
    "a \\\n b\\\nc": "{a} {bc}",
    "a\r\nb\r": "{a\r} ; {b\r}",
    "A=1 B='x y' a; C+=2; D[1]=3": "A={1} B={‹x y›} {a} ; C+={2} ; D[1]={3}",
    "A=(x 'y z' [2]=w)": "A={array:<{x},{‹y z›},{[2]=w}>}",
    "export A=$b C": "{export} {A= variable:b} {C}",
    "declare -a A=(x)": "{declare} {-a} {A= array:<{x}>}",
    "a $'\\x72m' $\"b\"": "{a} {‹rm›} {‹b›}",
    'a $b ${c} ${d:-e f} "${g%.*}" ${h/i/j}': (
        "{a} {variable:b} {variable:c} {variable:d:-e f<{e f}>} {variable‹›:g%.*<{.*}>} {variable:h/i/j<{i},{j}>}"
    ),
    'a $(b | c) "`d`" <(e)': "{a} {command:[{b} | {c}]} {command‹›:[{d}]} {process‹›:<[{e}]}",
    "a $((1 + $(b)))": "{a} {arithmetic:1 + $(b)<{‹1 + › command‹›:[{b}]}>}",
    "a $((b) | c)": "{a} {command:[subshell:({b}) | {c}]}",
    "a 2>&1 >f >>g <h &>i 3<>j {k}>l >&- >|m": "{a} 2>&{1} >{f} >>{g} <{h} &>{i} 3<>{j} {k}>{l} >&{-} >|{m}",
    "a 2 >f b>g": "{a} {2} {b} >{f} >{g}",
    "a <<<'b c' | d": "{a} <<<{‹b c›} | {d}",
    "a <<E | b && c\nx $d\\\ny\nE\ne": "{a} <<{‹x › variable‹›:dy ‹\n›} | {b} ; {c} ; {e}",
    "a <<-'E'\n\tx $d\n\tE": "{a} <<-{‹x $d\n›}",
    "a <<A <<B\nx\nA\ny\nB": "{a} <<{‹x\n›} <<{‹y\n›}",
    "a <<E": "{a} <<{}",
    "(a; b) >c": "subshell:({a} ; {b}) >{c}",
    "{ a; } 2>&1 | b": "group:({a}) 2>&{1} | {b}",
    "if a; then b; elif c; then d; else e; fi": "if:({a}, {b}, {c}, {d}, {e})",
    "for i in a $b; do c; done <d": "loop:i({c}) {a} {variable:b} <{d}",
    "for i do a; done": "loop:i({a}) {variable‹›:@}",
    "for ((i=0; i<$(a); i++)); do b; done": "loop:({b}) {arithmetic‹›:i=0; i<$(a); i++<{‹i=0; i<› command‹›:[{a}] ‹; i++›}>}",
    "while a; do b; done; until c; do d; done": "loop:({a}, {b}) ; loop:({c}, {d})",
    "select i in a; do b; done": "loop:i({b}) {a}",
    "case $a in b|c*) d;; (e) f;& *) g; esac": "case:({d}, {f}, {g}) {variable:a} {b} {c*} {e} {*}",
    "f() { a; } >b; function g { c; }; function h() (d)": (
        "function:f(group:({a}) >{b}) ; function:g(group:({c})) ; function:h(subshell:({d}))"
    ),
    "[[ -f $(a) && b =~ ^(c|d)$ ]]": "test:() {-f} {command:[{a}]} {&&} {b} {=~} {^ ( c|d ) $}",
    "(( a = $(b) ))": "test:() {arithmetic‹›: a = $(b) <{‹ a = › command‹›:[{b}] ‹ ›}>}",
    "coproc a b; coproc N { c; }": "group:({a} {b} &) ; group:N(group:({c}) &)",
    "! time -p a": "{a}",
    "a | time b": "{a} | {time} {b}",
    "a {b,c}d {1..3}": "{a} {{b,c}d} {{1..3}}",
    "a é\udcff": "{a} {é\udcff}",
}


@pytest.mark.parametrize("line", KNOWN)
def test_the_tree_of_a_line(line: str) -> None:
    assert shown(parse(line)) == KNOWN[line]


ILLEGAL = (
    *("a |", "a &&", "| a", "a ;; b", "(a", "a)", "{ a", "if a; then b", "a 'b", 'a "b', "a `b", "a $(b", "a ${b", "a >", "a > ;", "fi"),
    *("a; done", "for i in a; b", "case a in b", "f() a", "function", "a (b)", "A=(a", "[[ a", "(( a", "a | ! b", "a <(b", "echo @(a|b)"),
    "a $((1",
)


@pytest.mark.parametrize("line", ILLEGAL)
def test_what_is_no_command_line_has_no_tree(line: str) -> None:
    assert not bash.PROGRAM or not bash.accepts(line)
    with pytest.raises(Unparsable):
        parse(line)


DOUBTFUL = {
    "${v@P}": "prompt expansion runs what the value holds",
    "a[$(b)]=c": "a script in a subscript belongs to no word",
    "$a\\\nb": "a name that goes on in the next line",
    "a\\\nb=c d": "an assignment that goes on in the next line",
    "a+\\\n=b c": "an operator that goes on in the next line",
    "a 2\\\n>b": "a descriptor that goes on in the next line",
    "a[ # ]; b": "a subscript with blanks that is no assignment",
    "a <<$(b)\n$(b)": "a delimiter that is no plain text",
    ">a if": "a keyword that is a program here",
    "a $(b <<E)\nc\nE": "a here-document that ends outside the script it began in",
    "a \"${b:-'}'}\"": "a single quote that is a letter and hides a brace at once",
    "a \"${b:-$'c'}\"": "the same with an escape in it",
    'a "${b:-`c \\"d\\"`}"': "an escaped quote in backticks in an operator",
    "!": "a pipeline of nothing",
}


@pytest.mark.parametrize("line", DOUBTFUL)
def test_what_is_legal_but_doubtful_is_refused_not_guessed(line: str) -> None:
    assert not bash.PROGRAM or bash.accepts(line) or "<<E)" in line
    with pytest.raises(Unparsable):
        parse(line)


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("$(", ")"),
        ("(", ")"),
        ("{ ", "; }"),
        ("${a:-", "}"),
        ('"$(', ')"'),
        ("if ", "; then b; fi"),
        ("$((", "))"),
        ("<(", ")"),
        ("! ", ""),
        ("a <<E\n$(", ")\nE\n"),
    ],
)
def test_nesting_ends_in_an_answer_however_deep(opening: str, closing: str) -> None:
    assert parse(f"a {opening}b{closing}" if opening[0] in '$"<' else f"{opening}b{closing}")
    for depth in (60, 3_000, 20_000):
        try:
            parse("a " + opening * depth + "b" + closing * depth)
            parse(opening * depth + "b" + closing * depth)
        except Unparsable:
            continue


def test_long_lines_are_read_and_longer_ones_refused() -> None:
    assert parse("a " + "b " * 90_000)
    for line in ("a" * 200_001, "a\0b"):
        with pytest.raises(Unparsable):
            parse(line)


@given(st.text())
def test_any_text_is_a_tree_or_refused(text: str) -> None:
    with suppress(Unparsable):
        assert isinstance(parse(text), Script)


OTHERS = ("export", "declare", "alias", "x", "-", "3")
signs = st.one_of(st.sampled_from(sorted(WORDS)), st.text(PLAIN + "=", max_size=6), st.sampled_from(OTHERS))


def raws(tree: Script) -> list[str]:
    stage = tree.pipelines[0].stages[0]
    return [word.raw for word in stage.words] if isinstance(stage, Simple) else []


@given(st.lists(signs, max_size=5).map(" ".join))
def test_plain_lines_are_read_as_the_reader_of_everything_reads_them(line: str) -> None:
    plain = plain_words(line)
    if plain is not None:
        assert (shown(plain), raws(plain)) == (shown(read(line)), raws(read(line)))


@pytest.mark.parametrize("line", ["git status --short", "python3 -m pytest -q tests/unit", "npm run build", "make -j4 X=1", "a  b "])
def test_everyday_lines_are_plain(line: str) -> None:
    assert plain_words(line) is not None


NOT_PLAIN = ("a;b", "a\nb", "a b&", "a $b", "a 'b'", "A=1 b", "if a", "a *", "a ~", "a #", "a {b,c}", "! a", "a\tb", "time a", "", " a")


@pytest.mark.parametrize("line", NOT_PLAIN)
def test_lines_with_anything_else_in_them_are_not(line: str) -> None:
    assert plain_words(line) is None
