"""Why a setting has its value: origin, default, source of the default, and what it means."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import NODEFAULT, Struct, structs, to_builtins

from twelve.model import gate, guard, settings
from twelve.model.errors import ConfigError
from twelve.model.settings import Settings
from twelve.system.config import checking, keypath
from twelve.system.config.loading import DEFAULT, Loaded

_SOURCE = re.compile(r"\(((?:S\d|U:|ours|C\d)[^()]*)\)")
OURS = "ours"

_PLAIN: dict[str, str] = {
    "GateSettings.kind": "Gate kind; docs/reference/gate-kinds.md lists them all.",
    "GateSettings.title": "What the gate is called in reports; empty = its id.",
    "GateSettings.phase": "Phases whose end this gate guards.",
    "GateSettings.need": "`required` means PASS; `optional` may SKIP and is then recorded as unverified.",
    "GateSettings.cwd": "Folder the command runs in, relative to the repository.",
    "GateSettings.env": "Variables added to the command's environment.",
    "GateSettings.timeout_s": "Longest run, seconds; 0 = the kind's default.",
    "GateSettings.parser": "How the command's answer is read: exit, junit, sarif, cobertura or regex.",
    "GateSettings.retry": "`transient` tries again after a time-out or a lost connection; a red result is never retried.",
    "GateSettings.cost": "Place in the order of running, cheapest first; absent = the kind's own.",
    "GateSettings.cache": "Whether an unchanged input may reuse the last verdict.",
    "GateSettings.prove": "A defect to plant so that the gate can be seen red.",
    "HarnessSettings.env": "Variables added to the client's environment.",
}
"""Fields whose meaning their name nearly says; everything else is documented where it is defined."""


class Explanation(Struct, frozen=True, kw_only=True):
    """One setting, explained."""

    value: Any
    origin: str
    default: Any
    source: str
    """Where the default comes from: a tag of the method's documents, or `ours`."""
    doc: str


def _documented(kind: ast.ClassDef) -> dict[str, str]:
    """Field -> docstring. A docstring after several fields in a row describes them all."""
    found: dict[str, str] = {}
    waiting: list[str] = []
    for node in kind.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            waiting.append(node.target.id)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            text = " ".join(node.value.value.split())
            for name in waiting:
                found[f"{kind.name}.{name}"] = text
            waiting = []
    return found


@cache
def docs(module: ModuleType) -> dict[str, str]:
    """`Class.field` -> docstring for every settings class of a module."""
    source = Path(str(module.__file__))
    if source.suffix != ".py" or not source.is_file():
        return {}
    classes = [node for node in ast.parse(source.read_text("utf-8")).body if isinstance(node, ast.ClassDef)]
    return {key: text for kind in classes for key, text in _documented(kind).items()}


def doc_of(kind: type[Struct], name: str) -> str:
    """What a field means, "" when nobody said."""
    known = {**docs(settings), **docs(gate), **docs(guard), **_PLAIN}
    # A field may be documented where it was first defined, in a class this one extends.
    return next((known[key] for key in (f"{base.__name__}.{name}" for base in kind.__mro__) if key in known), "")


def _default_of(kind: type[Struct], name: str) -> Any:
    for found in structs.fields(kind):
        if found.encode_name == name:
            if found.default is not NODEFAULT:
                return to_builtins(found.default)
            return to_builtins(found.default_factory()) if found.default_factory is not NODEFAULT else None
    return None


def _unknown(key: str, loaded: Loaded) -> ConfigError:
    near = checking.nearest(key, loaded.origins)
    inside = sorted(other for other in loaded.origins if other.startswith(f"{key}."))
    if inside:
        listed = ", ".join(inside[:20]) + (" and more" if len(inside) > 20 else "")
        return ConfigError(f"{key} is a section, not a setting", why=f"it holds {listed}", next=f"ask for one of them, e.g. {inside[0]}")
    return ConfigError(f"there is no setting {key}", next=f"did you mean {near}?" if near else "`twelve config show` lists them all")


def explain(loaded: Loaded, key: str) -> Explanation:
    """The value of a dotted key and everything known about it. ConfigError when there is no such setting."""
    path = keypath.split(key)
    if not path:
        raise _unknown(key, loaded)
    kind: Any = Settings
    value: Any = to_builtins(loaded.settings)
    owner: tuple[type[Struct], str] = (Settings, path[0])
    for part in path:
        struct = checking.struct_in(kind)
        if not isinstance(value, dict) or part not in value:
            raise _unknown(key, loaded)
        if struct:
            owner = (struct, part)
            kind = checking.members(struct)[part]
        else:
            kind = checking.element_of(kind)
        value = value[part]
    if isinstance(value, dict) and (checking.struct_in(kind) or checking.struct_in(checking.element_of(kind))):
        raise _unknown(key, loaded)
    doc = doc_of(*owner)
    source = _SOURCE.search(doc)
    # A value inside a free table (`env`, `options`, `factors`) has no default of its own.
    default = _default_of(*owner) if path[-1] == owner[1] else None
    origin = loaded.origins.get(keypath.join(path)) or _origin_inside(loaded, keypath.join(path))
    return Explanation(value=value, origin=origin, default=default, source=source[1] if source else OURS, doc=doc)


def _origin_inside(loaded: Loaded, key: str) -> str:
    inside = {origin for other, origin in loaded.origins.items() if other.startswith(f"{key}.")}
    return ", ".join(sorted(inside)) or DEFAULT
