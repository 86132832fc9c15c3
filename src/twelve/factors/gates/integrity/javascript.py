"""Tests of a JavaScript or TypeScript file: mocha, jest, vitest, ava, tap, node:test; read by syntax tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct, structs

from twelve.factors.gates.integrity import cases, places, syntax_tree
from twelve.factors.gates.integrity.cases import Case, Reading, Skip
from twelve.factors.gates.integrity.javascript_checks import arguments, chain, checks_of, never
from twelve.factors.gates.integrity.syntax_tree import Node, inner, text

_TEST = re.compile(r"(?:x|f)?(?:it|test|specify|scenario|bench)(?:[A-Z_]\w*)?")
_GROUP = re.compile(r"(?:x|f)?(?:describe|context|suite)(?:[A-Z_]\w*)?")
_FUNCTIONS = frozenset(("arrow_function", "function_expression", "function", "generator_function"))
_PLATFORM = re.compile(
    r"platform|win32|isWindows|isWin|darwin|linux|process\.version|node|isBuild|isServe|isCI|supports?|browser|major|typeof|webkit|firefox",
    re.I,
)
_DEFINED = frozenset(
    [
        "function_declaration",
        "class_declaration",
        "method_definition",
        "interface_declaration",
        "type_alias_declaration",
        "enum_declaration",
        "abstract_class_declaration",
        "generator_function_declaration",
    ]
)
_SAMPLES = frozenset(("numRuns", "iterations", "runs", "repeats", "samples", "numIterations"))
_MOCKERS = frozenset(("mock", "doMock", "unstable_mockModule"))


class _Around(Struct, frozen=True):
    path: str
    collected: bool
    skip: Skip = Skip.NO
    groups: tuple[str, ...] = ()
    focused: bool = False
    rows: int = 1
    mocks: tuple[str, ...] = ()


def read(path: str, source: str) -> Reading:
    """Cases and defined symbols. SyntaxError when it does not parse."""
    root = syntax_tree.parse(path, source)
    symbols = dict(_symbols(root))
    if not places.is_test(path):
        return Reading(path=path, symbols=symbols)
    around = _Around(path=path, collected=places.is_named_test(path), mocks=tuple(_module_mocks(root)))
    return Reading(path=path, cases=(*_cases(root, around), *_loose(root, around)), symbols=symbols)


def _symbols(root: Node) -> Iterator[tuple[str, frozenset[str]]]:
    for node in inner(root):
        if node.type in _DEFINED and (name := node.child_by_field_name("name")) is not None:
            yield text(name), cases.words(text(node))
        elif node.type in ("variable_declarator", "assignment_expression", "pair", "public_field_definition"):
            name = node.child_by_field_name("name") or node.child_by_field_name("left") or node.child_by_field_name("key")
            value = node.child_by_field_name("value") or node.child_by_field_name("right")
            if name is not None and value is not None and value.type in (*_FUNCTIONS, "class"):
                yield text(name).rpartition(".")[2], cases.words(text(value))


def _module_mocks(root: Node) -> Iterator[str]:
    for node in inner(root):
        if node.type != "call_expression":
            continue
        base, members = chain(node)
        given = arguments(node)
        if base in ("jest", "vi", "vitest", "td", "sinon") and members[-1:] and members[-1] in _MOCKERS and given:
            yield text(given[0]).strip("'\"`")
        elif base in ("proxyquire", "rewiremock", "mockery") and given:
            yield from (
                text(pair.child_by_field_name("key")).strip("'\"`")
                for one in given[1:2]
                for pair in one.named_children
                if pair.type == "pair"
            )


def _loose(root: Node, around: _Around) -> Iterator[Case]:
    """Functions beside the tests that make checks."""
    for node in root.named_children:
        if node.type in ("function_declaration", "lexical_declaration", "export_statement", "variable_declaration"):
            for one in inner(node):
                if one.type not in ("function_declaration", "variable_declarator"):
                    continue
                holder = one.child_by_field_name("value") if one.type == "variable_declarator" else one
                name = text(one.child_by_field_name("name"))
                found = (
                    checks_of(holder.child_by_field_name("body"))
                    if holder is not None and holder.type in (*_FUNCTIONS, "function_declaration")
                    else ()
                )
                if found:
                    yield Case(
                        path=around.path,
                        name=name,
                        line=one.start_point[0] + 1,
                        checks=found,
                        words=cases.words(text(one)),
                        collected=False,
                    )


def _cases(node: Node, around: _Around) -> Iterator[Case]:
    if node.type == "call_expression" and (found := _test_call(node)):
        yield from _declared(node, around, *found)
        return
    if node.type == "if_statement":
        yield from _under_condition(node, around)
        return
    if node.type == "for_in_statement" or (node.type == "call_expression" and chain(node)[1][-1:] == ["forEach"]):
        around = structs.replace(around, rows=max(_rows_in(_iterated(node)), 1) * around.rows)
    for child in node.named_children:
        yield from _cases(child, around)


def _iterated(node: Node) -> Node | None:
    if node.type == "for_in_statement":
        return node.child_by_field_name("right")
    callee = node.child_by_field_name("function")
    return callee.child_by_field_name("object") if callee is not None else None


def _under_condition(node: Node, around: _Around) -> Iterator[Case]:
    condition = node.child_by_field_name("condition")
    dead = never(condition)
    skip = Skip.SKIPPED if dead else Skip.NO if dead is False else _conditional(text(condition))
    for field, how in (("consequence", skip), ("alternative", Skip.NO)):
        if (branch := node.child_by_field_name(field)) is not None:
            yield from _cases(branch, structs.replace(around, skip=_worst(around.skip, how)))


def _test_call(node: Node) -> tuple[str, list[str], bool] | None:
    """(root, members, is a group) of a call that declares a test or a group."""
    root, members = chain(node)
    callee = node.child_by_field_name("function")
    if not root and callee is not None and callee.type == "parenthesized_expression":
        said = text(callee)
        root = "it" if re.search(r"\b(?:it|test)\b", said) else "describe" if "describe" in said else ""
        members = ["runIf"] if root else members
    given = arguments(node)
    named = bool(given) and given[0].type in (
        "string",
        "template_string",
        "binary_expression",
        "identifier",
        "call_expression",
        "member_expression",
    )
    if not named or (any(member in ("each", "for", "skipIf", "runIf", "extend") for member in members[-1:]) and len(given) < 2):
        return None
    function = any(one.type in _FUNCTIONS for one in given)
    if not function and not ({"todo", "skip"} & set(members) or (given[-1].type == "identifier" and len(given) > 1)):
        return None
    if _GROUP.fullmatch(root) or "describe" in members[:1]:
        return root, members, True
    return (
        (root, members, False)
        if _TEST.fullmatch(root) and not {"before", "after", "beforeEach", "afterEach", "step"} & set(members)
        else None
    )


def _declared(node: Node, around: _Around, root: str, members: Sequence[str], group: bool) -> Iterator[Case]:
    given = arguments(node)
    title = text(given[0]).strip("'\"`")
    function = next((one for one in reversed(given) if one.type in _FUNCTIONS), None)
    body = function.child_by_field_name("body") if function is not None else None
    inside = structs.replace(
        around,
        skip=_worst(around.skip, _skip(node, root, members)),
        groups=(*around.groups, title),
        focused=around.focused or "only" in members or root in ("fit", "fdescribe", "ftest"),
        rows=around.rows * max(_each(node), 1),
    )
    if group:
        yield from _cases(body, inside) if body is not None else ()
        return
    nested = [case for child in (body.named_children if body is not None else ()) for case in _cases(child, inside)]
    yield from nested
    checks = checks_of(body) if not nested else ()
    yield Case(
        path=around.path,
        name=" > ".join(inside.groups),
        line=node.start_point[0] + 1,
        checks=checks,
        skip=_worst(inside.skip, _body_skip(body)),
        rows=inside.rows + _inner_rows(body),
        table=tuple(_table(node)),
        samples=tuple(_samples(node)),
        mocks=tuple(sorted({*around.mocks, *_spies(node)})),
        words=cases.words(text(node)),
        collected=around.collected,
        focused=inside.focused,
    )


def _worst(*skips: Skip) -> Skip:
    return max(skips, key=lambda skip: skip.rank)


def _skip(node: Node, root: str, members: Sequence[str]) -> Skip:
    if root.startswith("x") or {"skip", "todo"} & set(members):
        return Skip.SKIPPED
    if {"fails", "failing"} & set(members):
        return Skip.EXPECTED_FAILURE
    if {"skipIf", "runIf"} & set(members):
        return _conditional(text(node.child_by_field_name("function")))
    options = next((one for one in arguments(node) if one.type == "object"), None)
    for pair in options.named_children if options is not None else ():
        key, value = text(pair.child_by_field_name("key")), pair.child_by_field_name("value")
        if key in ("skip", "todo") and text(value) != "false":
            return Skip.SKIPPED if never(value) is False or value is None or value.type == "string" else _conditional(text(value))
    return Skip.NO


def _conditional(condition: str) -> Skip:
    if re.search(r"(?:skipIf|runIf)\((?:true|1|false|0)\)", condition):
        return Skip.SKIPPED if re.search(r"skipIf\((?:true|1)\)|runIf\((?:false|0)\)", condition) else Skip.NO
    return Skip.PLATFORM if _PLATFORM.search(condition) else Skip.CONDITION


def _body_skip(body: Node | None) -> Skip:
    """`this.skip()` and the like, at the top of a body or under a condition there."""
    for statement in body.named_children if body is not None else ():
        calls = [chain(one) for one in inner(statement) if one.type == "call_expression"]
        if any(members[-1:] == ["skip"] and root in ("this", "t", "test", "ctx", "context") for root, members in calls):
            if statement.type == "expression_statement":
                return Skip.SKIPPED
            if statement.type == "if_statement":
                return _conditional(text(statement.child_by_field_name("condition")))
    return Skip.NO


def _each(node: Node) -> int:
    """Rows of `test.each([...])("name", ...)` and `test.each`...`("name", ...)`."""
    callee = node.child_by_field_name("function")
    if callee is None or callee.type != "call_expression":
        return 0
    table = callee.child_by_field_name("arguments")
    if table is not None and table.type == "template_string":
        return max(sum(bool(line.strip(" `")) for line in (table.text or b"").decode("utf-8", "replace").splitlines()) - 1, 0)
    return _rows_in(arguments(callee)[0]) if arguments(callee) else 0


def _table(node: Node) -> Iterator[str]:
    callee = node.child_by_field_name("function")
    if callee is not None and callee.type == "call_expression" and arguments(callee) and arguments(callee)[0].type == "array":
        yield from (text(row) for row in arguments(callee)[0].named_children if row.type != "comment")


def _rows_in(node: Node | None) -> int:
    if node is None:
        return 0
    if node.type in ("as_expression", "satisfies_expression", "parenthesized_expression") and node.named_children:
        return _rows_in(node.named_children[0])
    if node.type == "call_expression" and arguments(node):
        return _rows_in(arguments(node)[0])
    return sum(child.type != "comment" for child in node.named_children) if node.type in ("array", "object") else 0


def _inner_rows(body: Node | None) -> int:
    """Rows of loops over written-out arrays inside one test."""
    total = 0
    for node in inner(body) if body is not None else ():
        if node.type == "for_in_statement":
            total += max(_rows_in(node.child_by_field_name("right")) - 1, 0)
    return total


def _samples(node: Node) -> Iterator[tuple[str, float]]:
    for one in inner(node):
        if one.type == "pair" and text(one.child_by_field_name("key")) in _SAMPLES:
            value = text(one.child_by_field_name("value"))
            if value.replace("_", "").isdigit():
                yield text(one.child_by_field_name("key")), float(value.replace("_", ""))
        elif one.type == "for_statement" and (found := re.search(r"<=?\s*(\d+)", text(one.child_by_field_name("condition")))):
            yield "loop", float(found[1])


def _spies(node: Node) -> Iterator[str]:
    """`spyOn(object, 'name')` and `sinon.stub(object, 'name')` whose result is replaced."""
    for one in inner(node):
        if one.type != "call_expression":
            continue
        root, members = chain(one)
        given = arguments(one)
        spied = (members[-1:] in (["spyOn"], ["stub"]) or root == "spyOn") and len(given) > 1 and one.parent is not None
        if spied and (members[-1:] == ["stub"] or text(one.parent.child_by_field_name("property")).startswith("mock")):  # type: ignore[union-attr]
            yield f"{text(given[0])}.{text(given[1]).strip(chr(39) + chr(34))}"
