"""Which modules the hook needs, read as source: everything on the fast path, and what its static imports reach.

Whole packages, because they load parts of themselves by name; a part that is never asked for is never unmarshalled.
"""

from __future__ import annotations

import ast
import importlib.util
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.machinery import ModuleSpec

from msgspec import Struct

from twelve.model.errors import Trouble, TwelveError

PACKAGE = "twelve"
LAUNCH = "twelve.interfaces.hooks.launch"
FAST = ("twelve.interfaces.hooks", "twelve.factors.guardrails.actions", "twelve.factors.guardrails.policy", "twelve.system.shell")
"""Packages that are the fast path."""


class Source(Struct, frozen=True, kw_only=True):
    """One module as it goes into the bundle."""

    name: str
    text: str
    package: bool

    @property
    def file(self) -> str:
        """A name for tracebacks, without a path of this machine."""
        return self.name.replace(".", "/") + ("/__init__.py" if self.package else ".py")


def closure(*entries: str) -> dict[str, Source]:
    """Every module of ours the entries reach, by name, packages included. TwelveError when one has no source here."""
    found: dict[str, Source] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = source(name)
        if "." in name:
            waiting.append(name.rpartition(".")[0])
        waiting.extend(target for target in _targets(found[name]) if target not in found)
    return dict(sorted(found.items()))


@cache
def fast_path() -> dict[str, Source]:
    """Every module of the fast path and what it imports. TwelveError when one has no source here."""
    return closure(*(name for package in FAST for name in (package, *_below(package)) if name != LAUNCH))


def _below(package: str) -> Iterator[str]:
    spec = _spec(package)
    for item in pkgutil.iter_modules(spec.submodule_search_locations if spec else ()):
        name = f"{package}.{item.name}"
        yield name
        if item.ispkg:
            yield from _below(name)


def foreign(sources: dict[str, Source]) -> frozenset[str]:
    """Top-level names of everything else these modules import."""
    names = (name for item in sources.values() for name in _imported(ast.parse(item.text)))
    return frozenset(name.partition(".")[0] for name in names if name.partition(".")[0] not in (PACKAGE, "__future__"))


def source(name: str) -> Source:
    """The source of one module. TwelveError without one."""
    spec = _spec(name)
    loader = getattr(spec, "loader", None)
    text = loader.get_source(name) if loader is not None and hasattr(loader, "get_source") else None
    if spec is None or text is None:
        raise TwelveError(
            f"the source of {name} is not to be had",
            why="the generated hook is made of it",
            next="install Twelve again from a complete package",
            kind=Trouble.DAMAGED,
        )
    return Source(name=name, text=text, package=spec.submodule_search_locations is not None)


def _spec(name: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None


def _targets(item: Source) -> Iterator[str]:
    """Modules of ours that a module imports."""
    for name in _imported(ast.parse(item.text)):
        if name.partition(".")[0] == PACKAGE and _spec(name) is not None:
            yield name


def _imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names; of `from a import b` both `a` and `a.b`, because `b` may be a module. Not under TYPE_CHECKING."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from _imported(node)
