"""Front matter and body come back exactly as they were written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twelve.system.documents import Document, DocumentError, parse_document, render_document

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
META: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    TEXT,
    st.recursive(st.none() | st.booleans() | st.integers() | TEXT, lambda inner: st.lists(inner, max_size=3), max_leaves=6),
    max_size=4,
)
BODY = st.text(st.characters(codec="utf-8"), max_size=80) | st.sampled_from(["---\n", "\n---\na: 1\n---\n", "\r\n", "\n", "...\n"])


@given(META, BODY)
@settings(max_examples=150)
def test_a_rendered_document_is_read_back_exactly(meta: dict[str, Any], body: str) -> None:
    assert parse_document(render_document(meta, body)) == Document(meta=meta, body=body)


@given(st.text(max_size=200) | st.text("-\n\r a:1[]{}'\"", max_size=60).map("---\n".__add__))
@settings(max_examples=150)
def test_any_text_is_a_document_or_refused(text: str) -> None:
    try:
        document = parse_document(text)
    except DocumentError:
        return
    assert isinstance(document.meta, dict)


@pytest.mark.parametrize(
    ("text", "meta", "body"),
    [
        ("# No front matter\n", {}, "# No front matter\n"),
        ("---\na: 1\n---\n\nBody\n", {"a": 1}, "Body\n"),
        ("---\na: 1\n---\nBody\n", {"a": 1}, "Body\n"),
        ("---\na: 1\n---", {"a": 1}, ""),
        ("\ufeff---\r\na: 1\r\n---\r\n\r\nBody\r\n", {"a": 1}, "Body\r\n"),
        ("--- \na: 1\n---\t\nBody", {"a": 1}, "Body"),
        ("---\n---\nBody", {}, "Body"),
        ("---\ntext: |\n  ---\n  not a fence\n---\nBody", {"text": "---\nnot a fence\n"}, "Body"),
        ("----\nno fence\n", {}, "----\nno fence\n"),
    ],
)
def test_hand_written_forms_are_understood(text: str, meta: dict[str, Any], body: str) -> None:
    assert parse_document(text) == Document(meta=meta, body=body)


@pytest.mark.parametrize(
    ("text", "line"),
    [("---\na: 1\n", 1), ("---\n- a\n---\n", 2), ("---\na: 1\na: 2\n---\n", 3), ("---\nx: 1\ny:\n\tz: 1\n---\nBody", 4)],
)
def test_lines_of_errors_count_from_the_top_of_the_file(text: str, line: int) -> None:
    with pytest.raises(DocumentError) as refused:
        parse_document(text, name="prime.md")
    assert refused.value.line == line


def test_a_conflicted_merge_is_an_error_and_not_a_record() -> None:
    with pytest.raises(DocumentError):
        parse_document("---\n<<<<<<< ours\na: 1\n=======\na: 2\n>>>>>>> theirs\n---\n")
