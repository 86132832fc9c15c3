"""Is a layer well formed? Every key known, every value of its type, every number in its bounds."""

from __future__ import annotations

import difflib
import math
import re
import types
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct, structs

from twelve.model.settings import Settings
from twelve.system.config.keypath import KeyPath, join

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a gate or harness may be called: it becomes part of file names and of notes."""


class Problem(Struct, frozen=True):
    """One thing wrong with a layer: where, what, and a correction when there is an obvious one."""

    path: KeyPath
    message: str
    suggestion: str = ""


@cache
def members(kind: type[Struct]) -> dict[str, Any]:
    """Field name -> type of a settings struct."""
    return {found.encode_name: found.type for found in _fields(kind)}


@cache
def _fields(kind: type[Struct]) -> tuple[structs.FieldInfo, ...]:
    """Asking evaluates every annotation of the type; a policy has many tables of one type."""
    return structs.fields(kind)


def struct_in(kind: Any) -> type[Struct] | None:
    """The struct a field holds, also when it may be None; None for every other type."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return kind
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return next((found for found in map(struct_in, typing.get_args(kind)) if found), None)
    return None


def element_of(kind: Any) -> Any:
    """The value type of a `dict[str, T]`; None for every other type."""
    return typing.get_args(kind)[1] if typing.get_origin(kind) is dict else None


def nearest(word: str, known: typing.Iterable[str]) -> str:
    """The known word most like this one, "" when none is."""
    found = difflib.get_close_matches(word.lower(), list(known), 1, 0.6)
    return found[0] if found else ""


def _type_problem(value: Any, kind: Any, path: KeyPath) -> Iterator[Problem]:
    try:
        msgspec.convert(value, kind)
    except (msgspec.ValidationError, RecursionError, OverflowError) as error:
        message, _, place = str(error).partition(" - at `$")
        where = f" at item {place.rstrip('`')}" if place else ""
        yield Problem(path, f"{message[:1].lower()}{message[1:]}{where}")


def _struct_problems(table: Any, kind: type[Struct], path: KeyPath) -> Iterator[Problem]:
    if not isinstance(table, dict):
        yield Problem(path, f"expected a table, got `{type(table).__name__}`")
        return
    known = members(kind)
    for key, value in table.items():
        if key in known:
            yield from _problems(value, known[key], (*path, key))
        else:
            yield Problem((*path, key), "unknown setting" if path else "unknown section", nearest(key, known))
    required = [found.encode_name for found in _fields(kind) if found.required and found.encode_name not in table]
    if required:
        yield Problem(path, f"{required[0]} is missing")


def _problems(value: Any, kind: Any, path: KeyPath) -> Iterator[Problem]:
    struct, element = struct_in(kind), element_of(kind)
    if struct:
        yield from _struct_problems(value, struct, path)
    elif element is not None and isinstance(value, dict):
        for key, member in value.items():
            if struct_in(element) and not NAME.fullmatch(key):
                yield Problem((*path, key), "a name is letters, digits, dot, dash and underscore, at most 64, first a letter or digit")
            yield from _problems(member, element, (*path, key))
    else:
        yield from _type_problem(value, kind, path)


def shape_problems(layer: dict[str, Any]) -> list[Problem]:
    """Unknown keys and wrong types of one layer, in its own order."""
    return list(_struct_problems(layer, Settings, ()))


_AT_LEAST_ONE = frozenset(
    ("context.window_tokens", "run.retry_transient", "run.workers", "orchestration.max_subtasks", "patterns.cluster_min")
)
_SHARES = frozenset(("router.auto", "router.suggest", "telemetry.alert_error", "approvals.healthy_rate"))
_FREE = "options"


def _number_problems(path: KeyPath, value: float) -> Iterator[Problem]:
    key = join(path)
    if not math.isfinite(value) or value < 0:
        yield Problem(path, f"{value} is not a number from 0 on")
    elif key in _AT_LEAST_ONE and value < 1:
        yield Problem(path, f"{value} is less than 1")
    elif (key in _SHARES or key.endswith("_ratio")) and not key.startswith("bundles.") and value > 1:
        yield Problem(path, f"{value} is more than 1; a share is between 0 and 1")


def _value_problems(path: KeyPath, value: Any) -> Iterator[Problem]:
    if isinstance(value, bool) or _FREE in path:
        return
    if isinstance(value, (int, float)):
        yield from _number_problems(path, value)
    elif isinstance(value, (list, tuple)) and value and all(isinstance(item, (int, float)) for item in value):
        for item in value:
            yield from _number_problems(path, item)
        if list(value) != sorted(value):
            yield Problem(path, f"{list(value)} is not in rising order")


def bound_problems(settings: Settings, leaves: list[tuple[KeyPath, Any]]) -> list[Problem]:
    """Numbers that make no sense, alone or together. `leaves` are the flattened merged settings."""
    found = [problem for path, value in leaves for problem in _value_problems(path, value)]
    if settings.context.critical_ratio < settings.context.budget_ratio:
        found.append(Problem(("context", "critical_ratio"), f"{settings.context.critical_ratio} is below context.budget_ratio"))
    if settings.router.auto < settings.router.suggest:
        found.append(Problem(("router", "auto"), f"{settings.router.auto} is below router.suggest"))
    if settings.exemptions.ttl_h > settings.exemptions.max_ttl_h:
        found.append(Problem(("exemptions", "ttl_h"), f"{settings.exemptions.ttl_h} is above exemptions.max_ttl_h"))
    return found
