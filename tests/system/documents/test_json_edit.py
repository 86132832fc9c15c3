"""Additions to somebody's JSON: every other byte stays, and nothing of the addition remains after its removal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twelve.system.documents import DocumentError, json_edit
from twelve.system.documents.json_edit import Addition

GROUP = {"matcher": "Bash|Edit", "hooks": [{"type": "command", "command": "'/a b/python' -I", "timeout": 5}]}
OURS = (
    Addition(pointer=("hooks", "PreToolUse"), value=GROUP),
    Addition(pointer=("hooks", "Stop"), value={"hooks": [{"type": "command", "command": "é"}]}),
    Addition(pointer=("permissions", "deny"), value="Read(./.env)"),
    Addition(pointer=("permissions", "deny"), value="Edit(/twelve.toml)"),
)

SCALAR = st.sampled_from([None, True, 0, -1.5, 1e300, "", "x", 'q"\\', "é\u2028", "//no comment", "a\nb"])
KEY = st.sampled_from(["hooks", "permissions", "PreToolUse", "Stop", "deny", "allow", "env", "ключ", "$schema", "a b"])
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEY, inner, max_size=3)),
    max_leaves=8,
)
HOOKS = st.dictionaries(st.sampled_from(["PreToolUse", "Stop", "SessionStart"]), st.lists(VALUE, max_size=2), max_size=2)
PERMISSIONS = st.dictionaries(st.sampled_from(["deny", "allow"]), st.lists(SCALAR, max_size=2), max_size=2)


@st.composite
def settings_files(draw: st.DrawFn) -> bytes:
    value = draw(st.dictionaries(KEY.filter(lambda key: key not in ("hooks", "permissions")), VALUE, max_size=3))
    for key, kind in (("hooks", HOOKS), ("permissions", PERMISSIONS)):
        if draw(st.booleans()):
            value[key] = draw(kind)
    value = dict(draw(st.permutations(list(value.items()))))
    text = json.dumps(value, indent=draw(st.sampled_from([None, 1, 2, 4, "\t"])), ensure_ascii=draw(st.booleans()))
    text = draw(st.sampled_from(["", "\n", "  "])) + text + draw(st.sampled_from(["", "\n", "\n\n", " \t\n"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    return draw(st.sampled_from([b"", json_edit.BOM])) + text.encode("utf-8", "replace")


def merged(value: Any, additions: tuple[Addition, ...]) -> Any:
    """What the additions mean, written a second time."""
    for addition in additions:
        place = value
        for key in addition.pointer[:-1]:
            place = place.setdefault(key, {})
        place.setdefault(addition.pointer[-1], []).append(addition.value)
    return value


@settings(max_examples=60, deadline=None)
@given(data=settings_files(), count=st.integers(1, 4))
def test_an_addition_means_what_it_says_and_is_taken_back_to_the_byte(data: bytes, count: int) -> None:
    ours = OURS[:count]
    before = json_edit.read(data)
    edited = json_edit.add(data, ours)
    assert json_edit.read(edited.data) == merged(before, ours)
    assert json_edit.cut(edited.data, edited.edits) == data
    again, lost = json_edit.remove(edited.data, ours, edited.made)
    assert (json_edit.read(again), lost) == (json_edit.read(data), ())


@settings(max_examples=30, deadline=None)
@given(data=settings_files())
def test_what_a_person_adds_afterwards_stays(data: bytes) -> None:
    edited = json_edit.add(data, OURS)
    theirs = (Addition(pointer=("hooks", "PreToolUse"), value="theirs"), Addition(pointer=("mine",), value=1))
    later = json_edit.add(edited.data, theirs)
    left, lost = json_edit.remove(later.data, OURS, edited.made)
    assert lost == ()
    assert json_edit.read(left) == merged(json_edit.read(data), theirs)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "deny": [\n    "x"\n  ]\n}\n'),
        ('{\n\t"a": 1\n}', '{\n\t"a": 1,\n\t"deny": [\n\t\t"x"\n\t]\n}'),
        ('{"a":1}', '{"a":1, "deny": ["x"]}'),
        ("{}", '{\n  "deny": [\n    "x"\n  ]\n}'),
        ("{\r\n}\r\n", '{\r\n  "deny": [\r\n    "x"\r\n  ]\r\n}\r\n'),
        ('{"deny": []}', '{"deny": ["x"]}'),
        ('{\n  "deny": [\n    "a"\n  ]\n}', '{\n  "deny": [\n    "a",\n    "x"\n  ]\n}'),
        ('{\n  "deny": ["a"]\n}', '{\n  "deny": ["a", "x"]\n}'),
        ("", '{\n  "deny": [\n    "x"\n  ]\n}\n'),
    ],
)
def test_what_is_added_looks_like_its_surroundings(before: str, after: str) -> None:
    assert json_edit.add(before.encode(), [Addition(pointer=("deny",), value="x")]).data.decode() == after


COMMENTED = """{
  // why this is here
  "a": 1, /* b */
  "deny": [
    "x", // the last one
  ],
  "b": 2 // no comma
}
"""


def test_comments_stay_where_they_are_when_they_are_allowed() -> None:
    edited = json_edit.add(COMMENTED.encode(), OURS[:3], comments=True)
    text = edited.data.decode()
    assert '"b": 2, // no comma\n' in text
    assert json_edit.cut(edited.data, edited.edits) == COMMENTED.encode()
    left, _ = json_edit.remove(edited.data, OURS[:3], edited.made, comments=True)
    assert json_edit.read(left, comments=True) == json_edit.read(COMMENTED.encode(), comments=True)
    assert left.decode().count("//") == 3


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "null",
        '"x"',
        "{",
        '{"a": 1,}',
        '{"a": NaN}',
        '{"a": 1, "a": 2}',
        '{"hooks": null}',
        '{"hooks": {"PreToolUse": {}}}',
        '{"a": 01}',
        '{"a": "\n"}',
        "{} {}",
        '{// c\n"a": 1}',
        '{"a": ' + "[" * 200,
        "{'a': 1}",
    ],
)
def test_what_cannot_be_added_to_safely_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        json_edit.add(text.encode(), OURS)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(DocumentError, match="UTF-8"):
        json_edit.add(b'{"a": "\xff"}', OURS)


def test_an_edit_that_moved_is_not_cut_blindly() -> None:
    edited = json_edit.add(b'{\n  "a": 1\n}\n', OURS)
    assert json_edit.cut(b" " + edited.data, edited.edits) is None


def test_a_value_that_was_changed_is_reported_and_left() -> None:
    edited = json_edit.add(b"{}", OURS[:1])
    changed = edited.data.replace(b'"timeout": 5', b'"timeout": 500')
    left, lost = json_edit.remove(changed, OURS[:1], edited.made)
    assert (left, lost) == (changed, OURS[:1])
