"""TOML, JSON, and the canonical bytes of a value."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twelve.model.phase import Phase
from twelve.model.settings import Settings
from twelve.system.documents import DocumentError, canonical_json, load_json, load_toml

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=15,
)


@pytest.mark.parametrize(
    ("load", "text", "line"),
    [
        (load_json, '{"a": 1,\n "b": {"c": 1,\n "c": 2}}', 3),
        (load_json, '[{"a": 1}, {"a": 2},\n{"x": "a:{", "\\u0078": 2}]', 2),
        (load_json, '{"a": 1,\n"b": }', 2),
        (load_json, "", 1),
        (load_json, "[NaN]", 0),
        (load_json, "-Infinity", 0),
        (load_json, "[" * 100_000, 0),
        (load_json, "[" + "9" * 10_000 + "]", 0),
        (load_toml, "a = 1\nb =\n", 2),
        (load_toml, "a = 1\na = 2\n", 2),
        (load_toml, "[a]\n[a]\n", 2),
        (load_toml, "a = '''x", 1),
        (load_toml, "x = 1\na = " + "[" * 100_000, 0),
        (load_toml, "x = 1\n" + ".".join("a" * 1000) + " = 1", 2),
        (load_toml, "a = \x00", 1),
    ],
)
def test_malformed_text_is_refused_with_its_line(load: Callable[..., Any], text: str, line: int) -> None:
    with pytest.raises(DocumentError) as refused:
        load(text, name="file")
    assert refused.value.line == line
    assert "\n" not in refused.value.what


def test_a_byte_order_mark_is_tolerated() -> None:
    assert load_json('\ufeff{"a": 1}') == {"a": 1}
    assert load_toml("\ufeffa = 1") == {"a": 1}


@pytest.mark.parametrize(
    "text",
    [
        "a." * 400_000 + "a = 1",
        "[" + "a." * 400_000 + "a]",
        "a = '" + "x" * 900_000 + "'",
        "a=1\n" + "#\n" * 400_000,
        '"a".' * 240_000 + "a = 1",
    ],
)
def test_hostile_toml_is_answered_quickly(text: str) -> None:
    started = time.process_time()
    with contextlib.suppress(DocumentError):
        load_toml(text)
    assert time.process_time() - started < 3


@given(JSON)
@settings(max_examples=100)
def test_canonical_bytes_read_back_as_the_same_value(value: Any) -> None:
    assert json.loads(canonical_json(value)) == value
    assert load_json(canonical_json(value).decode()) == value


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=6), st.randoms())
@settings(max_examples=60)
def test_canonical_bytes_do_not_depend_on_the_order_of_keys(value: dict[str, Any], random: Any) -> None:
    keys = list(value)
    random.shuffle(keys)
    assert canonical_json({key: value[key] for key in keys}) == canonical_json(value)


def test_canonical_bytes_carry_structs_enums_and_undecodable_names() -> None:
    assert canonical_json({"b": Phase.PLAN, "a": (1, None)}) == b'{"a":[1,null],"b":"plan"}'
    assert canonical_json(Settings()) == canonical_json(Settings())
    assert json.loads(canonical_json("caf\udce9")) == "caf\udce9"
    with pytest.raises(ValueError):
        canonical_json(float("nan"))
