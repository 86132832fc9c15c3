"""Reading is strict: whatever two readers could understand differently is refused. Both scanners agree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twelve.interfaces.hooks import notation

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
REFUSED = [
    b"",
    b"[]",
    b'"text"',
    b"{",
    b"{}}",
    b"{} {}",
    b'{"a":1,"a":2}',
    b'{"x":{"a":1,"a":2}}',
    b'{"a":NaN}',
    b'{"a":Infinity}',
    b'{"a":-Infinity}',
    b"\xef\xbb\xbf{}",
    b'{"a":"\xff"}',
    b'{"a":"\n"}',
    b'{"a":1,}',
    b'{"a" 1}',
    b"{'a':1}",
    b'{"a":01}',
    b'{"a":.5}',
    b'{"a":"\\x"}',
    b'{"a":"\\u12g4"}',
    b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
]


def in_python(raw: bytes) -> dict[str, Any]:
    """As `notation.read`, with the scanner for interpreters that have no other."""
    try:
        text = raw.decode()
        value, end = notation.Scanner(text).value(notation._skip(text, 0))
    except notation.Malformed:
        raise
    except (ValueError, IndexError, RecursionError):
        raise notation.Malformed("not JSON") from None
    if notation._skip(text, end) != len(text) or not isinstance(value, dict):
        raise notation.Malformed("not one object")
    return value


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_what_the_standard_library_writes_is_read_alike_by_both_scanners(value: dict[str, Any]) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        raw = text.encode("utf-8", "surrogatepass")
        assert notation.read(raw) == value
        assert in_python(raw) == value


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_what_is_written_is_read_back_by_the_standard_library(value: dict[str, Any]) -> None:
    assert json.loads(notation.write(value)) == value
    assert "\n" not in notation.write(value)


@given(st.text())
def test_a_string_is_quoted_alike_with_and_without_the_c_scanner(text: str) -> None:
    assert json.loads(notation.quote(text)) == text
    assert json.loads('"' + "".join(notation._quoted(sign) for sign in text) + '"') == text


@pytest.mark.parametrize("raw", REFUSED, ids=lambda raw: repr(raw[:24]))
def test_a_doubtful_payload_is_refused_by_both_scanners(raw: bytes) -> None:
    with pytest.raises(notation.Malformed):
        notation.read(raw)
    with pytest.raises((notation.Malformed, UnicodeDecodeError)):
        in_python(raw)


def test_hidden_letters_are_read_as_what_they_are() -> None:
    assert notation.read(b'{"command":"\\u0072m -\\u0072f"}') == {"command": "rm -rf"}
    assert in_python(b'{"command":"\\u0072m \\ud83d\\ude00"}') == {"command": "rm \U0001f600"}
