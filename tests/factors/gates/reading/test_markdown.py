from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.gates.reading import markdown


def _targets(text: str) -> list[str]:
    return [link.target for link in markdown.read(text).links]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("[a](b.md)", ["b.md"]),
        ('[a](b.md "title") ![i](c.png)', ["b.md", "c.png"]),
        ("[a](<with space.md>)", ["with space.md"]),
        ("[a](b_(1).md)", ["b_(1).md"]),
        ("[a](b\\).md)", ["b).md"]),
        ("[![img](i.png)](t.md)", ["i.png", "t.md"]),
        ("[a][ref]\n\n[ref]: target.md 'title'", ["target.md"]),
        ('<a href="x.md">x</a> <img alt="" src=\'y.png\'>', ["x.md", "y.png"]),
        ("`[a](b.md)` and ``[c](d.md) ` x``", []),
        ("```\n[a](b.md)\n```\n[c](d.md)", ["d.md"]),
        ("~~~~\n[a](b.md)\n~~~\n[x](y.md)\n~~~~\n", []),
        ("- item\n  ```text\n  [a](b.md)\n  ```\n", []),
        ("<!-- [a](b.md) --> [c](d.md)", ["d.md"]),
        ("<!--\n[a](b.md)\n-->\n[c](d.md)", ["d.md"]),
        ("---\ntitle: '[a](b.md)'\n---\n[c](d.md)", ["d.md"]),
        ("[^1]: not a link", []),
        ("a ](b", []),
    ],
)
def test_links_are_found_outside_code(text: str, targets: list[str]) -> None:
    assert _targets(text) == targets


def test_lines_are_counted_from_the_top_of_the_file() -> None:
    assert markdown.read("---\na: 1\n---\n\n```\nx\n```\n[a](b)\n").links[0].line == 8


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("Hello World", "hello-world"),
        ("What's new in 2.0?", "whats-new-in-20"),
        ("`code` and *stars*", "code-and-stars"),
        ("snake_case stays", "snake_case-stays"),
        ("_emphasis_ goes", "emphasis-goes"),
        ("[link](x.md) text", "link-text"),
        ("A -- B", "a----b"),
        ("Größe & Übung", "größe--übung"),
        ("日本語 見出し", "日本語-見出し"),
        ("🚀 Start", "-start"),
        ("<b>bold</b> move", "bold-move"),
    ],
)
def test_headings_get_githubs_anchor(heading: str, slug: str) -> None:
    assert markdown.slug(heading) == slug


def test_repeated_headings_are_numbered_and_explicit_anchors_count() -> None:
    page = markdown.read('# A\n## A\n### A ###\n# A-1\nTitle\n=====\n<a id="here"></a>\n\n- item\n---\n```\n# no heading\n```\n')
    assert {"a", "a-1", "a-2", "a-1-1", "title", "here"} <= page.anchors
    assert "no-heading" not in page.anchors


def test_undefined_references_are_listed_and_footnotes_are_not() -> None:
    page = markdown.read("[a][gone] [b][Here] [c][] [^note][^note]\n\n[here]: x.md\n[c]: y.md\n")
    assert page.undefined == (("gone", 1),)


@given(st.text(alphabet="[]()<>!`~#-= \n\\:ab\"'{}|_*^", max_size=300))
def test_any_text_is_read_without_raising(text: str) -> None:
    markdown.read(text)


@pytest.mark.parametrize(
    "piece", ["[", "](", "`", "``", "[a](b", "<a href=", "[a][b]", "<!--", "#", "_a", "\\", "![", "[a](b(", "~~~\n", "\n- ["]
)
def test_reading_is_linear_enough_for_a_megabyte(piece: str) -> None:
    started = time.process_time()
    markdown.read(piece * (200_000 // len(piece)))
    markdown.slug(piece * (20_000 // len(piece)))
    assert time.process_time() - started < 5
