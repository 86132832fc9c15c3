"""Check custom resources against the CRDs rendered beside them, offline, as an API server would.

Structural schemas of `apiextensions.k8s.io/v1`. Defaults and formats are not judged. CEL rules and patterns that
could take for ever are not evaluated; `unevaluated` counts them so that nobody mistakes silence for a pass.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from twelve.factors.gates.reading import lookup

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (Mapping,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_DEPTH_LIMIT = 60
"""Nesting followed in value and schema (ours)."""

_PATTERN_VALUE = 100
"""Characters of a value that patterns are tried on; longer values are not judged by pattern (ours)."""
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{)")
_REPEAT = re.compile(r"[*+]|\{\d*,")
_REPEATS = 4
"""Repetitions in one pattern: 100 characters to the power of 4 is the worst that is tried (ours)."""


class Fault(Struct, frozen=True, kw_only=True):
    """One way an object breaks its schema."""

    at: str
    message: str


def schemas(objects: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """(apiVersion, kind) -> schema, for every served version of every CRD among the objects."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for item in objects:
        if item.get("kind") != "CustomResourceDefinition":
            continue
        group = next(iter(lookup.find(item, "spec.group")), "")
        kind = next(iter(lookup.find(item, "spec.names.kind")), "")
        for version in next(iter(lookup.find(item, "spec.versions")), None) or ():
            schema = next(iter(lookup.find(version, "schema.openAPIV3Schema")), None)
            if isinstance(schema, Mapping) and version.get("served", True):
                found[f"{group}/{version.get('name')}", str(kind)] = schema
    return found


def groups(objects: Sequence[Mapping[str, Any]]) -> set[str]:
    """API groups that have a CRD among the objects."""
    return {str(group) for item in objects if item.get("kind") == "CustomResourceDefinition" for group in lookup.find(item, "spec.group")}


def judge(value: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Fault]:
    """Everything in a custom resource that its schema does not allow."""
    spec = {key: item for key, item in value.items() if key not in ("apiVersion", "kind", "metadata")}
    return list(_judge(spec, {**schema, "required": _without_envelope(schema.get("required"))}, "", 0))


def _without_envelope(required: Any) -> list[str]:
    return [name for name in required or () if name not in ("apiVersion", "kind", "metadata")]


def unevaluated(schema: Any) -> int:
    """How many rules of a schema this module cannot evaluate."""
    if isinstance(schema, Mapping):
        rules = schema.get("x-kubernetes-validations")
        here = (len(rules) if isinstance(rules, list) else 0) + (isinstance(schema.get("pattern"), str) and not _quick(schema["pattern"]))
        return here + sum(unevaluated(item) for item in schema.values())
    return sum(unevaluated(item) for item in schema) if isinstance(schema, list) else 0


def _judge(value: Any, schema: Any, at: str, depth: int) -> Iterator[Fault]:
    if not isinstance(schema, Mapping) or depth > _DEPTH_LIMIT:
        return
    if value is None:
        if not schema.get("nullable"):
            yield Fault(at=at, message="must not be null")
        return
    if (wrong := _wrong_type(value, schema)) is not None:
        yield Fault(at=at, message=wrong)
        return
    yield from _bounds(value, schema, at)
    if isinstance(value, Mapping):
        yield from _members(value, schema, at, depth)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _judge(item, schema.get("items"), f"{at}[{index}]", depth + 1)
    yield from _combined(value, schema, at, depth)


def _wrong_type(value: Any, schema: Mapping[str, Any]) -> str | None:
    if schema.get("x-kubernetes-int-or-string"):
        fits = isinstance(value, int | str) and not isinstance(value, bool)
        return None if fits else "must be an integer or text"
    wanted = schema.get("type")
    if not isinstance(wanted, str) or wanted not in _TYPES:
        return None
    fits = isinstance(value, _TYPES[wanted]) and (wanted == "boolean" or not isinstance(value, bool))
    return None if fits else f"must be of type {wanted}, not {lookup.shown(value)}"


def _members(value: Mapping[str, Any], schema: Mapping[str, Any], at: str, depth: int) -> Iterator[Fault]:
    properties = schema.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    extra = schema.get("additionalProperties")
    open_ended = bool(schema.get("x-kubernetes-preserve-unknown-fields")) or bool(extra) or schema.get("type") != "object"
    for name in schema.get("required") or ():
        if name not in value:
            yield Fault(at=f"{at}.{name}".lstrip("."), message="is required")
    for name, item in value.items():
        place = f"{at}.{name}".lstrip(".")
        if name in properties:
            yield from _judge(item, properties[name], place, depth + 1)
        elif isinstance(extra, Mapping):
            yield from _judge(item, extra, place, depth + 1)
        elif not open_ended:
            yield Fault(at=place, message="is not a field of this kind")


def _bounds(value: Any, schema: Mapping[str, Any], at: str) -> Iterator[Fault]:
    allowed = schema.get("enum")
    if isinstance(allowed, list) and not any(lookup.same(value, item) for item in allowed):
        yield Fault(at=at, message=f"{lookup.shown(value)} is none of {', '.join(map(str, allowed[:10]))}")
    for rule, measure, fits in _measures(value):
        bound = schema.get(rule)
        if isinstance(bound, int | float) and not fits(measure, bound):
            yield Fault(at=at, message=f"{lookup.shown(value)} breaks {rule} {bound}")
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and isinstance(value, str) and not _matches(pattern, value):
        yield Fault(at=at, message=f"{lookup.shown(value)} does not match {lookup.shown(pattern)}")


def _measures(value: Any) -> tuple[tuple[str, float, Callable[[Any, Any], bool]], ...]:
    """What can be compared with a bound: a number by its value, text, lists and tables by their length."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (("minimum", value, operator.ge), ("maximum", value, operator.le))
    names = ((str, "Length"), (list, "Items"), (Mapping, "Properties"))
    name = next((name for kind, name in names if isinstance(value, kind)), "")
    return ((f"min{name}", len(value), operator.ge), (f"max{name}", len(value), operator.le)) if name else ()


def _matches(pattern: str, value: str) -> bool:
    if len(value) > _PATTERN_VALUE or not _quick(pattern):
        return True
    try:
        return re.search(pattern, value) is not None
    except re.error:
        # Go's dialect is not Python's; a pattern we cannot read is not evidence against the value.
        return True


def _quick(pattern: str) -> bool:
    """Whether matching cannot explode: Go's engine is linear, Python's is not, and a CRD is somebody else's text."""
    return _REPEATED_GROUP.search(pattern) is None and len(_REPEAT.findall(pattern)) <= _REPEATS


def _combined(value: Any, schema: Mapping[str, Any], at: str, depth: int) -> Iterator[Fault]:
    def fits(part: Any) -> bool:
        return next(_judge(value, part, at, depth + 1), None) is None

    for part in schema.get("allOf") or ():
        yield from _judge(value, part, at, depth + 1)
    anyof, oneof = schema.get("anyOf") or (), schema.get("oneOf") or ()
    if anyof and not any(fits(part) for part in anyof):
        yield Fault(at=at, message="fits none of the allowed forms")
    if oneof and sum(fits(part) for part in oneof) != 1:
        yield Fault(at=at, message="must fit exactly one of the allowed forms")
    if isinstance(schema.get("not"), Mapping) and fits(schema["not"]):
        yield Fault(at=at, message="has a forbidden form")
