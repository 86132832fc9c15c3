"""YAML from strangers is read within bounds or refused with a line."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from twelve.system.documents import DocumentError, dump_yaml, load_yaml, load_yaml_all

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
LINES = st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20), max_size=5).map("\n".join)
SCALAR = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | TEXT | LINES
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT | LINES, inner, max_size=4), max_leaves=12
)

REFUSED = {
    "duplicate key": ("a: 1\nb: 2\na: 3\n", 3, "twice"),
    "duplicate key after unquoting": ('a: 1\n"a": 2\n', 2, "twice"),
    "nested duplicate": ("a:\n  b: 1\n  b: 2\n", 3, "twice"),
    "python object tag": ("a: !!python/object/apply:os.system ['true']\n", 1, "tag"),
    "own tag": ("x: 1\na: !Ref b\n", 2, "tag"),
    "binary": ("a: !!binary aGVsbG8=\n", 1, "tag"),
    "number as key": ("a: 1\n2: b\n", 2, "not text"),
    "null as key": ("~: b\n", 1, "not text"),
    "list as key": ("? [a]\n: b\n", 1, "key"),
    "mapping as key": ("{a: b}: c\n", 1, "key"),
    "tab as indentation": ("a:\n\tb: 1\n", 2, r"\t"),
    "unclosed bracket": ("a: [1, 2\n", 2, ""),
    "unclosed quote": ("a: 'b\n", 2, ""),
    "unknown alias": ("a: *nobody\n", 1, "anchor"),
    "alias to itself": ("a: &x [*x]\n", 1, "anchor"),
    "reserved indicator": ("a: @b\n", 1, ""),
    "two mappings on a line": ("a: b: c\n", 1, ""),
    "wrongly tagged number": ("a: !!int many\n", 1, "not a int"),
    "merge of a list of numbers": ("a:\n  <<: [1]\n", 2, "<<"),
    "control character": ("a: 1\nb: \x00\n", 2, "control character"),
    "several documents": ("---\na: 1\n---\nb: 2\n", 0, "2 documents"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_malformed_or_hostile_text_is_refused_with_its_line(name: str) -> None:
    text, line, word = REFUSED[name]
    with pytest.raises(DocumentError) as refused:
        load_yaml(text, name="policy.yaml")
    assert refused.value.line == line
    assert word in refused.value.what
    assert refused.value.what.startswith(f"policy.yaml:{line}:" if line else "policy.yaml:")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("# only a comment\n", None),
        ("\ufeffa: 1\n", {"a": 1}),
        ("a: 1\r\nb:\r\n  - x\r\n", {"a": 1, "b": ["x"]}),
        ("a: yes\nb: on\nc: No\n", {"a": "yes", "b": "on", "c": "No"}),
        ("on: push\n", {"on": "push"}),
        ("a: 2026-11-20\nb: 12:30:00\n", {"a": "2026-11-20", "b": "12:30:00"}),
        ("a: 0x1F\nb: 0o17\nc: 1e3\nd: .5\ne: -.inf\n", {"a": 31, "b": 15, "c": 1000.0, "d": 0.5, "e": -math.inf}),
        ("a: 1_000\nb: 0b1\n", {"a": "1_000", "b": "0b1"}),
        ("a: !!str 5\nb: !!float 5\n", {"a": "5", "b": 5}),
        ("a: &x {k: 1}\nb: *x\n", {"a": {"k": 1}, "b": {"k": 1}}),
        ("a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 9\n", {"a": {"k": 1, "l": 2}, "b": {"k": 9, "l": 2}}),
        ('a: {"<<": 1}\n', {"a": {"<<": 1}}),
        ("a: |\n  one\n  two\nb: >\n  one\n  two\n", {"a": "one\ntwo\n", "b": "one two\n"}),
        ("a:\nb: ''\nc: ~\n", {"a": None, "b": "", "c": None}),
        ("a: ✅ größer\n", {"a": "✅ größer"}),
    ],
)
def test_plain_values_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    assert load_yaml(text) == value


def test_an_alias_bomb_is_refused_before_it_costs_anything() -> None:
    levels = "\n".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(f'*{chr(97 + n)}' for _ in range(9))}]" for n in range(20))
    started = time.process_time()
    with pytest.raises(DocumentError, match="aliases are expanded"):
        load_yaml(f"a: &a [x, x, x, x, x, x, x, x, x]\n{levels}\n")
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{a: " * 50_000, "- " * 50_000, "? " * 50_000, "\n".join(" " * n + "a:" for n in range(500))]
)
def test_deep_nesting_is_refused_before_the_stack_ends(text: str) -> None:
    with pytest.raises(DocumentError):
        load_yaml(text)


def test_huge_text_is_refused_unread() -> None:
    with pytest.raises(DocumentError, match="more than the 1000000"):
        load_yaml("a" * 1_000_001)


def test_a_number_of_five_thousand_digits_stays_text() -> None:
    assert load_yaml("a: " + "9" * 5000) == {"a": "9" * 5000}


@given(st.text(max_size=200) | st.text("-:?[]{}&*!|>'\"%@`#, \n\tab01~<.\r\\", max_size=60))
@settings(max_examples=150)
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    lines: list[int] = []
    for lenient in (False, True):
        try:
            load_yaml_all(text, lenient=lenient)
        except DocumentError as refused:
            lines.append(refused.line)
    assert all(0 <= line <= len(text.splitlines()) + 1 for line in lines)


@given(VALUES)
@settings(max_examples=150)
def test_what_is_dumped_is_read_back(value: Any) -> None:
    assert load_yaml(dump_yaml(value)) == value


@given(
    st.dictionaries(st.text("yesnoYESNOofFn~tru:.0123456789-+", min_size=1, max_size=6), st.text("yesnoofftru=:.0123456789-+ ", max_size=8))
)
@example({".0E0": "1.e5"})
@settings(max_examples=150)
def test_texts_that_look_like_other_types_stay_texts(value: dict[str, str]) -> None:
    assert load_yaml(dump_yaml(value)) == value


class _Colour(StrEnum):
    RED = "red"


class _Shape(Struct, frozen=True):
    colour: _Colour
    sides: tuple[int, ...] = (3, 4)


def test_structs_enums_and_tuples_are_dumped_as_plain_values_in_their_order() -> None:
    assert dump_yaml({"z": _Shape(_Colour.RED), "a": 1}) == "z:\n  colour: red\n  sides:\n    - 3\n    - 4\na: 1\n"


def test_equal_values_are_written_out_and_never_become_aliases() -> None:
    shared = ["x"]
    assert "&" not in dump_yaml({"a": shared, "b": shared})


def test_values_that_yaml_cannot_carry_are_a_type_error() -> None:
    for value in ({1: "a"}, {"a": {None: 1}}, object()):
        with pytest.raises(TypeError):
            dump_yaml(value)


def test_words_that_older_readers_take_for_booleans_are_quoted() -> None:
    assert dump_yaml({"a": "yes", "b": "off", "c": "12:30"}) == "a: 'yes'\nb: 'off'\nc: '12:30'\n"


def test_lenient_reading_is_for_other_peoples_files() -> None:
    text = "Resources:\n  Bucket: !Ref Name\n  List: !Join [a, b]\n8080: port\n"
    assert load_yaml(text, lenient=True) == {"Resources": {"Bucket": "Name", "List": ["a", "b"]}, 8080: "port"}
    assert load_yaml_all("a: 1\n---\nb: 2\n...\n", lenient=True) == [{"a": 1}, {"b": 2}]
    with pytest.raises(DocumentError, match="twice"):
        load_yaml("a: 1\na: 2\n", lenient=True)


def test_an_anchor_ends_with_its_document() -> None:
    with pytest.raises(DocumentError, match="no anchor before it"):
        load_yaml_all("a: &x 1\n---\nb: *x\n")


def test_the_yaml_library_is_loaded_only_when_yaml_is_read() -> None:
    program = "import sys, twelve.system.documents, twelve.system.config; print('ruamel' in ' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout.strip() == "False"
