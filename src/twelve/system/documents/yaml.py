"""YAML 1.2 core values from untrusted text, and back.

The parser's events are turned into values here rather than by the library's constructors, so that
depth, alias expansion, tags, keys and duplicates are decided in one place and no object is ever built
from a tag. Dates stay text: YAML 1.2 core has none.
"""

from __future__ import annotations

import importlib
from io import StringIO
from typing import Any

from msgspec import to_builtins

from twelve.system.documents.trouble import DocumentError, refuse_size

DEPTH = 64
"""Deepest nesting of lists and mappings (ours)."""
NODES = 200_000
"""Most values after aliases are expanded (ours): stops alias bombs long before memory does."""

_LAZY = {"read": "twelve.system.documents.yaml_events", "write": "twelve.system.documents.yaml_writer"}
"""Loaded when first needed: the YAML library costs more than the rest of this floor together."""


def load_yaml_all(text: str, *, name: str = "", limit: int = 1_000_000, lenient: bool = False) -> list[Any]:
    """Every document of a YAML stream. DocumentError with the line on anything malformed or hostile.

    `lenient` is for judging other people's files: tags are ignored and keys may be any scalar.
    """
    refuse_size(text, limit, name)
    values: list[Any] = importlib.import_module(_LAZY["read"]).build(
        text.removeprefix("\ufeff"), name=name, lenient=lenient, depth=DEPTH, nodes=NODES
    )
    return values


def load_yaml(text: str, *, name: str = "", limit: int = 1_000_000, lenient: bool = False) -> Any:
    """The one YAML document in `text`; None when it is empty. DocumentError as `load_yaml_all`."""
    values = load_yaml_all(text, name=name, limit=limit, lenient=lenient)
    if len(values) > 1:
        raise DocumentError(f"{len(values)} documents where one is expected", name=name)
    return values[0] if values else None


def dump_yaml(value: Any) -> str:
    """`value` as block-style YAML in the order given. Structs, enums and tuples become plain values.

    TypeError for a value that YAML cannot carry, e.g. an arbitrary object or a key that is not text.
    """
    stream = StringIO()
    importlib.import_module(_LAZY["write"]).write(to_builtins(value), stream)
    return stream.getvalue()
