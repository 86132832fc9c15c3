"""From bytes to what a file says: decoded, line ends made one kind, given to the reader of its language."""

from __future__ import annotations

import importlib
from typing import Protocol, cast

from twelve.factors.gates.integrity import places, plain
from twelve.factors.gates.integrity.cases import Reading
from twelve.factors.gates.integrity.places import Language

_READERS = {
    Language.PYTHON: "twelve.factors.gates.integrity.python_tests",
    Language.JAVASCRIPT: "twelve.factors.gates.integrity.javascript",
    Language.TYPESCRIPT: "twelve.factors.gates.integrity.javascript",
    Language.TSX: "twelve.factors.gates.integrity.javascript",
}
"""Loaded when first needed: the JavaScript grammars are compiled libraries."""


class Reader(Protocol):
    """What a module in the table offers."""

    def read(self, path: str, text: str) -> Reading: ...


def text_of(data: bytes) -> str:
    """As text: UTF-8 with or without a mark, anything else byte by byte, so that nothing is lost; line ends as `\\n`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_binary(data: bytes) -> bool:
    """Git's own test."""
    return b"\0" in data[:8_000]


def read(path: str, text: str) -> Reading:
    """By syntax tree where there is one, else (said in `fallback`) by language-neutral rules."""
    dotted = _READERS.get(places.language(path) or Language.SHELL)
    if dotted is None:
        return plain.read(path, text)
    try:
        return cast("Reader", importlib.import_module(dotted)).read(path, text)
    except (SyntaxError, ValueError, RecursionError, MemoryError, ImportError) as trouble:
        return plain.read(path, text, fallback=f"{type(trouble).__name__}: {trouble}"[:200])


def by_lines(path: str, text: str, why: str) -> Reading:
    """By language-neutral rules, whatever the language."""
    return plain.read(path, text, fallback=why)
