"""Additions to a JSON file that leave every other byte where it was, and their removal.

An addition appends one value to an array, making the array and the objects above it where they are missing. What is
written follows the file's own indentation and line ends. Removal finds the values again, wherever they stand by then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from twelve.system.documents import json_tree
from twelve.system.documents.json_tree import Node
from twelve.system.documents.trouble import DocumentError

BOM = b"\xef\xbb\xbf"


class Addition(Struct, frozen=True, kw_only=True):
    """`value` at the end of the array that `pointer` names, key by key from the top."""

    pointer: tuple[str, ...]
    value: Any


class Edit(Struct, frozen=True, kw_only=True):
    """Text that was inserted: `offset` is its place in the result, in bytes."""

    offset: int
    text: str


class Edited(Struct, frozen=True, kw_only=True):
    """A document with additions."""

    data: bytes
    edits: tuple[Edit, ...]
    """In the order of their places."""
    made: tuple[tuple[str, ...], ...]
    """Pointers of the objects and arrays that were made for them, outermost first."""


def read(data: bytes, *, name: str = "", comments: bool = False) -> Any:
    """The value of a JSON file; an empty file means an empty object. DocumentError when it is something else, or not UTF-8."""
    text = _text(data, name)
    return json_tree.parse(text, name=name, comments=comments).plain() if text.strip() else {}


def add(data: bytes, additions: Sequence[Addition], *, name: str = "", comments: bool = False) -> Edited:
    """`data` with the additions in it. DocumentError when it is no JSON object, or something else stands where an array is needed."""
    page = _Page(_text(data, name), name, comments=comments)
    for addition in additions:
        page.append(addition)
    offset = len(BOM) if data.startswith(BOM) else 0
    edits = []
    for text, ours in page.segments:
        if ours:
            edits.append(Edit(offset=offset, text=text))
        offset += len(text.encode())
    lead = BOM if data.startswith(BOM) else b""
    return Edited(data=lead + page.text.encode(), edits=tuple(edits), made=tuple(page.made))


def cut(data: bytes, edits: Sequence[Edit]) -> bytes | None:
    """`data` without the edits, when each of them still stands at its place; else None."""
    for edit in reversed(edits):
        ours = edit.text.encode()
        if data[edit.offset : edit.offset + len(ours)] != ours:
            return None
        data = data[: edit.offset] + data[edit.offset + len(ours) :]
    return data


def remove(
    data: bytes, additions: Sequence[Addition], made: Sequence[tuple[str, ...]] = (), *, name: str = "", comments: bool = False
) -> tuple[bytes, tuple[Addition, ...]]:
    """`data` without the values that equal an addition and without emptied containers of `made`; and the additions not found.

    DocumentError when `data` is not JSON any more.
    """
    text = _text(data, name)
    lost = []
    for addition in additions:
        root = json_tree.parse(text, name=name, comments=comments)
        array = _at(root, addition.pointer)
        children = array.children if array is not None and array.kind == "array" else ()
        places = [index for index, child in enumerate(children) if child.node.plain() == addition.value]
        if array is None or not places:
            lost.append(addition)
        else:
            text = _without(text, array, places[-1], comments=comments)
    for pointer in reversed(made):
        text = _without_empty(text, pointer, name, comments=comments)
    return (BOM if data.startswith(BOM) else b"") + text.encode(), tuple(lost)


def _text(data: bytes, name: str) -> str:
    try:
        return data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError("not UTF-8 text", name=name, line=data.count(b"\n", 0, error.start) + 1) from None


class _Page:
    """A text under additions, as pieces that say whether they are ours."""

    def __init__(self, text: str, name: str, *, comments: bool) -> None:
        self.segments = [(text, False)]
        self.name = name
        self.comments = comments
        self.made: list[tuple[str, ...]] = []
        self.line_end = "\r\n" if "\r\n" in text else "\n"
        self.blank = not text.strip()

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.segments)

    def append(self, addition: Addition) -> None:
        if not self.text.strip():
            return self.fill(addition)
        root = json_tree.parse(self.text, name=self.name, comments=self.comments)
        node, depth = root, 0
        while True:
            wanted = "array" if depth == len(addition.pointer) else "object"
            if node.kind != wanted:
                place = ".".join(addition.pointer[:depth]) or "the document"
                raise DocumentError(f"{place} is not {'an array' if wanted == 'array' else 'an object'}", name=self.name)
            inner = node.member(addition.pointer[depth]) if wanted == "object" else None
            if inner is None:
                break
            node, depth = inner, depth + 1
        if node.kind == "array":
            return self.put(root, node, "", addition.value)
        rest = addition.pointer[depth + 1 :]
        self.made += [addition.pointer[: depth + 1 + level] for level in range(len(rest) + 1)]
        return self.put(root, node, addition.pointer[depth], _nest(rest, [addition.value]))

    def fill(self, addition: Addition) -> None:
        """An empty file becomes a document of its own."""
        self.made += [addition.pointer[: level + 1] for level in range(len(addition.pointer))]
        body = json.dumps(_nest(addition.pointer, [addition.value]), indent=2, ensure_ascii=False) + "\n"
        self.segments.append((body.replace("\n", self.line_end), True))

    def put(self, root: Node, container: Node, key: str, value: Any) -> None:
        text = self.text
        unit = _unit(text, root)
        own = _own_indent(text, container)
        lead = f"{json.dumps(key, ensure_ascii=False)}: " if key else ""
        if not container.children:
            self.put_first(container, root, lead, value, unit)
            return
        last = container.children[-1]
        after = json_tree.skip(text, last.node.end, comments=self.comments)
        trailing = text[after] == ","
        # A comment behind the last value keeps its place: only the comma goes before it.
        place = _last_word(text, container, after + 1 if trailing else last.node.end, comments=self.comments)
        if own is None:
            written = f" {lead}{json.dumps(value, ensure_ascii=False)}"
        else:
            written = self.line_end + own + lead + self.lines(value, unit, own)
        if place == last.node.end and not trailing:
            self.insert(place, "," + written)
        else:
            self.insert(place, written)
            if not trailing:
                self.insert(last.node.end, ",")

    def put_first(self, container: Node, root: Node, lead: str, value: Any, unit: str) -> None:
        text = self.text
        if container.start != root.start and root.children and "\n" not in text[root.start : root.children[0].start]:
            self.insert(container.start + 1, f"{lead}{json.dumps(value, ensure_ascii=False)}")
            return
        outer = _line_indent(text, container.start)
        inner = outer + unit
        closing = "" if "\n" in text[container.start : container.end - 1] else self.line_end + outer
        self.insert(container.start + 1, self.line_end + inner + lead + self.lines(value, unit, inner) + closing)

    def lines(self, value: Any, unit: str, indent: str) -> str:
        dumped = json.dumps(value, indent=unit, ensure_ascii=False)
        return dumped.replace("\n", self.line_end + indent)

    def insert(self, place: int, text: str) -> None:
        done: list[tuple[str, bool]] = []
        at = 0
        waiting = True
        for piece, ours in self.segments:
            if waiting and at <= place <= at + len(piece):
                done += [(piece[: place - at], ours), (text, True), (piece[place - at :], ours)]
                waiting = False
            else:
                done.append((piece, ours))
            at += len(piece)
        self.segments = _joined(done)


def _joined(pieces: Sequence[tuple[str, bool]]) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []
    for text, ours in pieces:
        if text and found and found[-1][1] == ours:
            found[-1] = (found[-1][0] + text, ours)
        elif text:
            found.append((text, ours))
    return found


def _nest(keys: Sequence[str], value: Any) -> Any:
    for key in reversed(keys):
        value = {key: value}
    return value


def _unit(text: str, root: Node) -> str:
    """One step of indentation, as the first member of the document shows it; two blanks when it does not."""
    indent = _own_indent(text, root)
    return indent or "  "


def _own_indent(text: str, container: Node) -> str | None:
    """Indentation of the children; None when the first one stands on the line of the bracket."""
    if not container.children:
        return None
    found = re.search(r"\n([ \t]*)\Z", text[container.start : container.children[-1].start])
    return found[1] if found else None


def _line_indent(text: str, place: int) -> str:
    line = text[text.rfind("\n", 0, place) + 1 : place]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _last_word(text: str, container: Node, start: int, *, comments: bool) -> int:
    """The end of the last thing inside a container that is not blank."""
    if not comments:
        return start
    inside = text[start : container.end - 1]
    return start + len(inside.rstrip(" \t\r\n"))


def _at(root: Node, pointer: Sequence[str]) -> Node | None:
    node: Node | None = root
    for key in pointer:
        node = node.member(key) if node is not None and node.kind == "object" else None
    return node


def _without(text: str, container: Node, index: int, *, comments: bool) -> str:
    """`text` without one child of a container; commas and blanks around it go as they would by hand."""
    children = container.children
    child = children[index]
    if index + 1 < len(children):
        return text[: child.start] + text[children[index + 1].start :]
    if index > 0:
        comma = json_tree.skip(text, children[index - 1].node.end, comments=comments)
        between = text[comma + 1 : child.start].rstrip(" \t\r\n")
        return text[:comma] + between + text[child.node.end :]
    end = json_tree.skip(text, child.node.end, comments=comments)
    end = end + 1 if text[end] == "," else child.node.end
    before, after = text[container.start + 1 : child.start], text[end : container.end - 1]
    if not before.strip() and not after.strip():
        return text[: container.start + 1] + text[container.end - 1 :]
    return text[: child.start] + text[end:]


def _without_empty(text: str, pointer: Sequence[str], name: str, *, comments: bool) -> str:
    root = json_tree.parse(text, name=name, comments=comments)
    outer, node = _at(root, pointer[:-1]), _at(root, pointer)
    if outer is None or node is None or node.children or node.kind == "scalar":
        return text
    index = next(index for index, child in enumerate(outer.children) if child.key == pointer[-1])
    return _without(text, outer, index, comments=comments)
