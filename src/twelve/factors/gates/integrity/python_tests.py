"""Tests of a Python file: found as pytest and unittest find them, read by syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from msgspec import Struct, structs

from twelve.factors.gates.integrity import cases, places
from twelve.factors.gates.integrity.cases import Case, Reading, Skip
from twelve.factors.gates.integrity.python_checks import PLATFORM, checks_of, dotted, ends, number, truth

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_MARKS = {
    "skip": Skip.SKIPPED,
    "skipIf": Skip.CONDITION,
    "skipUnless": Skip.CONDITION,
    "skipif": Skip.CONDITION,
    "xfail": Skip.EXPECTED_FAILURE,
    "expectedFailure": Skip.EXPECTED_FAILURE,
}
_SAMPLES = frozenset(
    ("max_examples", "iterations", "repeat", "repeats", "rounds", "samples", "trials", "n_iter", "count", "num_runs", "times")
)
_MOCKING = frozenset(("patch", "setattr", "object", "setitem", "dict", "multiple", "spy"))


class _Around(Struct, frozen=True):
    """What classes and the module say about the cases in them."""

    path: str
    collected: bool
    skip: Skip = Skip.NO
    groups: tuple[str, ...] = ()
    tables: dict[str, int] = {}
    mocks: tuple[str, ...] = ()


def read(path: str, text: str) -> Reading:
    """Cases and defined symbols. SyntaxError, ValueError or RecursionError when it is no Python of this version."""
    tree = ast.parse(text)
    symbols = {name: _names(node) for name, node in _defined(tree.body)}
    if not places.is_test(path):
        return Reading(path=path, symbols=symbols)
    around = _Around(path=path, collected=places.is_named_test(path), skip=_module_skip(tree.body), tables=_tables(tree.body))
    return Reading(path=path, cases=tuple(_cases(tree.body, around)), symbols=symbols)


def _defined(body: Sequence[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    for node in body:
        if isinstance(node, _Function | ast.ClassDef):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _defined(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try):
            yield from _defined([*node.body, *node.orelse], prefix)


def _names(node: ast.AST) -> frozenset[str]:
    found: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            found.add(inner.id)
        elif isinstance(inner, ast.Attribute):
            found.add(inner.attr)
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            found |= cases.words(inner.value[:500])
    return frozenset(found)


def _tables(body: Sequence[ast.stmt]) -> dict[str, int]:
    """Length of every list that is written out at the top, for parametrizing."""
    found = {}
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and (rows := _rows_in(node.value, {})):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                found[dotted(target)] = rows
    return found


def _module_skip(body: Sequence[ast.stmt]) -> Skip:
    found = Skip.NO
    for node in body:
        if isinstance(node, ast.Assign) and "pytestmark" in map(dotted, node.targets):
            marks = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
            found = _worst(found, *map(_mark, marks))
        found = _worst(found, _skip_call(node))
        if isinstance(node, ast.If):
            inner = _worst(Skip.NO, *map(_skip_call, node.body))
            found = _worst(found, _conditional(node.test) if inner is not Skip.NO else Skip.NO)
    return found


def _cases(body: Sequence[ast.stmt], around: _Around) -> Iterator[Case]:
    for node in body:
        if isinstance(node, _Function):
            yield _case(node, around)
        elif isinstance(node, ast.ClassDef):
            yield from _cases(node.body, _inside(node, around))
        elif isinstance(node, ast.If | ast.Try):
            branch = around
            if isinstance(node, ast.If):
                taken = truth(node.test)
                skip = Skip.SKIPPED if taken is False else Skip.NO if taken else _conditional(node.test)
                branch = structs.replace(around, skip=_worst(around.skip, skip))
            yield from _cases(node.body, branch)
            yield from _cases(node.orelse, around)


def _inside(node: ast.ClassDef, around: _Around) -> _Around:
    bases = " ".join(map(dotted, node.bases))
    opted_out = any(
        isinstance(inner, ast.Assign) and "__test__" in map(dotted, inner.targets) and truth(inner.value) is False for inner in node.body
    )
    named = node.name.startswith("Test") or "Test" in bases or "Mixin" in node.name or node.name.endswith(("Tests", "Test", "TestCase"))
    return structs.replace(
        around,
        collected=around.collected and named and not opted_out,
        skip=_worst(around.skip, _module_skip(node.body), *map(_mark, node.decorator_list)),
        groups=(*around.groups, node.name),
        mocks=(*around.mocks, *_mocks(node.decorator_list)),
    )


def _case(node: ast.FunctionDef | ast.AsyncFunctionDef, around: _Around) -> Case:
    fixture = any(dotted(mark).endswith("fixture") for mark in node.decorator_list)
    skips = (_mark(mark) for mark in node.decorator_list)
    words = _names(node) | {node.name}
    return Case(
        path=around.path,
        name=" > ".join((*around.groups, node.name)),
        line=node.lineno,
        checks=checks_of(node.body),
        skip=_worst(around.skip, *skips, *_body_skips(node.body)),
        rows=_rows(node, around.tables),
        table=tuple(_table(node)),
        samples=tuple(_samples(node)),
        mocks=tuple(sorted({*around.mocks, *_mocks([node])})),
        words=words,
        collected=around.collected and node.name.startswith("test") and not fixture and node.name != "tests",
    )


def _worst(*skips: Skip) -> Skip:
    return max(skips, key=lambda skip: skip.rank)


def _mark(mark: ast.expr) -> Skip:
    """What one decorator or mark says about running."""
    skip = _MARKS.get(dotted(mark).rpartition(".")[2], Skip.NO)
    if skip is Skip.NO or skip is Skip.SKIPPED or not isinstance(mark, ast.Call):
        return skip
    condition = mark.args[0] if mark.args else next((word.value for word in mark.keywords if word.arg == "condition"), None)
    if condition is None:
        return skip
    if "Unless" in dotted(mark) and truth(condition) is not None:
        return Skip.NO if truth(condition) else Skip.SKIPPED
    return _conditional(condition)


def _conditional(condition: ast.expr) -> Skip:
    written = isinstance(condition, ast.Constant) and isinstance(condition.value, str)
    taken = None if written else truth(condition)
    if taken is not None:
        return Skip.SKIPPED if taken else Skip.NO
    text = ast.unparse(condition)
    return Skip.PLATFORM if PLATFORM.search(text) else Skip.CONDITION


def _skip_call(node: ast.stmt) -> Skip:
    call = node.value if isinstance(node, ast.Expr) else node.exc if isinstance(node, ast.Raise) else None
    name = dotted(call).rpartition(".")[2] if call is not None else ""
    if name in ("skip", "skipTest", "SkipTest"):
        return Skip.SKIPPED
    if name == "xfail":
        return Skip.EXPECTED_FAILURE
    return Skip.PLATFORM if name == "importorskip" else Skip.NO


def _body_skips(body: Sequence[ast.stmt]) -> Iterator[Skip]:
    for node in body:
        yield _skip_call(node)
        if isinstance(node, ast.If) and any(_skip_call(inner) is not Skip.NO for inner in node.body):
            yield _conditional(node.test)
        if ends(node):
            return


def _rows(node: ast.FunctionDef | ast.AsyncFunctionDef, tables: dict[str, int]) -> int:
    total = 1
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and dotted(mark).endswith("parametrize") and len(mark.args) > 1:
            total *= max(_rows_in(mark.args[1], tables), 1)
    for inner in ast.walk(node):
        if isinstance(inner, ast.For) and any(isinstance(part, ast.Assert | ast.Expr) for part in inner.body):
            total += max(_rows_in(inner.iter, tables) - 1, 0)
    return total


def _table(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and dotted(mark).endswith("parametrize") and len(mark.args) > 1:
            yield from (ast.unparse(row) for row in getattr(mark.args[1], "elts", ()))


def _rows_in(node: ast.expr, tables: dict[str, int]) -> int:
    """How many values are written out; 0 when nobody can say. Rows that are marked to be left out do not count."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return sum(not _left_out(row) for row in node.elts)
    if isinstance(node, ast.Dict):
        return len(node.keys)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _rows_in(node.left, tables) + _rows_in(node.right, tables)
    if isinstance(node, ast.Call):
        inner = node.args[0] if node.args else node.func.value if isinstance(node.func, ast.Attribute) else None
        return _rows_in(inner, tables) if inner is not None and dotted(node) != "range" else 0
    return tables.get(dotted(node), 0)


def _left_out(row: ast.expr) -> bool:
    if not isinstance(row, ast.Call):
        return False
    marks = [word.value for word in row.keywords if word.arg == "marks"]
    return any(_mark(mark) in (Skip.SKIPPED, Skip.EXPECTED_FAILURE) for one in marks for mark in getattr(one, "elts", [one]))


def _samples(node: ast.AST) -> Iterator[tuple[str, float]]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.keyword) and inner.arg in _SAMPLES and (value := number(inner.value)) is not None:
            yield inner.arg or "", value
        elif isinstance(inner, ast.For) and dotted(inner.iter) == "range" and isinstance(inner.iter, ast.Call):
            value = number(inner.iter.args[0]) if len(inner.iter.args) == 1 else None
            yield from () if value is None else (("range", value),)


def _mocks(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Dotted targets of patch, patch.object, mocker.patch, monkeypatch.setattr and `x.y = Mock()`."""
    for inner in (inner for node in nodes for inner in ast.walk(node)):
        if isinstance(inner, ast.Call) and dotted(inner).rpartition(".")[2] in _MOCKING and inner.args:
            name = dotted(inner)
            if "patch" in name or name.startswith("mocker.") or ".mocker." in name:
                yield _target(inner)
        elif isinstance(inner, ast.Assign) and isinstance(inner.value, ast.Call) and dotted(inner.value).endswith("Mock"):
            yield from (dotted(target) for target in inner.targets if isinstance(target, ast.Attribute))


def _target(call: ast.Call) -> str:
    texts = [part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else dotted(part) for part in call.args[:2]]
    if dotted(call).endswith(("object", "setattr", "multiple", "spy")) and len(texts) > 1 and "." not in texts[0].strip("."):
        return ".".join(texts)
    return ".".join(texts) if dotted(call).endswith(("object", "spy")) else texts[0]
