"""The checks of a JavaScript or TypeScript test: expect, assert, should, ava's and tap's `t`, supertest's `.expect`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import structs

from twelve.factors.gates.integrity import cases, relations
from twelve.factors.gates.integrity.cases import Check, Held
from twelve.factors.gates.integrity.syntax_tree import Node, inner, text

_ROOTS = frozenset(
    ("assert", "t", "chai", "tap", "should", "sinon", "assertions", "ok", "equal", "strictEqual", "deepEqual", "expectTypeOf")
)
_FUNCTIONS = frozenset(
    ("arrow_function", "function_expression", "function", "function_declaration", "generator_function", "method_definition")
)
_REQUESTS = frozenset(["get", "post", "put", "delete", "patch", "head", "options", "del", "query", "trace"])
_NOT_CHECKS = frozenset(
    [
        "plan",
        "end",
        "pass",
        "comment",
        "timeout",
        "log",
        "teardown",
        "setup",
        "hasassertions",
        "assertions",
        "extend",
        "context",
        "use",
        "configure",
    ]
)
_CLASS = re.compile(r"(?:new\s+|\{\s*instanceOf:\s*)?([A-Z]\w*)\b")
_CHAIN = 60
"""Members and calls of one chain that are followed (ours)."""
_NODES = 2_000
"""Nodes of one chain that are looked through for its request (ours)."""
_BLOCKS = frozenset(("statement_block", "program", "else_clause", "switch_body", "switch_case", "switch_default", "labeled_statement"))


def checks_of(body: Node | None) -> tuple[Check, ...]:
    """Every check below a function body, in order."""
    return tuple(_statement(body, Held.NO)) if body is not None else ()


def never(condition: Node | None) -> bool | None:
    """True when a condition is written as never true, False when as always, None otherwise."""
    said = text(condition).strip("() ")
    if said.startswith("false &&"):
        return True
    return {"false": True, "0": True, "!1": True, "null": True, "!true": True, "true": False, "1": False, "!0": False}.get(said)


def chain(call: Node) -> tuple[str, list[str]]:
    """(root, members) of a callee: `expect(x).not.toBe` gives ("expect", ["not", "toBe"])."""
    members: list[str] = []
    node = call.child_by_field_name("function")
    for _step in range(_CHAIN):
        if node is None:
            break
        if node.type == "member_expression":
            members.append(text(node.child_by_field_name("property")))
            node = node.child_by_field_name("object")
        elif node.type in ("call_expression", "await_expression", "parenthesized_expression", "non_null_expression", "as_expression"):
            node = node.child_by_field_name("function") or (node.named_children[0] if node.named_children else None)
        else:
            break
    return (text(node) if node is not None and node.type in ("identifier", "this", "import") else ""), members[::-1]


def arguments(call: Node) -> list[Node]:
    """Arguments of a call, comments left out."""
    listed = call.child_by_field_name("arguments")
    return [child for child in listed.named_children if child.type != "comment"] if listed is not None else []


def _worse(held: Held, new: Held) -> Held:
    return held if held in (Held.UNREACHABLE, Held.SWALLOWED) else new


def _statement(node: Node, held: Held) -> Iterator[Check]:
    if node.type in _BLOCKS:
        for child in node.named_children:
            yield from _statement(child, held)
            if _ends(child):
                held = Held.UNREACHABLE
    elif node.type == "if_statement":
        dead = never(node.child_by_field_name("condition"))
        taken, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
        guarded = _worse(held, Held.GUARDED)
        if taken is not None:
            yield from _statement(taken, Held.UNREACHABLE if dead else held if dead is False else guarded)
        if other is not None:
            yield from _statement(other, Held.UNREACHABLE if dead is False else held if dead else guarded)
    elif node.type == "try_statement":
        yield from _tried(node, held)
    elif node.type in ("while_statement", "for_statement", "for_in_statement", "do_statement", "switch_statement"):
        dead = never(node.child_by_field_name("condition")) if node.type == "while_statement" else None
        for child in node.named_children:
            if child.type in _BLOCKS or child.type.endswith("_statement"):
                yield from _statement(child, Held.UNREACHABLE if dead else held)
    else:
        yield from _expression(node, held)


def _ends(node: Node) -> bool:
    if node.type in ("return_statement", "throw_statement", "break_statement", "continue_statement"):
        return True
    if node.type == "expression_statement" and node.named_children and node.named_children[0].type == "call_expression":
        root, members = chain(node.named_children[0])
        return (root, members) in (("this", ["skip"]), ("process", ["exit"]))
    return node.type == "if_statement" and never(node.child_by_field_name("condition")) is False and "return" in text(node)


def _tried(node: Node, held: Held) -> Iterator[Check]:
    handler = node.child_by_field_name("handler")
    caught = handler is not None and not _fails(handler)
    for child in node.named_children:
        if child.type == "statement_block":
            yield from _statement(child, _worse(held, Held.SWALLOWED) if caught else held)
        elif child.type in ("catch_clause", "finally_clause") and (body := child.child_by_field_name("body")):
            yield from _statement(body, held)


def _fails(handler: Node) -> bool:
    """It throws again, checks what was thrown, or hands it on."""
    name = text(handler.child_by_field_name("parameter"))
    body = handler.child_by_field_name("body")
    said = text(body)
    used = (
        bool(name) and bool(re.search(rf"\b{re.escape(name)}\b", re.sub(r"console\.\w+\([^)]*\)", "", said)))
        if name.isidentifier()
        else False
    )
    return "throw" in said or "fail" in said or "reject" in said or "expect" in said or "assert" in said or used


def _expression(node: Node, held: Held) -> Iterator[Check]:
    """Checks in an expression; functions given to a call are walked as statements, so that what is dead in them is seen."""
    if node.type == "call_expression":
        yield from _call(node, held)
        return
    if node.type in _FUNCTIONS:
        body = node.child_by_field_name("body")
        if body is not None:
            yield from _statement(body, held)
        return
    if node.type == "member_expression" and (found := _property(node, held)):
        yield found
        return
    for child in node.named_children:
        yield from _expression(child, held)


def _call(node: Node, held: Held) -> Iterator[Check]:
    root, members = chain(node)
    check = _check(node, root, members, held)
    if check is not None:
        yield from _parts(check) if members[-1:] == ["expect"] else (check,)
    callee = node.child_by_field_name("function")
    is_chain = check is not None and members[-1:] != ["expect"]
    if callee is not None and not is_chain and callee.type == "member_expression":
        yield from _expression(callee.child_by_field_name("object") or callee, held) if callee.child_by_field_name("object") else ()
    if check is not None and check.relation == "raises":
        return
    for argument in arguments(node):
        yield from _expression(argument, held)


def _property(node: Node, held: Held) -> Check | None:
    """`expect(x).to.be.true` and `x.should.be.ok`, where nothing is called at the end."""
    parts, inmost = [], node
    for _step in range(_CHAIN):
        if inmost.type != "member_expression":
            break
        parts.append(text(inmost.child_by_field_name("property")))
        below = inmost.child_by_field_name("object")
        if below is None:
            break
        inmost = below
    parts.reverse()
    if inmost.type == "call_expression" and chain(inmost) == ("expect", []) and parts:
        return _chained(text(arguments(inmost)[0]) if arguments(inmost) else "", parts, [], node, held)
    if "should" in parts[:-1]:
        place = parts.index("should")
        return _chained(".".join((text(inmost), *parts[:place])), parts[place + 1 :], [], node, held)
    return None


def _check(node: Node, root: str, members: Sequence[str], held: Held) -> Check | None:
    given = arguments(node)
    if members[-1:] == ["expect"] and root != "expect":
        return _supertest(node, given, held)
    if root == "expect" and members:
        start = _innermost(node)
        subject = arguments(start)
        return _chained(text(subject[0]) if subject else "", members, given, node, held) if start != node else None
    if root in ("assert", "t", "tap", "chai", "sinon", "assertions") or root.startswith(("assert", "check", "verify", "should")):
        name = members[-1] if members else "ok" if root in ("assert", "should") else root
        if name.lower() in _NOT_CHECKS or (root == "t" and (not members or not relations.known(name)) and name != "fail"):
            return None
        return _assertion(name, given, node, held, negated=any(member in ("not", "refute") for member in members[:-1]))
    if root in _ROOTS and not members and relations.known(root):
        return _assertion(root, given, node, held)
    if "should" in members[:-1]:
        place = members.index("should")
        return _chained(".".join((root, *members[:place])), members[place + 1 :], given, node, held)
    return None


def _parts(check: Check) -> Iterator[Check]:
    """`.expect(200, 'body')` is two claims."""
    status, comma, rest = check.expected.partition(", ")
    if comma and status.isdigit():
        yield structs.replace(check, expected=status)
        yield structs.replace(check, subject=f"{check.subject} body", expected=rest)
    else:
        yield check


def _innermost(node: Node) -> Node:
    """The `expect(...)` at the start of a chain."""
    found = node
    for _step in range(_CHAIN):
        callee = found.child_by_field_name("function")
        if callee is None or callee.type == "identifier":
            return found
        below = next((one for one in inner(callee) if one.type == "call_expression"), None)
        if below is None:
            return found
        found = below
    return found


def _chained(subject: str, members: Sequence[str], given: Sequence[Node], node: Node, held: Held) -> Check:
    negated = "not" in members or "never" in members
    words = [
        member
        for member in members
        if member not in ("not", "to", "be", "been", "have", "and", "with", "that", "is", "has", "deep", "which")
    ]
    named = next((relations.named(word) for word in reversed(words) if relations.known(word)), ("other", False))
    relation, flipped = named
    if "rejects" in members or ("eventually" in members and relation == "raises"):
        relation = "raises" if relation in ("raises", "other") else relation
    return _made(relation, negated != flipped, subject, given, node, held, name=words[-1] if words else "")


def _assertion(name: str, given: Sequence[Node], node: Node, held: Held, *, negated: bool = False) -> Check | None:
    relation, flipped = relations.named(name)
    if relation in ("truthy", "none", "ran", "raises"):
        subject, rest = (text(given[0]), given[1:]) if given else ("", given)
        if relation == "truthy" and given and (compared := _compared(given[0], negated != flipped, node, held)):
            return compared
        return _made(relation, negated != flipped, subject, rest if relation == "raises" else (), node, held, name=name)
    if relation == "called" and given:
        return _made(relation, negated != flipped, text(given[0]), given[1:], node, held, name=name)
    if relation == "other":
        said = ", ".join(text(one) for one in given)
        return Check(relation="other", subject=f"{name}({said})", negated=negated, held=held, line=node.start_point[0] + 1)
    if len(given) < 2:
        return _made(relation, negated != flipped, text(given[0]) if given else "", (), node, held, name=name)
    first, second = given[0], given[1]
    if cases.is_literal(text(first)) and not cases.is_literal(text(second)):
        first, second = second, first
    return _made(relation, negated != flipped, text(first), (second, *given[2:]), node, held, name=name)


def _compared(node: Node, negated: bool, call: Node, held: Held) -> Check | None:
    """`assert(a === b)`, `assert(true)`."""
    line = call.start_point[0] + 1
    if never(node) is False and not negated:
        return Check(relation="vacuous", subject=text(node), held=held, line=line)
    if node.type != "binary_expression":
        return None
    sign = text(node.child_by_field_name("operator"))
    left, right = text(node.child_by_field_name("left")), text(node.child_by_field_name("right"))
    if sign in ("==", "===", "!=", "!=="):
        if cases.is_literal(left) and not cases.is_literal(right):
            left, right = right, left
        return Check(relation="equal", subject=left, expected=right, negated=negated != sign.startswith("!"), held=held, line=line)
    if sign in ("<", "<=", ">", ">="):
        return Check(relation="order", subject=left, expected=right, negated=negated, held=held, line=line)
    return Check(relation="either", subject=text(node), negated=negated, held=held, line=line) if sign == "||" else None


def _made(relation: str, negated: bool, subject: str, given: Sequence[Node], node: Node, held: Held, *, name: str) -> Check:
    said = [text(one) for one in given if one.type not in _FUNCTIONS or relation == "raises"]
    tolerance = _tolerance(relation, name, said)
    expected = ", ".join(said[:1] if relation in ("equal", "close", "order", "type", "partial") else said)
    if relation == "raises":
        classes = [found[1] for part in said if (found := _CLASS.match(part))]
        expected = f"{', '.join(classes)}; {' '.join(part for part in said if not _CLASS.fullmatch(part))}"
    elif (relation in ("equal", "snapshot") and subject and subject == expected) or (
        relation == "truthy" and not negated and subject == "true"
    ):
        relation = "vacuous"
    elif relation == "equal" and name in ("toBeDefined", "toBeNaN"):
        relation = "ran"
    return Check(
        relation=relation, subject=subject, expected=expected, negated=negated, tolerance=tolerance, held=held, line=node.start_point[0] + 1
    )


def _tolerance(relation: str, name: str, said: Sequence[str]) -> float:
    if relation != "close":
        return 0.0
    try:
        last = float(said[1]) if len(said) > 1 else 2.0
    except ValueError:
        return 0.0
    return 0.5 * 10.0**-last if name == "toBeCloseTo" else abs(last)


def _supertest(node: Node, given: Sequence[Node], held: Held) -> Check:
    """`request(app).get('/').expect(200)`: the request is the subject."""
    callee = node.child_by_field_name("function")
    nodes = islice(inner(callee), _NODES) if callee is not None else ()
    calls = [one for one in nodes if one.type == "call_expression"]
    request = next((one for one in calls if chain(one)[1][-1:] and chain(one)[1][-1] in _REQUESTS), None)
    asked = ", ".join(text(one) for one in arguments(request)) if request is not None else "response"
    said = [text(one) for one in given if one.type not in _FUNCTIONS and text(one) not in ("done", "cb", "next")]
    key = f"{asked} {said[0]}" if len(said) > 1 and not said[0].isdigit() else asked
    if given and given[0].type in _FUNCTIONS:
        return Check(relation="other", subject=f"{asked} {text(given[0])[:200]}", held=held, line=node.start_point[0] + 1)
    return Check(relation="equal", subject=key, expected=", ".join(said), held=held, line=node.start_point[0] + 1)
