"""Markdown with YAML front matter between two `---` lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from twelve.system.documents.trouble import DocumentError, refuse_size
from twelve.system.documents.yaml import dump_yaml, load_yaml

_OPEN = re.compile(r"---[ \t]*\r?\n")
_CLOSE = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


class Document(Struct, frozen=True, kw_only=True):
    """Front matter and the Markdown after it."""

    meta: dict[str, Any]
    body: str


def parse_document(text: str, *, name: str = "", limit: int = 4_000_000) -> Document:
    """Front matter (empty when there is none) and body; a BOM and CRLF line ends are tolerated.

    One blank line between the closing `---` and the body belongs to neither. DocumentError when the
    front matter is not closed, not YAML, or not a mapping; its line counts from the top of the file.
    """
    refuse_size(text, limit, name)
    text = text.removeprefix("\ufeff")
    opening = _OPEN.match(text)
    if opening is None:
        return Document(meta={}, body=text)
    closing = _CLOSE.search(text, opening.end())
    if closing is None:
        raise DocumentError("front matter is opened with --- and never closed", name=name, line=1)
    try:
        meta = load_yaml(text[opening.end() : closing.start()], name=name)
    except DocumentError as error:
        raise DocumentError(error.message, name=name, line=error.line + 1 if error.line else 0) from None
    if meta is None:
        meta = {}
    if not isinstance(meta, dict):
        raise DocumentError("front matter is not a mapping of names to values", name=name, line=2)
    body = text[closing.end() :]
    for blank in ("\r\n", "\n"):
        if body.startswith(blank):
            body = body[len(blank) :]
            break
    return Document(meta=meta, body=body)


def render_document(meta: Mapping[str, Any], body: str) -> str:
    """The text `parse_document` reads back as exactly this meta and body."""
    separator = "\n" if body else ""
    return f"---\n{dump_yaml(dict(meta))}---\n{separator}{body}"
