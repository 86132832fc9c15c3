"""The checks a Python function makes, and what keeps each from failing: read from the syntax tree, nothing is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from msgspec import structs

from twelve.factors.gates.integrity import relations
from twelve.factors.gates.integrity.cases import Check, Held

PLATFORM = re.compile(
    r"sys\.platform|os\.name|platform\.|version_info|sys\.implementation|PYPY|PY2|PY3|PY_|WIN|MACOS|DARWIN|LINUX|find_spec|which\(|hasattr"
    r"|[Vv]ersion|HAS_|HAVE_|has_|have_|is None|_available|_installed|windows|sys\.maxsize|getuid|geteuid|can_|supports?_",
    re.ASCII,
)
"""Conditions on the machine, the interpreter or an optional package: a reason to leave something out that is not an excuse."""
_OPERATORS: dict[type[ast.cmpop], tuple[str, bool]] = {
    ast.Eq: ("equal", False),
    ast.NotEq: ("equal", True),
    ast.Is: ("equal", False),
    ast.IsNot: ("equal", True),
    ast.In: ("contains", False),
    ast.NotIn: ("contains", True),
    ast.Lt: ("order", False),
    ast.LtE: ("order", False),
    ast.Gt: ("order", False),
    ast.GtE: ("order", False),
}
_RAISES = frozenset(("raises", "assertRaises", "assertRaisesRegex", "assertRaisesRegexp", "warns", "assertWarns", "assertWarnsRegex"))
_DEFAULT_TOLERANCE = {"approx": 1e-6, "isclose": 1e-9, "assertAlmostEqual": 5e-8, "allclose": 1e-5, "assert_allclose": 1e-7}
_CAUGHT = frozenset(("AssertionError", "Exception", "BaseException", ""))
_SKIPS = frozenset(("pytest.skip", "self.skipTest", "pytest.xfail", "sys.exit", "exit", "quit", "os._exit"))
_STARTS = ("assert", "expect", "should", "verify")


def checks_of(body: Sequence[ast.stmt]) -> tuple[Check, ...]:
    """Every check in these statements, nested functions included, in order."""
    return tuple(_walk(body, Held.NO))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute; "" for anything else."""
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def number(node: ast.AST | None) -> float | None:
    """The value of a written number."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Pow | ast.Sub | ast.Add):
        return None
    value = node.value if isinstance(node, ast.Constant) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 else None


def _worse(held: Held, new: Held) -> Held:
    return held if held in (Held.UNREACHABLE, Held.SWALLOWED) else new


def _walk(body: Sequence[ast.stmt], held: Held) -> Iterator[Check]:
    for statement in body:
        yield from _statement(statement, held)
        if ends(statement):
            held = Held.UNREACHABLE


def ends(statement: ast.stmt) -> bool:
    """Nothing after this statement runs."""
    if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return dotted(statement.value) in _SKIPS
    if isinstance(statement, ast.If):
        taken = truth(statement.test)
        return (taken is True and any(map(ends, statement.body))) or bool(
            statement.orelse and any(map(ends, statement.body)) and any(map(ends, statement.orelse))
        )
    return False


def truth(test: ast.expr) -> bool | None:
    """Whether a condition is written down as always or never true."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = truth(test.operand)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        values = [truth(value) for value in test.values]
        decisive = isinstance(test.op, ast.Or)
        return decisive if decisive in values else None
    if isinstance(test, ast.List | ast.Tuple | ast.Dict) and not getattr(test, "elts", getattr(test, "keys", None)):
        return False
    return (dotted(test) in ("typing.TYPE_CHECKING", "TYPE_CHECKING") and False) or None


def _statement(node: ast.stmt, held: Held) -> Iterator[Check]:
    if isinstance(node, ast.Assert):
        yield from _asserted(node.test, held, node.lineno)
    elif isinstance(node, ast.If):
        taken = truth(node.test)
        guarded = held if PLATFORM.search(ast.unparse(node.test)) else _worse(held, Held.GUARDED)
        yield from _walk(node.body, Held.UNREACHABLE if taken is False else held if taken else guarded)
        yield from _walk(node.orelse, Held.UNREACHABLE if taken else held if taken is False else guarded)
    elif isinstance(node, ast.While | ast.For | ast.AsyncFor):
        never = truth(node.test if isinstance(node, ast.While) else node.iter) is False
        yield from _walk(node.body, Held.UNREACHABLE if never else held)
        yield from _walk(node.orelse, held)
    elif isinstance(node, ast.Try | ast.TryStar):
        yield from _tried(node, held)
    elif isinstance(node, ast.With | ast.AsyncWith):
        yield from _within(node, held)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield from _walk(node.body, held)
    elif isinstance(node, ast.Match):
        for case in node.cases:
            yield from _walk(case.body, _worse(held, Held.GUARDED))
    elif isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign | ast.Return) and node.value is not None:
        yield from _called(node.value, held)


def _tried(node: ast.Try | ast.TryStar, held: Held) -> Iterator[Check]:
    caught = any(_catches(handler) for handler in node.handlers)
    yield from _walk(node.body, _worse(held, Held.SWALLOWED) if caught else held)
    for handler in node.handlers:
        yield from _walk(handler.body, held)
    yield from _walk(node.orelse, held)
    yield from _walk(node.finalbody, held)


def _catches(handler: ast.ExceptHandler) -> bool:
    """It takes a failed assertion and lets the test go on."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {dotted(kind).rpartition(".")[2] if kind else "" for kind in kinds}
    stops = any(isinstance(inner, ast.Raise | ast.Assert) for inner in ast.walk(ast.Module(body=handler.body, type_ignores=[])))
    fails = any(
        dotted(inner).endswith(("fail", "append", "put"))
        for part in handler.body
        for inner in ast.walk(part)
        if isinstance(inner, ast.Call)
    )
    return not names.isdisjoint(_CAUGHT) and not stops and not fails


def _within(node: ast.With | ast.AsyncWith, held: Held) -> Iterator[Check]:
    for item in node.items:
        call = item.context_expr
        if not isinstance(call, ast.Call):
            continue
        name = dotted(call).rpartition(".")[2]
        if name in _RAISES or name == "RaisesGroup":
            subject = "; ".join(ast.unparse(part) for part in node.body)
            yield Check(relation="raises", subject=subject, expected=_raised(call), held=held, line=node.lineno)
        elif name == "suppress" and not {dotted(kind).rpartition(".")[2] for kind in call.args}.isdisjoint(_CAUGHT):
            held = _worse(held, Held.SWALLOWED)
    yield from _walk(node.body, held)


def _raised(call: ast.Call) -> str:
    """`Class, Class; match` of a `raises(...)`."""
    first = call.args[0] if call.args else next((word.value for word in call.keywords if word.arg == "expected_exception"), None)
    kinds = first.elts if isinstance(first, ast.Tuple | ast.List) else [first] if first else []
    match = [word.value for word in call.keywords if word.arg in ("match", "expected_regex")]
    if "Regex" in dotted(call) and len(call.args) > 1:
        match.append(call.args[1])
    named = [ast.unparse(kind) for kind in kinds if not (isinstance(kind, ast.Constant) and kind.value is None)]
    return ", ".join(named) + "; " + " ".join(ast.unparse(part) for part in match)


def _asserted(test: ast.expr, held: Held, line: int, *, negated: bool = False) -> Iterator[Check]:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from _asserted(test.operand, held, line, negated=not negated)
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) and not negated:
        for value in test.values:
            yield from _asserted(value, held, line)
    elif (truth(test) is True and not negated) or isinstance(test, ast.Tuple):
        yield Check(relation="vacuous", subject=ast.unparse(test), held=held, line=line)
    elif isinstance(test, ast.BoolOp):
        yield Check(relation="either", subject=ast.unparse(test), negated=negated, held=held, line=line)
    elif isinstance(test, ast.Compare):
        left = test.left
        for operator, right in zip(test.ops, test.comparators, strict=True):
            relation, flipped = _OPERATORS[type(operator)]
            yield _compared(relation, left, right, negated != flipped, held, line)
            left = right
    elif isinstance(test, ast.Call):
        yield _truthy_call(test, held, line, negated)
    else:
        yield Check(relation="truthy", subject=ast.unparse(test), negated=negated, held=held, line=line)


def _truthy_call(test: ast.Call, held: Held, line: int, negated: bool) -> Check:
    name = dotted(test).rpartition(".")[2]
    if name in ("isinstance", "issubclass") and len(test.args) == 2:
        return _compared("type", test.args[0], test.args[1], negated, held, line)
    if name in ("isclose", "allclose") and len(test.args) >= 2:
        return structs.replace(_compared("close", test.args[0], test.args[1], negated, held, line), tolerance=_tolerance(test, name))
    return Check(relation="truthy", subject=ast.unparse(test), negated=negated, held=held, line=line)


def _compared(relation: str, left: ast.expr, right: ast.expr, negated: bool, held: Held, line: int) -> Check:
    if relation == "equal" and _literal(left) and not _literal(right):
        left, right = right, left
    if relation == "contains" and (isinstance(right, ast.Tuple | ast.List | ast.Set) or (_literal(right) and not _literal(left))):
        relation = "either"
    elif relation == "contains":
        left, right = right, left
    close = next((side for side in (right, left) if isinstance(side, ast.Call) and dotted(side).endswith("approx")), None)
    if close is not None and close.args:
        subject = left if close is right else right
        expected = ast.unparse(close.args[0])
        tolerance = _tolerance(close, "approx")
        return Check(
            relation="close", subject=ast.unparse(subject), expected=expected, negated=negated, tolerance=tolerance, held=held, line=line
        )
    if vacuous := relation == "equal" and not negated and ast.dump(left) == ast.dump(right):
        relation = "vacuous" if vacuous else relation
    return Check(relation=relation, subject=ast.unparse(left), expected=ast.unparse(right), negated=negated, held=held, line=line)


def _literal(node: ast.expr) -> bool:
    return not any(isinstance(inner, ast.Name | ast.Call | ast.Attribute) for inner in ast.walk(node))


def _called(value: ast.expr, held: Held) -> Iterator[Check]:
    """`self.assertEqual(...)`, `mock.assert_called_with(...)`, `expect(x).to...`, `pytest.fail()`."""
    if isinstance(value, ast.Await):
        value = value.value
    if not isinstance(value, ast.Call):
        return
    name = dotted(value)
    last = name.rpartition(".")[2]
    if last in _RAISES and len(value.args) > 1:
        subject = ", ".join(ast.unparse(part) for part in value.args[1:])
        yield Check(relation="raises", subject=subject, expected=_raised(value), held=held, line=value.lineno)
    elif last == "fail" and name in ("pytest.fail", "self.fail"):
        yield Check(relation="other", subject="fail", held=held, line=value.lineno)
    elif last.startswith(_STARTS):
        yield _named(value, last, held)


def _named(call: ast.Call, name: str, held: Held) -> Check:
    relation, negated = relations.named(name)
    arguments, owner = call.args, ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    if relation in ("called", "ran"):
        said = ", ".join(ast.unparse(part) for part in (*arguments, *(word.value for word in call.keywords)))
        return Check(relation=relation, subject=owner, expected=said, negated=negated, held=held, line=call.lineno)
    if relation in ("truthy", "none") and len(arguments) == 1 and not owner.startswith("self.mock"):
        inner = next(_asserted(arguments[0], held, call.lineno, negated=negated), None) if relation == "truthy" else None
        return inner or Check(relation="none", subject=ast.unparse(arguments[0]), negated=negated, held=held, line=call.lineno)
    if len(arguments) >= 2 and relation != "other":
        found = _compared(relation, arguments[0], arguments[1], negated, held, call.lineno)
        return structs.replace(found, tolerance=_tolerance(call, name)) if relation == "close" else found
    said = ", ".join(ast.unparse(part) for part in arguments)
    return Check(
        relation=relation, subject=f"{name}({said})" if relation == "other" else said, negated=negated, held=held, line=call.lineno
    )


def _tolerance(call: ast.Call, name: str) -> float:
    """The largest written tolerance, `places` turned into a distance; the framework's own default when none is written."""
    found = []
    for word in call.keywords:
        value = number(word.value)
        if value is None:
            continue
        if word.arg in ("rel", "abs", "rel_tol", "abs_tol", "delta", "rtol", "atol"):
            found.append(abs(value))
        elif word.arg == "places":
            found.append(0.5 * 10.0**-value)
    positions = {"approx": (1, 2), "assertAlmostEqual": (2,)}.get(name, ())
    for position in positions:
        value = number(call.args[position]) if len(call.args) > position else None
        if value is not None:
            found.append(0.5 * 10.0**-value if name == "assertAlmostEqual" else abs(value))
    return max(found, default=_DEFAULT_TOLERANCE.get(name, 0.0))
