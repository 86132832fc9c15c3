"""Lines of keys in TOML texts, checked against the real parser."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from twelve.system.config import keypath

KEYS = st.text("ab-1", min_size=1, max_size=3) | st.text("a. \"'\\#=]é", min_size=1, max_size=4)
SCALARS = st.integers(0, 9) | st.booleans() | st.text("ab\n\"'\\#=[]{} ", max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=5)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _written(value: Any, style: int) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        if style % 3 == 1 and "'" not in value and "\\" not in value:
            return f"'''\n{value}'''"
        if style % 3 == 2 and '"' not in value and "\\" not in value:
            return f'"""{value}\n"""'
        return _quoted(value)
    separator = ',  # ] "\n\n' if style % 2 else ", "
    return "[" + "".join(_written(item, style) + separator for item in value) + "]"


@given(
    st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=4), max_size=4),
    st.integers(0, 5),
    st.sampled_from(["", "# c [x]\n", "\n\n", "  "]),
)
def test_each_key_is_found_on_the_line_it_was_written(tables: dict[str, dict[str, Any]], style: int, gap: str) -> None:
    text = ""
    expected: dict[keypath.KeyPath, int] = {}
    for table, members in tables.items():
        text += gap
        expected[table,] = text.count("\n") + 1
        text += f"[ {_quoted(table)} ] # x\n"
        for key, value in members.items():
            text += gap
            expected[table, key] = text.count("\n") + 1
            text += f"{_quoted(key)} = {_written(value, style)}\n"
    assert list(tomllib.loads(text)) == list(tables)
    assert keypath.lines(text) == expected


@given(st.lists(KEYS | st.text(st.characters(codec="utf-8"), max_size=5), min_size=1, max_size=4).map(tuple))
def test_a_joined_path_splits_into_the_same_parts(path: keypath.KeyPath) -> None:
    assert keypath.split(keypath.join(path)) == path


def test_dotted_keys_and_inline_tables_lead_to_their_statement() -> None:
    places = keypath.lines("a.b.c = { d = 1, e = 2 }\n[x.y]\nz . 'q' = [\n1,\n]\n[[t]]\nu = 1\n[[t]]\nu = 2\n")
    assert keypath.line_of(places, ("a", "b", "c", "d")) == 1
    assert keypath.line_of(places, ("x", "y", "z", "q")) == 3
    assert keypath.line_of(places, ("t", "u")) == 7
    assert keypath.line_of(places, ("x", "y", "unknown")) == 2
    assert keypath.line_of(places, ("nothing",)) == 0


@given(st.text("[]{}=.\"'#\n a\\", max_size=40))
def test_even_malformed_text_comes_to_an_end(text: str) -> None:
    keypath.lines(text)
