"""From files and environment to one frozen `Settings`, with the origin of every value."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from twelve.model.errors import ConfigError, TwelveError
from twelve.model.settings import Settings
from twelve.system import files
from twelve.system.config import checking, keypath, tightening
from twelve.system.config.checking import Problem
from twelve.system.config.keypath import KeyPath
from twelve.system.documents.tables import canonical_json, load_toml
from twelve.system.documents.trouble import DocumentError

TRACKED = "twelve.toml"
LOCAL = ".twelve/local.toml"
PREFIX = "TWELVE__"
SIZE_LIMIT = 256_000
"""Bytes of one configuration file (ours)."""
DEFAULT = "default"
_SHOWN = 5


class Loaded(Struct, frozen=True, kw_only=True):
    """The policy in force and where each value came from."""

    settings: Settings
    origins: dict[str, str]
    """Dotted key -> `twelve.toml:12`, `default`, `.twelve/local.toml:3` or `env TWELVE__RUN__TOKENS`."""
    digest: str
    """sha256 of the settings in force; equal policies have equal digests, however they are written."""


class _Layer(Struct, frozen=True, kw_only=True):
    """One source of settings."""

    name: str
    table: dict[str, Any]
    places: dict[KeyPath, int] = msgspec.field(default_factory=dict)
    variables: dict[KeyPath, str] = msgspec.field(default_factory=dict)
    tightens_only: bool = True

    def origin(self, path: KeyPath) -> str:
        for end in range(len(path), 0, -1):
            if path[:end] in self.variables:
                return f"env {self.variables[path[:end]]}"
        for variable_path, variable in self.variables.items():
            # The part that is wrong may lie above the value the variable sets.
            if variable_path[: len(path)] == path:
                return f"env {variable}"
        line = keypath.line_of(self.places, path)
        return f"{self.name}:{line}" if line else self.name


def _refuse(layer: _Layer, problems: list[Problem]) -> None:
    if not problems:
        return
    said = []
    for problem in problems[:_SHOWN]:
        hint = f"; did you mean {problem.suggestion!r}?" if problem.suggestion else ""
        said.append(f"{layer.origin(problem.path)}: {keypath.join(problem.path)}: {problem.message}{hint}")
    more = f"and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    first = problems[0]
    advice = f"write {first.suggestion!r} instead of {first.path[-1]!r}" if first.suggestion else f"correct {keypath.join(first.path)}"
    raise ConfigError(said[0], why="\n     ".join([*said[1:], *([more] if more else [])]), next=f"{advice} in {layer.name}")


def _from_text(text: str, name: str, *, tightens_only: bool) -> _Layer:
    try:
        table = load_toml(text, name=name, limit=SIZE_LIMIT)
    except DocumentError as error:
        raise ConfigError(error.what, next=f"correct {name} and run the command again") from None
    return _Layer(name=name, table=table, places=keypath.lines(text.removeprefix("\ufeff")), tightens_only=tightens_only)


def _from_file(root: Path, name: str, *, tightens_only: bool) -> _Layer | None:
    try:
        path = files.confined(root, name)
        if not os.path.lexists(path):
            return None
        data = files.read_bounded(path, SIZE_LIMIT)
    except (TwelveError, NotADirectoryError) as error:
        what, why = (error.what, error.why) if isinstance(error, TwelveError) else (str(error), "")
        raise ConfigError(f"{name}: {what}", why=why, next=f"make {name} a plain file of this repository") from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}:{line}: not UTF-8 text", why="TOML is UTF-8", next=f"save {name} as UTF-8") from None
    return _from_text(text, name, tightens_only=tightens_only)


def _known_name(part: str, table: Any) -> str:
    """The existing name a variable's part means: variables cannot hold dashes, and are upper case by habit."""
    folded = part.lower()
    names = table if isinstance(table, dict) else {}
    return next((name for name in names if name.lower().replace("-", "_").replace(".", "_") == folded), folded)


def _variable_value(raw: str, kind: Any) -> Any:
    if kind is not Any and kind is not None:
        try:
            msgspec.convert(raw, kind)
        except msgspec.ValidationError:
            pass
        else:
            return raw
    try:
        return tomllib.loads(f"value = {raw}")["value"] if "\n" not in raw else raw
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return raw


def _descend(kind: Any, part: str) -> Any:
    struct = checking.struct_in(kind)
    if struct:
        return checking.members(struct).get(part)
    return checking.element_of(kind) if kind is not Any else Any


def _from_environment(env: Mapping[str, str], merged: dict[str, Any]) -> _Layer | None:
    table: dict[str, Any] = {}
    variables: dict[KeyPath, str] = {}
    for variable in sorted(name for name in env if name.startswith(PREFIX)):
        kind: Any = Settings
        known: Any = merged
        path: KeyPath = ()
        for part in variable.removeprefix(PREFIX).split("__"):
            struct = checking.struct_in(kind)
            name = _known_name(part, checking.members(struct) if struct else known)
            known = known.get(name) if isinstance(known, dict) else None
            kind = _descend(kind, name)
            path = (*path, name)
        inner = table
        for part in path[:-1]:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                raise ConfigError(f"{variable} and another variable contradict each other", next="unset one of them")
        inner[path[-1]] = _variable_value(env[variable], kind)
        variables[path] = variable
    return _Layer(name="the environment", table=table, variables=variables) if table else None


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


class _Stack:
    """The layers taken so far, merged and checked."""

    def __init__(self) -> None:
        self.table: dict[str, Any] = {}
        self.settings = Settings()
        self.origins: dict[KeyPath, str] = {}

    def take(self, layer: _Layer | None) -> None:
        if layer is None:
            return
        _refuse(layer, checking.shape_problems(layer.table))
        table = _merge(self.table, layer.table)
        try:
            settings = msgspec.convert(table, Settings)
        except (msgspec.ValidationError, RecursionError) as error:
            raise ConfigError(f"{layer.name}: {error}", next=f"correct {layer.name}") from None
        own = list(keypath.flatten(layer.table))
        _refuse(layer, checking.bound_problems(settings, own))
        if layer.tightens_only:
            _refuse(layer, tightening.loosened(self.settings, settings))
        self.table, self.settings = table, settings
        self.origins |= {path: layer.origin(path) for path, _ in own}

    def loaded(self) -> Loaded:
        leaves = keypath.flatten(msgspec.to_builtins(self.settings))
        origins = {keypath.join(path): self.origins.get(path, DEFAULT) for path, _ in leaves}
        digest = hashlib.sha256(canonical_json(self.settings)).hexdigest()
        return Loaded(settings=self.settings, origins=origins, digest=digest)


def load(root: Path, *, env: Mapping[str, str] | None = None, tracked_only: bool = False) -> Loaded:
    """The policy of the repository at `root`.

    `env` defaults to the process environment. `tracked_only` leaves out the local file and the
    environment, as verification does. ConfigError, with file and line, for anything unknown,
    malformed, out of bounds, or loosened by a layer that may only tighten.
    """
    stack = _Stack()
    stack.take(_from_file(root, TRACKED, tightens_only=False))
    if not tracked_only:
        stack.take(_from_file(root, LOCAL, tightens_only=True))
        stack.take(_from_environment(os.environ if env is None else env, msgspec.to_builtins(stack.settings)))
    return stack.loaded()


def load_text(text: str, *, name: str = TRACKED) -> Loaded:
    """The policy a tracked file with this content would be, e.g. that of another commit. ConfigError as `load`."""
    stack = _Stack()
    stack.take(_from_text(text, name, tightens_only=False))
    return stack.loaded()
