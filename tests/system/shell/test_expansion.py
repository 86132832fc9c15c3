"""Words become what bash makes of them; what cannot be known says so."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kit import bash
from twelve.system.shell.expansion import UNKNOWN, Field, Scope, assigned, expand, join, nested_scripts
from twelve.system.shell.parsing import parse
from twelve.system.shell.syntax import Script, Simple, Unparsable, Word

real = pytest.mark.skipif(bool(bash.MISSING), reason=bash.MISSING)
SETUP = "n='x y'; b=abcabc; e=; p=/usr/lib/foo.tar.gz; g='*'"
VARIABLES: dict[str, str | None] = {"n": "x y", "b": "abcabc", "e": "", "p": "/usr/lib/foo.tar.gz", "g": "*"}


def scope() -> Scope:
    return Scope(dict(VARIABLES), home=bash.HOME, positional=(), complete=True)


def words_of(line: str) -> tuple[Word, ...]:
    command = parse("a " + line).pipelines[0].stages[0]
    assert isinstance(command, Simple)
    return command.words[1:]


def fields_of(line: str, known: Scope | None = None) -> list[Field]:
    known = known or scope()
    return [field for word in words_of(line) for field in expand(word, known)]


def texts(line: str, known: Scope | None = None) -> list[str]:
    return [field.text for field in fields_of(line, known)]


WORDS = (
    r"""'a b'"c d"e\ f $n "$n" x$n'y'""",
    "{a,b}c x{1..3}y {a,b}{c,d} {a{b,c}} {a,b{c,d} {} {a} {,x} {1..10..3} {01..03} {c..a} {-1..1} '{a,b}' {a,'b c'}",
    "x{a,b}\"{c,d}\"{e,$b} $b{1,2} ${b}{1,2} {$b,$n}z {'a b',c} {$b,x}c",
    "{1..3..0} {3..1..-1} {a..c..2} {A..c..20} {1..a} {1.5..2} {1..2..x} {+1..3} {00..5} {1..-1}",
    '~ ~/x "~" x~ ~\'\' ~/"a b" A=~/x A=x:~ =~ ~:x {~,x}/y',
    "${b#a} ${b##*b} ${b%c} ${b%%b*} ${b/b/X} ${b//b/X} ${b/#a/Z} ${b/%c/Z} ${b^} ${b^^} ${b,,}",
    "${#b} ${#n} ${b:1} ${b:1:2} ${b: -2} ${b:0:-1} ${b::2} ${b:9}",
    '${u:-d e} "${u:-d e}" ${u:-"d e"} ${u-x} ${e-x} ${e:-x} ${e:+x} ${b:+x y} ${u:=q r} $u ${b:?x}',
    """${u:-'a b'} "${u:-'a b'}" "${u:-"a b"}" ${u:-~/x} ${u:-$n} "${u:-$n}" ${u:-a\\}b} "${u:-\\}}" "${u:-a\\b}\"""",
    r"${p##*/} ${p%.*} ${p%%.*} ${p%/*} ${p/\//-} ${p//\//-} ${p/#\/usr/X} ${p////-} ${p///-} ${b/#/X} ${b/%/X} ${p/l/}",
    """"${p#'/usr'}" "${p#"/usr"}" ${p#"/usr"/} "${b%'c'}" ${p#"$u"}""",
    '${b/[ab]/X} ${b//[!a]/-} ${b/z/} ${b//} ${b#[0-9]} ${b//?/.} ${b/b} ${n// /} "${n// /_}" ${n/ /\\&} ${b/a/"&"}',
    """$e x$e "$e" ''"" x''y $u "$g" \\* '*' \\[x]""",
    r"""$'a\x72m\n\101\u00e9\'q' $"hi $b" $'\0abc' $'\cA' $'\e[0m' $'\zq' $'\x' $'\400'""",
    'a#b "${b}"\'${b}\'\\${b} $ "$" $% "a$" "\\a\\$\\`\\"\\\\" \\a\\$',
    '$((1)) $((-3)) $(( 42 )) $# "$@" x"$@"y $* "$*" ${#} ""',
    'a\\\nb "c\\\nd" \'e\\\nf\' $n$n "$n"$n x${n}y',
)


@real
@pytest.mark.parametrize("words", WORDS)
def test_words_become_the_arguments_bash_makes_of_them(words: str) -> None:
    assert texts(words) == bash.arguments(words, SETUP)


PIECES = (
    *(
        "a",
        "b",
        "'q r'",
        '"s t"',
        r"\ ",
        r"\*",
        "{a,b}",
        "{a,'x y',}",
        "{1..3}",
        "{",
        "}",
        ",",
        "..",
        "~",
        "/",
        "=",
        ":",
        "$'\\t'",
        "''",
        '""',
    ),
    *(
        "$n",
        '"$n"',
        "$b",
        "${b}",
        "$e",
        '"$e"',
        "$u",
        '"$u"',
        "${u:-x y}",
        '"${u:-x y}"',
        "${b#a}",
        "${b%c}",
        "${b//b/Z}",
        "${n:1:2}",
        "${#n}",
    ),
    *('"${u:-$b{x,y}}"', "${u:-{x,y}}", '"$b"', "$@", '"$@"', "$((7))", "A=", "x", "%", "#", "!", "1"),
)


@real
@settings(max_examples=80)
@example(["$b", "{1..3}"])
@example(["{a,b}", "$e", "{", ",", "}"])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6))
def test_any_mixture_of_pieces_becomes_what_bash_makes_of_it(pieces: list[str]) -> None:
    words = "x " + "".join(pieces)
    mine = fields_of(words)
    if all(field.exact and not field.pattern for field in mine):
        assert [field.text for field in mine] == bash.arguments(words, SETUP)


PATTERN = st.lists(st.sampled_from(["a", "b", "*", "?", "[ab]", "[!a]", '"*"', "\\?", "[0-9]", "c", "1"]), max_size=4).map("".join)


@real
@settings(max_examples=80)
@given(st.text("abc1*?", max_size=6), st.sampled_from(["#", "##", "%", "%%", "/", "//", "/#", "/%"]), PATTERN)
def test_cutting_and_replacing_matches_as_bash_does(value: str, operator: str, pattern: str) -> None:
    words = f'"${{v{operator}{pattern}{"/Z" if "/" in operator else ""}}}"'
    known = Scope({"v": value}, complete=True)
    assert texts(words, known) == bash.arguments(words, f"v='{value}'")


def test_what_is_not_known_says_so() -> None:
    for word in (
        "$x",
        '"$x"',
        "${x%y}",
        "$(a)",
        "`a`",
        "$((1+1))",
        "$?",
        "$$",
        "$!",
        "$0",
        "${x[1]}",
        "<(a)",
        "~other",
        "${x@Q}",
    ):
        field = fields_of(word, Scope())[0]
        assert (UNKNOWN in field.text, field.exact) == (True, False), word
    assert texts("a${x}b", Scope()) == [f"a{UNKNOWN}b"]
    assert texts("$y", Scope({"y": None}, complete=True)) == [UNKNOWN]


def test_a_name_nobody_knows_is_taken_for_unset_where_an_alternative_is_given() -> None:
    assert texts("${x:-y} ${x-$HOME}", Scope(home="/h")) == ["y", "/h"]
    assert texts("${x:=y}$x", Scope()) == ["yy"]
    assert texts("${x:-y}", Scope({"x": None})) == [UNKNOWN]
    assert texts("${x:+y}", Scope()) == [UNKNOWN]


def test_unset_is_empty_only_where_all_variables_are_known() -> None:
    assert texts('rm -rf "$x/"', Scope(complete=True)) == ["rm", "-rf", "/"]
    assert texts('rm -rf "$x/"', Scope()) == ["rm", "-rf", f"{UNKNOWN}/"]


def test_every_script_that_may_run_comes_along() -> None:
    for word in ("$(a)", '"$(a)"', "x`a`y", "<(a)", "${x:-$(a)}", "${e:-$(a)}", "$((1+$(a)))", "${x/$(a)/y}", "{1..9999}$(a)"):
        assert len([script for field in fields_of(word, Scope({"e": ""})) for script in field.scripts]) == 1, word
    assert fields_of("${b:-$(a)}")[0].scripts == ()
    assert len(nested_scripts(words_of("${b:-$(a)}")[0])) == 1


def test_a_substitution_that_is_answered_becomes_its_text() -> None:
    def answer(script: Script) -> str | None:
        command = script.pipelines[0].stages[0]
        assert isinstance(command, Simple)
        return "x y\n\n" if command.words[0].raw == "known" else None

    known = Scope(run=answer)
    assert texts('$(known) "$(known)" $(other)', known) == ["x", "y", "x y", UNKNOWN]


def test_globs_are_marked_and_quoted_ones_are_not() -> None:
    assert [field.pattern for field in fields_of('a* \'*\' \\* [x]y "a?" $g "$g" b?')] == [
        True,
        False,
        False,
        True,
        False,
        True,
        False,
        True,
    ]


def test_values_are_split_at_the_separators_that_are_set() -> None:
    known = scope()
    known.variables["IFS"] = ","
    known.variables["list"] = "a,b,,c"
    assert texts('$n "$n" $list', known) == ["x y", "x y", "a", "b", "", "c"]
    known.variables["IFS"] = ""
    assert texts("$n $list", known) == ["x y", "a,b,,c"]


def test_separators_that_are_not_known_make_values_unknown() -> None:
    known = scope()
    known.variables["IFS"] = None
    assert texts('$n "$n" x', known) == [UNKNOWN, "x y", "x"]


def test_positional_parameters_and_arrays() -> None:
    known = Scope(positional=("a b", "c"), arrays={"l": ("1 2", "3")}, complete=True)
    assert texts('"$@" x"$@"y $1 "$2" "$3" $# "$*"', known) == ["a b", "c", "xa b", "cy", "a", "b", "c", "", "2", "a b c"]
    assert texts('"${l[@]}" ${l[1]} ${#l[@]} "${l[*]}"', known) == ["1 2", "3", "3", "2", "1 2 3"]
    assert texts('"$@"', Scope()) == [UNKNOWN]


def test_an_assigned_value_is_one_text() -> None:
    known = scope()
    command = parse("v=~/x:~/{y,z}:$n*").pipelines[0].stages[0]
    assert isinstance(command, Simple)
    assert assigned(command.assignments[0][1], known).text == f"{bash.HOME}/x:{bash.HOME}/{{y,z}}:x y*"


def test_a_child_scope_keeps_its_assignments_to_itself() -> None:
    known = Scope({"a": "1"})
    child = known.child()
    assert texts("${b:=2}", child)
    child.variables["b"] = "2"
    assert "b" not in known.variables


def test_too_many_words_from_braces_are_one_unknown() -> None:
    assert texts("{1..100000}") == [UNKNOWN]
    assert texts("{a,b}" * 20) == [UNKNOWN]
    assert len(texts("{1..500}")) == 500


@pytest.mark.parametrize("value", ["a[$(rm x)]", "a[`rm x`]"])
def test_arithmetic_over_a_value_that_holds_code_is_refused(value: str) -> None:
    with pytest.raises(Unparsable):
        texts("$((v))", Scope({"v": value}))


def test_fields_join_with_spaces() -> None:
    joined = join(tuple(fields_of("a 'b c' $(d) e*", Scope())))
    assert (joined.text, joined.exact, joined.pattern, len(joined.scripts)) == (f"a b c {UNKNOWN} e*", False, True, 1)
