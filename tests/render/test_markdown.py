"""Markdown: quoted text stays text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twelve.render import markdown


@given(st.lists(st.text(), min_size=2, max_size=2))
def test_escaped_cells_never_add_a_row_or_a_column(cells: list[str]) -> None:
    text = markdown.table(("a", "b"), [[markdown.escape(cell) for cell in cells]])
    lines = text.splitlines()
    assert len(lines) == 3
    row = lines[2].replace("\\\\", "")
    assert row.count("|") - row.count("\\|") == 3


@given(st.text(alphabet="`ab ", min_size=1))
def test_a_code_span_is_closed_only_by_its_own_fence(text: str) -> None:
    span = markdown.code(text)
    fence = len(span) - len(span.lstrip("`"))
    inner = span[fence:-fence]
    assert "`" * fence not in inner


def test_html_and_links_are_escaped() -> None:
    assert markdown.escape("<b>[x](y)") == "\\<b\\>\\[x\\](y)"
