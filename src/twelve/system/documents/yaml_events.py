"""From the YAML parser's events to plain values, within bounds."""

from __future__ import annotations

import math
import re
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.events import Event as YamlEvent
from ruamel.yaml.reader import ReaderError

from twelve.system.documents.trouble import DocumentError

_LONGEST_NUMBER = 400
"""Characters; longer digits are no quantity, and converting them costs the square of their length."""
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"(?P<infinity>(?P<sign>[-+]?)\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)")
_CORE_TAGS = {f"tag:yaml.org,2002:{short}": short for short in ("str", "int", "float", "bool", "null", "seq", "map")}

_TYPES: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}


def _number(text: str) -> int | float | None:
    if _INT.fullmatch(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    if _FLOAT.fullmatch(text):
        return float(text)
    special = _SPECIAL.fullmatch(text)
    if special is None:
        return None
    if special["infinity"] is None:
        return math.nan
    return -math.inf if special["sign"] == "-" else math.inf


def plain(text: str) -> Any:
    """The value of an unquoted scalar."""
    if len(text) > _LONGEST_NUMBER:
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    number = _number(text)
    return text if number is None else number


class _Anchored(Struct, frozen=True):
    value: Any
    nodes: int


class _Merge:
    """Stands for a plain `<<` key until the mapping is complete."""


_MERGE = _Merge()


class _Open:
    """A list or mapping whose end has not been seen."""

    def __init__(self, container: list[Any] | dict[Any, Any], anchor: str | None, before: int) -> None:
        self.container = container
        self.anchor = anchor
        self.before = before
        self.key: Any = None
        self.has_key = False
        self.merges: list[Any] = []


class _Builder:
    """One pass over the events of a stream; holds the bounds and the place."""

    def __init__(self, name: str, lenient: bool, depth: int, nodes: int) -> None:
        self.name = name
        self.lenient = lenient
        self.depth = depth
        self.limit = nodes
        self.nodes = 0
        self.line = 0
        self.stack: list[_Open] = []
        self.anchors: dict[str, _Anchored] = {}
        self.documents: list[Any] = []

    def refuse(self, message: str) -> DocumentError:
        return DocumentError(message, name=self.name, line=self.line)

    def count(self, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > self.limit:
            raise self.refuse(f"more than {self.limit} values once aliases are expanded")

    def take(self, event: YamlEvent) -> None:
        self.line = event.start_mark.line + 1 if event.start_mark else self.line
        match event:
            case DocumentStartEvent():
                self.anchors.clear()
            case DocumentEndEvent():
                pass
            case ScalarEvent():
                self.count(1)
                self.add(self.scalar(event), event.anchor, 1)
            case AliasEvent():
                self.alias(event)
            case SequenceStartEvent():
                self.open([], event)
            case MappingStartEvent():
                self.open({}, event)
            case SequenceEndEvent() | MappingEndEvent():
                self.close()

    def alias(self, event: AliasEvent) -> None:
        anchored = self.anchors.get(event.anchor)
        if anchored is None:
            raise self.refuse(f"alias *{event.anchor} has no anchor before it")
        self.count(anchored.nodes)
        self.add(anchored.value, None, anchored.nodes)

    def tag(self, event: Any) -> str:
        """Short name of a core tag, "" for none; refuses every other tag unless lenient."""
        tag = str(event.tag) if event.tag else ""
        if not tag or tag == "!" or tag in _CORE_TAGS:
            return _CORE_TAGS.get(tag, "")
        if self.lenient:
            return "str" if isinstance(event, ScalarEvent) else ""
        raise self.refuse(f"tag {tag[:60]!r} is not allowed; only plain values are")

    def scalar(self, event: ScalarEvent) -> Any:
        tag = self.tag(event)
        text = str(event.value)
        if tag == "str" or event.style is not None or (event.tag and not tag):
            value: Any = text
        elif text == "<<" and self.stack and isinstance(self.stack[-1].container, dict) and not self.stack[-1].has_key:
            return _MERGE
        else:
            value = plain(text)
        if tag in ("int", "float", "bool", "null"):
            value = plain(text)
            if not self.lenient and not isinstance(value, _TYPES[tag]):
                raise self.refuse(f"{text[:40]!r} is not a {tag}")
        return value

    def open(self, container: list[Any] | dict[Any, Any], event: Any) -> None:
        self.tag(event)
        if len(self.stack) >= self.depth:
            raise self.refuse(f"nested deeper than {self.depth} levels")
        if self.stack and isinstance(self.stack[-1].container, dict) and not self.stack[-1].has_key:
            raise self.refuse("a list or mapping cannot be a key here")
        self.stack.append(_Open(container, event.anchor, self.nodes))
        self.count(1)

    def close(self) -> None:
        done = self.stack.pop()
        if isinstance(done.container, dict):
            for source in done.merges:
                for key, value in source.items():
                    done.container.setdefault(key, value)
        self.add(done.container, done.anchor, self.nodes - done.before)

    def add(self, value: Any, anchor: str | None, nodes: int) -> None:
        if anchor:
            self.anchors[anchor] = _Anchored(value, nodes)
        if not self.stack:
            self.documents.append(value)
            return
        top = self.stack[-1]
        if isinstance(top.container, list):
            top.container.append(value)
        elif not top.has_key:
            self.begin_pair(top, value)
        else:
            self.end_pair(top, value)

    def begin_pair(self, top: _Open, key: Any) -> None:
        if key is not _MERGE:
            if isinstance(key, (list, dict)):
                raise self.refuse("a list or mapping cannot be a key here")
            if not isinstance(key, str) and not self.lenient:
                raise self.refuse(f"key {key!r} is not text; quote it")
            if key in top.container:
                raise self.refuse(f"key {str(key)[:60]!r} occurs twice")
        top.key, top.has_key = key, True

    def end_pair(self, top: _Open, value: Any) -> None:
        top.has_key = False
        if top.key is not _MERGE:
            top.container[top.key] = value
            return
        sources = value if isinstance(value, list) else [value]
        if not all(isinstance(source, dict) for source in sources):
            raise self.refuse("<< takes a mapping or a list of mappings")
        top.merges += sources


def build(text: str, *, name: str, lenient: bool, depth: int, nodes: int) -> list[Any]:
    """Every document of the stream as plain values; DocumentError with the line otherwise."""
    builder = _Builder(name, lenient, depth, nodes)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(str(error.problem or error.context or "not valid YAML").split())
        raise DocumentError(problem, name=name, line=mark.line + 1 if mark else builder.line) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 0
        raise DocumentError("a control character, or bytes that are not text", name=name, line=line) from None
    except (YAMLError, ValueError, RecursionError, OverflowError, IndexError, AttributeError, TypeError, AssertionError, KeyError) as error:
        # The scanner raises bare Python errors on some malformed input; none of it may reach a person.
        raise DocumentError(f"not valid YAML ({type(error).__name__})", name=name, line=builder.line) from None
    return builder.documents
