"""House numbers: how large modules, functions and classes may be, and which imports may hide in functions.

Run: python tools/house.py [FOLDER]   (default src). Prints every breach, ends with 1 when there is one.
An exception needs a reason, here, beside the number it breaks; one that is no longer needed is a breach itself.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MODULE_LINES = 400
MODULE_MEDIAN = 120
FUNCTION_LINES = 60
FUNCTION_MEDIAN = 10
CLASS_LINES = 250
FOLDER_DEPTH = 4
"""Levels of folders below the top package."""
DRAWERS = frozenset(("utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "lib"))

EXCEPTIONS: dict[str, str] = {}
"""`module:rule` or `module:function:rule` -> why it is allowed."""

LAZY_TABLES: dict[str, str] = {}
"""Module that may import inside functions -> why. Tables of dotted names loaded by importlib need no entry."""


@dataclass(frozen=True)
class Span:
    """One function or class."""

    name: str
    lines: int


@dataclass(frozen=True)
class Module:
    """What is measured of one file."""

    name: str
    lines: int
    package: bool = False
    """An `__init__`: left out of the median, where short ones would flatter it."""
    functions: tuple[Span, ...] = ()
    classes: tuple[Span, ...] = ()
    imports: frozenset[str] = field(default_factory=frozenset)
    """Dotted names imported anywhere in the file, also inside functions; not under TYPE_CHECKING."""
    hidden_imports: tuple[str, ...] = ()
    """Function-level imports, as `function: name`."""


def measure(source: Path) -> tuple[Module, ...]:
    """Every Python file below `source`, without caches and without `content`, whose programs are text to us."""
    paths = sorted(path for path in source.rglob("*.py") if not {"__pycache__", "content"} & set(path.parts))
    return tuple(_module(source, path) for path in paths)


def breaches(modules: Sequence[Module], *, exceptions: Iterable[str] = EXCEPTIONS, lazy: Iterable[str] = LAZY_TABLES) -> list[str]:
    """Everything that breaks a number, minus the listed exceptions, plus exceptions nobody needs."""
    found = dict(_all(modules))
    allowed = {*exceptions, *(f"{name}:function-level import" for name in lazy)}
    unneeded = [f"{key}: listed as an exception but within the rules" for key in sorted(allowed - found.keys())]
    return [f"{key}: {text}" for key, text in found.items() if key not in allowed] + unneeded


def cycles(modules: Sequence[Module]) -> list[tuple[str, ...]]:
    """Groups of modules that import each other, function-level imports counted."""
    names = {module.name for module in modules}
    graph = {module.name: _targets(module, names) for module in modules}
    return [tuple(sorted(group)) for group in _components(graph) if len(group) > 1]


def _all(modules: Sequence[Module]) -> Iterator[tuple[str, str]]:
    for module in modules:
        yield from _of_module(module)
    yield from _medians(modules)
    for group in cycles(modules):
        yield f"{group[0]}:cycle", f"imports go round between {', '.join(group)}"


def _of_module(module: Module) -> Iterator[tuple[str, str]]:
    if module.lines > MODULE_LINES:
        yield f"{module.name}:lines", f"{module.lines} lines, at most {MODULE_LINES}"
    if module.name.rsplit(".", 1)[-1] in DRAWERS:
        yield f"{module.name}:name", "a drawer, not a name; say what it holds"
    if module.name.count(".") > FOLDER_DEPTH + 1:
        yield f"{module.name}:depth", f"more than {FOLDER_DEPTH} folders below the top package"
    for function in module.functions:
        if function.lines > FUNCTION_LINES:
            yield f"{module.name}:{function.name}:lines", f"{function.lines} lines, at most {FUNCTION_LINES}"
    for cls in module.classes:
        if cls.lines > CLASS_LINES:
            yield f"{module.name}:{cls.name}:lines", f"{cls.lines} lines, at most {CLASS_LINES}"
    if module.hidden_imports:
        yield f"{module.name}:function-level import", f"imports inside functions: {', '.join(module.hidden_imports)}"


def _medians(modules: Sequence[Module]) -> Iterator[tuple[str, str]]:
    sizes = [module.lines for module in modules if not module.package]
    spans = [function.lines for module in modules for function in module.functions]
    if sizes and (middle := statistics.median(sizes)) > MODULE_MEDIAN:
        yield "all:module median", f"{middle:g} lines, at most {MODULE_MEDIAN}"
    if spans and (middle := statistics.median(spans)) > FUNCTION_MEDIAN:
        yield "all:function median", f"{middle:g} lines, at most {FUNCTION_MEDIAN}"


def _module(source: Path, path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text, str(path))
    parts = path.relative_to(source).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    nodes = list(ast.walk(tree))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    typing_only = {id(inner) for node in nodes if _is_typing_guard(node) for inner in ast.walk(node)}
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in typing_only]
    return Module(
        name=name,
        lines=len(text.splitlines()),
        package=parts[-1] == "__init__",
        functions=tuple(_span(node) for node in functions),
        classes=tuple(_span(node) for node in nodes if isinstance(node, ast.ClassDef)),
        imports=frozenset(dotted for node in imports for dotted in _dotted(node)),
        hidden_imports=tuple(_hidden(functions)),
    )


def _hidden(functions: Sequence[ast.FunctionDef | ast.AsyncFunctionDef]) -> Iterator[str]:
    for function in functions:
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{function.name}: {_dotted(node)[0]}"


def _span(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Span:
    return Span(name=node.name, lines=(node.end_lineno or node.lineno) - node.lineno + 1)


def _is_typing_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _dotted(node: ast.Import | ast.ImportFrom) -> list[str]:
    """`from a.b import c` may mean the module a.b.c or a name in a.b; both are offered, the graph keeps what exists."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]


def _targets(module: Module, names: set[str]) -> set[str]:
    found = set()
    for dotted in module.imports:
        exact = dotted if dotted in names else dotted.rsplit(".", 1)[0]
        if exact in names and exact != module.name:
            found.add(exact)
    return found


def _components(graph: dict[str, set[str]]) -> list[set[str]]:
    """Strongly connected components: what reaches each other (quadratic, and small enough to read)."""
    reach = {name: _reachable(name, graph) for name in graph}
    groups: list[set[str]] = []
    seen: set[str] = set()
    for name in sorted(graph):
        if name not in seen:
            group = {name} | {other for other in reach[name] if name in reach[other]}
            seen |= group
            groups.append(group)
    return groups


def _reachable(start: str, graph: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for target in graph[waiting.pop()] - found:
            found.add(target)
            waiting.append(target)
    return found


def main(arguments: Sequence[str]) -> int:
    """Measure and report; 2 when there is nothing to measure."""
    source = Path(arguments[0] if arguments else Path(__file__).resolve().parent.parent / "src")
    modules = measure(source)
    if not modules:
        print(f"no Python file below {source}", file=sys.stderr)
        return 2
    found = breaches(modules)
    for line in found:
        print(line)
    spans = [function.lines for module in modules for function in module.functions]
    print(
        f"{len(modules)} modules (median {statistics.median(module.lines for module in modules):g} lines), "
        f"{len(spans)} functions (median {statistics.median(spans or [0]):g}), {len(cycles(modules))} cycles, {len(found)} breaches"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
