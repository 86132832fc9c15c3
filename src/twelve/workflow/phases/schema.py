"""From front matter to a typed artefact, with one finding per field that does not fit, and never an exception."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

import msgspec
from msgspec import NODEFAULT, Struct, structs

from twelve.model.finding import Finding, Severity
from twelve.workflow.phases.checklist import Checklist

_PLACE = re.compile(r" - at `\$?\.?([^`]*)`$")


class Artefact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every phase's artefact starts with."""

    NAME: ClassVar[str] = ""

    schema: str
    run: str
    phase: str
    checklist: Checklist


T = TypeVar("T", bound=Artefact)


def schema_id(type: type[Artefact]) -> str:
    """Versioned name an artefact carries in its `schema` field."""
    return f"twelve.{type.NAME}.v1"


def finding(name: str, rule: str, message: str, *, anchor: str = "", fix: str = "", path: str = "", warn: bool = False) -> Finding:
    """A finding whose rule id starts with the phase's name."""
    severity = Severity.WARNING if warn else Severity.ERROR
    return Finding(rule=f"{name}-{rule}", message=message, path=path, anchor=anchor, fix=fix, severity=severity)


def read(meta: Mapping[str, Any], type: type[T], *, run: str, path: str = "") -> tuple[T | None, tuple[Finding, ...]]:
    """The typed artefact, or None with every field that is missing, unknown or of the wrong type."""
    found: list[Finding] = []
    values: dict[str, Any] = {}
    fields = {field.encode_name: field for field in structs.fields(type)}
    for key in meta:
        if key not in fields:
            found.append(_unknown(type.NAME, str(key), fields, path))
    for name, field in fields.items():
        if name not in meta:
            if field.default is NODEFAULT and field.default_factory is NODEFAULT:
                text = f"`{name}` is missing"
                found.append(finding(type.NAME, "field-missing", text, anchor=name, fix=f"add `{name}` as the format says", path=path))
            continue
        try:
            values[field.name] = msgspec.convert(meta[name], field.type)
        except (msgspec.ValidationError, RecursionError, TypeError) as trouble:
            found.append(_misfit(type.NAME, name, str(trouble), path))
    found.extend(_identity(meta, type, run, path))
    return (None, tuple(found)) if found else (type(**values), ())


def _identity(meta: Mapping[str, Any], type: type[Artefact], run: str, path: str) -> list[Finding]:
    """An artefact belongs to this phase of this run, and says so."""
    wanted = {"schema": schema_id(type), "run": run, "phase": type.NAME}
    return [
        finding(type.NAME, f"wrong-{key}", f"`{key}` must be `{value}`", anchor=key, path=path)
        for key, value in wanted.items()
        if key in meta and meta[key] != value
    ]


def _unknown(name: str, key: str, fields: Mapping[str, Any], path: str) -> Finding:
    near = difflib.get_close_matches(key[:80], list(fields), n=1)
    fix = f"did you mean `{near[0]}`?" if near else "put free text below the front matter"
    return finding(name, "field-unknown", f"`{key[:80]}` is not a field of {name}", anchor=key[:80], fix=fix, path=path)


def _misfit(name: str, field: str, text: str, path: str) -> Finding:
    place = _PLACE.search(text)
    inner = place.group(1) if place else ""
    where = field + (inner if inner.startswith("[") or not inner else f".{inner}")
    problem = _PLACE.sub("", text)
    if re.search(r"(^|\.)(command|check)$", re.sub(r"\[[^]]*\]", "", where)) and "`str`" in problem.split("got")[-1]:
        return finding(
            name,
            "command-not-a-list",
            f"`{where}` is one string",
            anchor=where,
            fix="write it as a list: [program, argument, …]",
            path=path,
        )
    fix = "put quotes around it" if "Expected `str`, got" in problem else "write it as the format says"
    return finding(name, "field-wrong-type", f"`{where}`: {problem}", anchor=where, fix=fix, path=path)
