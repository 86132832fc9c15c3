"""XML without its dangers: no document type, hence no entities and nothing fetched; bounded in depth and count."""

from __future__ import annotations

from xml.parsers import expat

import msgspec

from twelve.model.errors import TwelveError

_MAX_DEPTH = 100
_MAX_ELEMENTS = 500_000
_MAX_TEXT = 100_000


class Element(msgspec.Struct):
    """One element: local name, attributes, text (cut at 100,000 characters), children."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = msgspec.field(default_factory=list)
    text: str = ""

    def every(self, name: str) -> list[Element]:
        """All elements of this name below, in document order."""
        found: list[Element] = []
        for child in self.children:
            if child.name == name:
                found.append(child)
            found.extend(child.every(name))
        return found

    def first(self, *names: str) -> Element | None:
        """The first child with one of the names."""
        return next((child for child in self.children if child.name in names), None)


def parse(data: bytes, name: str) -> Element:
    """The root element. TwelveError for anything that is not plain, well-formed, bounded XML."""
    builder = _Builder(name)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = builder.refuse_doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as wrong:
        raise unreadable(name, str(wrong)) from None
    return builder.root


def unreadable(name: str, why: str) -> TwelveError:
    """The error of every report that cannot be believed."""
    return TwelveError(f"report {name} cannot be read", why=why, next="run the command by hand and look at the report it writes")


class _Builder:
    def __init__(self, name: str) -> None:
        self.root = Element(name="", attributes={})
        self._name = name
        self._open: list[Element] = []
        self._count = 0

    def refuse_doctype(self, *_declaration: object) -> None:
        raise unreadable(self._name, "it declares a document type, which a report has no use for and an attack does")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > _MAX_ELEMENTS or len(self._open) >= _MAX_DEPTH:
            raise unreadable(self._name, f"more than {_MAX_ELEMENTS} elements or {_MAX_DEPTH} levels")
        element = Element(name=name.rpartition("}")[2], attributes=attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def characters(self, text: str) -> None:
        element = self._open[-1]
        if len(element.text) < _MAX_TEXT:
            element.text += text[: _MAX_TEXT - len(element.text)]
