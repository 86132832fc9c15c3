"""A JSON text as a tree that knows where each value stands, so that it can be edited without being rewritten."""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder
from typing import Any

from msgspec import Struct

from twelve.system.documents.trouble import DocumentError, refuse_size

LIMIT = 2_000_000
"""Characters of a settings file (ours); real ones have a few thousand."""
DEPTH = 100
"""Nesting of a settings file (ours)."""

_BLANK = re.compile(r"[ \t\r\n]*")
_BLANK_OR_COMMENT = re.compile(r"(?:[ \t\r\n]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_SCALAR = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_DECODER = JSONDecoder()
_WORDS = {"true": True, "false": False, "null": None}


class Node(Struct, frozen=True, kw_only=True):
    """One value and its place, in characters. Members of an object and items of an array stand in `children`."""

    kind: str
    """`object`, `array` or `scalar`."""
    start: int
    end: int
    children: tuple[Child, ...] = ()
    value: Any = None
    """Of a scalar."""

    def member(self, key: str) -> Node | None:
        return next((child.node for child in self.children if child.key == key), None)

    def plain(self) -> Any:
        """The value this text means."""
        if self.kind == "object":
            return {child.key: child.node.plain() for child in self.children}
        return [child.node.plain() for child in self.children] if self.kind == "array" else self.value


class Child(Struct, frozen=True, kw_only=True):
    """One member or item. `start` is where its key begins; an item begins with its value."""

    start: int
    node: Node
    key: str = ""


class _Reader:
    def __init__(self, text: str, name: str, *, comments: bool) -> None:
        self.text = text
        self.name = name
        self.comments = comments
        self.blank = _BLANK_OR_COMMENT if comments else _BLANK

    def refuse(self, message: str, at: int) -> DocumentError:
        return DocumentError(f"not valid JSON: {message}", name=self.name, line=self.text.count("\n", 0, at) + 1)

    def skip(self, at: int) -> int:
        found = self.blank.match(self.text, at)
        return found.end() if found else at

    def value(self, at: int, depth: int) -> Node:
        sign = self.text[at : at + 1]
        if sign in ("{", "["):
            if depth >= DEPTH:
                raise self.refuse("nested too deep", at)
            return self.container(at, depth, "object" if sign == "{" else "array")
        if sign == '"':
            text, end = self.string(at)
            return Node(kind="scalar", start=at, end=end, value=text)
        found = _SCALAR.match(self.text, at)
        if not found:
            raise self.refuse("a value is missing or malformed", at)
        word = found.group()
        value = _WORDS[word] if word in _WORDS else float(word) if set(word) & set(".eE") else int(word[:400])
        return Node(kind="scalar", start=at, end=found.end(), value=value)

    def string(self, at: int) -> tuple[str, int]:
        try:
            text, end = _DECODER.raw_decode(self.text, at)
        except JSONDecodeError as error:
            raise self.refuse(error.msg, at) from None
        return str(text), end

    def container(self, at: int, depth: int, kind: str) -> Node:
        closing = "}" if kind == "object" else "]"
        children: list[Child] = []
        keys: set[str] = set()
        place = self.skip(at + 1)
        while self.text[place : place + 1] != closing:
            child = self.child(place, depth, kind)
            if kind == "object" and child.key in keys:
                raise self.refuse(f"key {child.key[:60]!r} occurs twice", place)
            keys.add(child.key)
            children.append(child)
            place = self.skip(child.node.end)
            if self.text[place : place + 1] == ",":
                place = self.skip(place + 1)
                if self.text[place : place + 1] == closing and not self.comments:
                    raise self.refuse("a comma before the closing bracket", place)
            elif self.text[place : place + 1] != closing:
                raise self.refuse(f"expected a comma or {closing}", place)
        return Node(kind=kind, start=at, end=place + 1, children=tuple(children))

    def child(self, at: int, depth: int, kind: str) -> Child:
        if kind == "array":
            return Child(start=at, node=self.value(at, depth + 1))
        if self.text[at : at + 1] != '"':
            raise self.refuse("expected a key in double quotes", at)
        key, end = self.string(at)
        colon = self.skip(end)
        if self.text[colon : colon + 1] != ":":
            raise self.refuse("expected a colon after the key", colon)
        return Child(start=at, key=key, node=self.value(self.skip(colon + 1), depth + 1))


def parse(text: str, *, name: str = "", comments: bool = False) -> Node:
    """The tree of a JSON text; with `comments`, JSON with // and /* */ and commas before a closing bracket. DocumentError."""
    refuse_size(text, LIMIT, name)
    reader = _Reader(text, name, comments=comments)
    root = reader.value(reader.skip(0), 0)
    rest = reader.skip(root.end)
    if rest != len(text):
        raise reader.refuse("something follows the value", rest)
    return root


def skip(text: str, at: int, *, comments: bool) -> int:
    """The place after blanks, and comments where they are allowed."""
    found = (_BLANK_OR_COMMENT if comments else _BLANK).match(text, at)
    return found.end() if found else at
