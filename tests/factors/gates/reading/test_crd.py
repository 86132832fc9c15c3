from __future__ import annotations

from typing import Any

import pytest

from twelve.factors.gates.reading import crd

_SPEC = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "maximum": 9},
        "mode": {"type": "string", "enum": ["a", "b"], "nullable": True},
        "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
        "port": {"x-kubernetes-int-or-string": True},
        "tags": {"type": "array", "minItems": 1, "items": {"type": "string"}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "store": {"type": "object", "properties": {"a": {}, "b": {}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        "on": {"type": "boolean"},
    },
}
_SCHEMA = {"type": "object", "required": ["spec", "metadata"], "properties": {"spec": _SPEC}}


def _faults(**spec: Any) -> list[tuple[str, str]]:
    value = {"apiVersion": "g/v1", "kind": "K", "metadata": {"name": "x"}, "spec": spec}
    return [(fault.at, fault.message) for fault in crd.judge(value, _SCHEMA)]


@pytest.mark.parametrize(
    "spec",
    [
        {"size": 3},
        {"size": 1, "mode": None, "name": "abc", "port": "http", "tags": ["x"]},
        {"size": 9, "port": 80, "labels": {"any": "text"}, "free": {"x": {"y": 1}}, "on": False, "store": {"a": 1}},
    ],
)
def test_what_the_schema_allows_passes(spec: dict[str, Any]) -> None:
    assert _faults(**spec) == []


@pytest.mark.parametrize(
    ("spec", "at"),
    [
        ({}, "spec.size"),
        ({"size": 0}, "spec.size"),
        ({"size": 10}, "spec.size"),
        ({"size": "3"}, "spec.size"),
        ({"size": True}, "spec.size"),
        ({"size": None}, "spec.size"),
        ({"size": 3, "sise": 3}, "spec.sise"),
        ({"size": 3, "mode": "c"}, "spec.mode"),
        ({"size": 3, "name": "ABC"}, "spec.name"),
        ({"size": 3, "name": "abcdef"}, "spec.name"),
        ({"size": 3, "port": 1.5}, "spec.port"),
        ({"size": 3, "tags": []}, "spec.tags"),
        ({"size": 3, "tags": ["a", 1]}, "spec.tags[1]"),
        ({"size": 3, "labels": {"a": 1}}, "spec.labels.a"),
        ({"size": 3, "store": {"a": 1, "b": 2}}, "spec.store"),
        ({"size": 3, "on": "yes"}, "spec.on"),
    ],
)
def test_what_it_does_not_allow_is_named_by_its_path(spec: dict[str, Any], at: str) -> None:
    assert [place for place, _ in _faults(**spec)] == [at]


def test_schemas_are_found_per_served_version() -> None:
    versions = [
        {"name": "v1", "served": True, "schema": {"openAPIV3Schema": _SCHEMA}},
        {"name": "v0", "served": False, "schema": {"openAPIV3Schema": {}}},
    ]
    definition = {"kind": "CustomResourceDefinition", "spec": {"group": "g", "names": {"kind": "K"}, "versions": versions}}
    assert set(crd.schemas([definition, {"kind": "Other"}])) == {("g/v1", "K")}
    assert crd.groups([definition]) == {"g"}


def test_rules_that_cannot_be_evaluated_are_counted() -> None:
    assert crd.unevaluated({"properties": {"a": {"x-kubernetes-validations": [{"rule": "self > 1"}, {"rule": "true"}]}}}) == 2


@pytest.mark.parametrize("schema", [{}, {"properties": []}, {"type": 3}, {"required": None, "properties": {"spec": "x"}}, {"pattern": "("}])
def test_odd_schemas_do_not_crash(schema: dict[str, Any]) -> None:
    crd.judge({"apiVersion": "g/v1", "kind": "K", "spec": {"a": "b"}}, schema)


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "a*a*a*a*a*b", "^(a{1,9}){1,9}$", "^([a-z]+){5}$"])
def test_a_pattern_that_could_take_for_ever_is_counted_and_not_tried(pattern: str) -> None:
    schema = {"type": "object", "properties": {"spec": {"type": "string", "pattern": pattern}}}
    assert crd.judge({"spec": "a" * 60 + "!"}, schema) == []
    assert crd.unevaluated(schema) == 1


@pytest.mark.parametrize("pattern", [r"^[0-9]+(\.[0-9]+)?(Ki|Mi|Gi)?$", "^[a-z]([-a-z0-9]*[a-z0-9])?$"])
def test_the_usual_patterns_are_tried(pattern: str) -> None:
    schema = {"type": "object", "properties": {"spec": {"type": "string", "pattern": pattern}}}
    assert [fault.at for fault in crd.judge({"spec": "!"}, schema)] == ["spec"]
    assert crd.unevaluated(schema) == 0


def test_deep_nesting_ends() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    schema["properties"]["a"] = schema
    value: dict[str, Any] = {}
    inner = value
    for _ in range(200):
        inner["a"] = {}
        inner = inner["a"]
    assert crd.judge(value, schema) == []
