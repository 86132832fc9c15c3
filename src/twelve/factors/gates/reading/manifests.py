"""Assertions over rendered Kubernetes objects: which objects, which value, what it must be.

    kind = "Redis"                      the objects meant: kind, name, namespace, api_version; "*" is every kind
    at = "spec.replicas"                the value, written as `lookup` explains
    equals = 5                          one of: equals, matches (regular expression), contains (text or list item),
                                        absent = true, or nothing: the value must exist
    together = ["a.b", "a.c"]           these paths must not all exist in one object
    count = 1                           that many objects; without it at least one must exist

Absent objects fail: an assertion that looks at nothing proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from twelve.factors.gates.reading import crd, lookup
from twelve.model.errors import ConfigError
from twelve.model.finding import Finding, Severity
from twelve.system import documents, redact

Manifest = Mapping[str, Any]


class Assertion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What must hold for the objects it selects."""

    kind: str = "*"
    name: str = ""
    namespace: str = ""
    api_version: str = ""
    except_kinds: tuple[str, ...] = ()
    """Kinds left out of a "*" selection, e.g. cluster-wide ones."""
    at: str = ""
    equals: Any = UNSET
    matches: str = ""
    contains: str = ""
    absent: bool = False
    together: tuple[str, ...] = ()
    count: int | UnsetType = UNSET
    reason: str = ""
    """Why this must hold; shown with the finding."""


def load(text: str, name: str) -> tuple[Manifest, ...]:
    """Objects of rendered YAML, `List` kinds unfolded. Raises DocumentError, ConfigError for a document that is no object."""
    objects: list[Manifest] = []
    for document in documents.load_yaml_all(text, name=name, limit=20_000_000, lenient=True):
        if document is None:
            continue
        if not isinstance(document, Mapping) or not isinstance(document.get("kind"), str) or not document.get("apiVersion"):
            raise ConfigError(
                f"{name} holds a document without kind and apiVersion", why=lookup.shown(document), next="render Kubernetes objects only"
            )
        items = document.get("items")
        if document["kind"].endswith("List") and isinstance(items, list):
            objects += [item for item in items if isinstance(item, Mapping)]
        else:
            objects.append(document)
    return tuple(objects)


def title(item: Manifest) -> str:
    """`Kind/namespace/name`, the identity people know."""
    metadata = item.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    parts = (item.get("kind"), metadata.get("namespace"), metadata.get("name"))
    return "/".join(str(part) for part in parts if part)


def judge(objects: Sequence[Manifest], assertion: Assertion, path: str) -> Iterator[Finding]:
    """Findings of one assertion. Raises ConfigError and re.error for one that cannot be read."""
    chosen = [item for item in objects if _selected(item, assertion)]
    wanted = _wanted(assertion)
    if assertion.count is not UNSET and len(chosen) != assertion.count:
        yield _finding("object-count", path, f"{len(chosen)} objects {wanted}, not {assertion.count}", assertion, wanted)
    elif not chosen and assertion.count is UNSET:
        yield _finding("object-missing", path, f"no object {wanted}", assertion, wanted)
    for item in chosen:
        if assertion.together:
            yield from _together(item, assertion, path)
        if assertion.at:
            yield from _value(item, assertion, path)


def schema_faults(objects: Sequence[Manifest], path: str) -> Iterator[Finding]:
    """Custom resources that break the CRD rendered with them, and versions no CRD serves."""
    known = crd.schemas(objects)
    groups = crd.groups(objects)
    for item in objects:
        version = str(item.get("apiVersion"))
        schema = known.get((version, str(item.get("kind"))))
        if schema is None:
            if version.partition("/")[0] in groups:
                message = f"{title(item)}: no rendered CRD serves {version} {item.get('kind')}"
                yield Finding(rule="crd-not-served", path=path, message=message, fix="use a served version", anchor=title(item))
            continue
        for fault in crd.judge(item, schema):
            message = f"{title(item)}: {fault.at} {fault.message}"
            yield Finding(rule="crd-schema", path=path, message=message, fix="follow the CRD's schema", anchor=f"{title(item)} {fault.at}")
        if skipped := crd.unevaluated(schema):
            message = f"{title(item)}: {skipped} rules of its CRD (CEL, costly patterns) were not evaluated"
            yield Finding(rule="crd-unevaluated", path=path, message=message, severity=Severity.INFO, anchor=title(item))


def duplicates(objects: Sequence[Manifest], path: str) -> Iterator[Finding]:
    """Objects that occur twice under one identity."""
    seen: set[tuple[str, str]] = set()
    for item in objects:
        key = (str(item.get("apiVersion")), title(item))
        if key in seen:
            yield Finding(
                rule="object-duplicate", path=path, message=f"{title(item)} is rendered twice", fix="keep one of them", anchor=title(item)
            )
        seen.add(key)


def _selected(item: Manifest, assertion: Assertion) -> bool:
    metadata = item.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    kind = item.get("kind")
    return (
        (kind == assertion.kind or (assertion.kind == "*" and kind not in assertion.except_kinds))
        and (not assertion.name or metadata.get("name") == assertion.name)
        and (not assertion.namespace or metadata.get("namespace") == assertion.namespace)
        and (not assertion.api_version or item.get("apiVersion") == assertion.api_version)
    )


def _wanted(assertion: Assertion) -> str:
    parts = (assertion.api_version, assertion.kind, assertion.namespace, assertion.name)
    return "matches " + "/".join(part for part in parts if part)


def _together(item: Manifest, assertion: Assertion, path: str) -> Iterator[Finding]:
    if all(lookup.find(item, place) for place in assertion.together):
        yield _finding(
            "value-combination", path, f"{title(item)}: {' and '.join(assertion.together)} stand together", assertion, title(item)
        )


def _value(item: Manifest, assertion: Assertion, path: str) -> Iterator[Finding]:
    found = lookup.find(item, assertion.at)
    place = f"{title(item)}: {assertion.at}"
    if assertion.absent:
        if found:
            yield _finding("value-forbidden", path, f"{place} must be absent", assertion, place)
    elif not found:
        yield _finding("value-missing", path, f"{place} is absent", assertion, place)
    else:
        # A Secret's values never reach a message, whatever the assertion looks at.
        hidden = item.get("kind") == "Secret"
        for value in found:
            if wrong := _wrong(value, assertion):
                said = "has another value" if hidden else f"is {redact.redact(lookup.shown(value))}, {wrong}"
                yield _finding("value-wrong", path, f"{place} {said}", assertion, place)


def _wrong(value: Any, assertion: Assertion) -> str:
    if assertion.equals is not UNSET and not lookup.same(value, assertion.equals):
        return f"not {lookup.shown(assertion.equals)}"
    if assertion.matches and not (isinstance(value, str) and re.search(assertion.matches, value[:100_000], re.MULTILINE)):
        return f"which does not match {lookup.shown(assertion.matches)}"
    if assertion.contains and not (isinstance(value, str | list) and assertion.contains in value):
        return f"which does not contain {lookup.shown(assertion.contains)}"
    return ""


def _finding(rule: str, path: str, message: str, assertion: Assertion, anchor: str) -> Finding:
    said = f"{message} ({assertion.reason})" if assertion.reason else message
    return Finding(
        rule=rule, path=path, message=said, fix="correct the manifests that render to it", anchor=f"{anchor} {'+'.join(assertion.together)}"
    )
