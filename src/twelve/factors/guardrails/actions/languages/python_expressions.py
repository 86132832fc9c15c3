"""Python expressions: what they give, and whatever is called inside them."""

from __future__ import annotations

from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.languages import python_effects
from twelve.factors.guardrails.actions.languages.python_values import Value, added, divided, formatted, times
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.paths import UNKNOWN
from twelve.factors.guardrails.actions.streams import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ITEMS = 8
"""Items of a loop that are followed one by one."""
_BUILTINS = ("open", "exec", "eval", "compile", "print", "str", "bytes", "chr", "list", "tuple", "sorted", "set", "reversed", "getattr",
             "__import__", "input", "map", "filter", "bytearray", "vars", "globals", "locals", "zip", "enumerate",
             "__builtins__")  # fmt: skip


class Expressions:
    """Evaluates as far as it goes. `names` are the variables; `methods` the functions of classes, by their bare names."""

    __slots__ = ("call", "deep", "methods", "modules", "names", "nested", "printed", "result")

    def __init__(self, call: Invocation) -> None:
        self.call = call
        self.names: dict[str, Value] = {}
        self.methods: dict[str, Value] = {}
        self.modules: dict[str, int] = {}
        self.printed: list[Stream] = []
        self.deep = self.nested = 0
        self.result = Value()

    def source(self, text: str) -> bool:
        """Follows a module's text; False when it is none."""
        raise NotImplementedError

    def block(self, statements: list[Any]) -> None:
        """Statements in order."""
        raise NotImplementedError

    def bind(self, target: Any, value: Value) -> None:
        """An assignment."""
        raise NotImplementedError

    def invoke(self, function: Value, arguments: list[Value], named: dict[str, Value]) -> Value:
        """A call."""
        raise NotImplementedError

    def value(self, node: Any) -> Value:
        """What an expression gives; everything inside it is followed."""
        if not self.call.state.work.spend():
            return Value()
        handler = getattr(self, "_value_" + type(node).__name__, None)
        if handler is not None:
            found: Value = handler(node)
            return found
        for field in node._fields:
            part = getattr(node, field, None)
            for item in part if isinstance(part, list) else [part]:
                if hasattr(item, "_fields") and hasattr(item, "lineno"):
                    self.value(item)
        return Value()

    def _value_Constant(self, node: Any) -> Value:  # noqa: N802
        content = node.value
        if isinstance(content, bytes):
            return Value(content.decode("utf-8", "surrogateescape"))
        return Value(content if isinstance(content, str) else str(content) if isinstance(content, int | float) else None)

    def _value_Name(self, node: Any) -> Value:  # noqa: N802
        if node.id in self.names:
            return self.names[node.id]
        return Value(name=node.id) if node.id in _BUILTINS else Value()

    def _value_JoinedStr(self, node: Any) -> Value:  # noqa: N802
        result = Value("")
        for piece in node.values:
            result = added(result, self.value(piece.value if type(piece).__name__ == "FormattedValue" else piece))
        return result

    def _value_BinOp(self, node: Any) -> Value:  # noqa: N802
        left, right = self.value(node.left), self.value(node.right)
        sign = type(node.op).__name__
        if sign == "Add":
            return added(left, right)
        if sign == "Div":
            return divided(left, right)
        if sign == "Mod":
            return formatted(left, right.items if right.items is not None else [right])
        return times(left, right) if sign == "Mult" else Value(name=left.name + "|" + right.name)

    def _value_BoolOp(self, node: Any) -> Value:  # noqa: N802
        values = [self.value(part) for part in node.values]
        return next((value for value in values if value.text or value.name or value.items), values[-1])

    def _value_IfExp(self, node: Any) -> Value:  # noqa: N802
        self.value(node.test)
        first, second = self.value(node.body), self.value(node.orelse)
        return first if first.text == second.text else first.with_text(None, second) if not first.name else first

    def _value_NamedExpr(self, node: Any) -> Value:  # noqa: N802
        value = self.value(node.value)
        self.bind(node.target, value)
        return value

    def _value_List(self, node: Any) -> Value:  # noqa: N802
        items: list[Value] = []
        for element in node.elts:
            value = self.value(element.value if type(element).__name__ == "Starred" else element)
            if type(element).__name__ == "Starred":
                items += value.items if value.items is not None else [value.with_text(UNKNOWN)]
            else:
                items.append(value)
        return Value(items=items)

    _value_Tuple = _value_List  # noqa: N815
    _value_Set = _value_List  # noqa: N815

    def _value_Dict(self, node: Any) -> Value:  # noqa: N802
        pairs = []
        for key, content in zip(node.keys, node.values, strict=True):
            value = self.value(content)
            pairs.append(Value(items=[self.value(key) if key is not None else Value(), value]))
        made = Value(name="dict")
        made.items = None
        made.body = pairs
        for pair in pairs:
            made = _tainted(made, (pair.items or [])[1])
        return made

    def _value_Subscript(self, node: Any) -> Value:  # noqa: N802
        owner = self.value(node.value)
        if type(node.slice).__name__ == "Slice":
            return self._slice(owner, node.slice)
        key = self.value(node.slice)
        if owner.name in ("os.environ", "environ"):
            return python_effects.variable(self, key, None)
        if owner.name == "sys.argv":
            return self._argument(key)
        if owner.name.endswith(("__dict__", "__builtins__", "globals()", "vars()", "sys.modules")) and key.text:
            base = owner.name.rpartition(".")[0]
            return Value(name=(base + "." if base and base != "sys" else "") + key.text)
        if isinstance(owner.body, list) and key.text is not None:
            return next((pair.items[1] for pair in owner.body if pair.items and pair.items[0].text == key.text), Value())
        number = key.text if key.text is not None else ""
        if owner.items is not None and number.lstrip("-").isdigit() and -len(owner.items) <= int(number) < len(owner.items):
            return owner.items[int(number)]
        return owner.with_text(None)

    def _slice(self, owner: Value, node: Any) -> Value:
        bounds = []
        for part in (node.lower, node.upper, node.step):
            text = self.value(part).text if part is not None else ""
            if text is None or (text and not text.lstrip("-").isdigit()) or (text == "0" and part is node.step):
                return owner.with_text(None)
            bounds.append(int(text) if text else None)
        cut = slice(*bounds)
        if owner.name == "sys.argv":
            return Value(items=([Value(self.call.name)] + [Value(word.text) for word in self.call.words])[cut])
        if owner.items is not None:
            return Value(items=owner.items[cut])
        return owner.with_text(None if owner.text is None else owner.text[cut])

    def _argument(self, key: Value) -> Value:
        words = [Argument(self.call.name), *self.call.words]
        if key.text is not None and key.text.lstrip("-").isdigit() and -len(words) <= int(key.text) < len(words):
            word = words[int(key.text)]
            value = Value(word.text, origin=word.origin, data=word.data)
            value.pattern = word.pattern
            return value
        return Value()

    def _value_UnaryOp(self, node: Any) -> Value:  # noqa: N802
        value = self.value(node.operand)
        return Value("-" + value.text) if type(node.op).__name__ == "USub" and value.text else Value()

    def _value_Attribute(self, node: Any) -> Value:  # noqa: N802
        owner = self.value(node.value)
        if owner.path and node.attr in ("parent", "name", "stem"):
            return python_effects.path_attribute(owner, node.attr)
        if owner.name and owner.owner is None:
            return python_effects.attribute(self, owner.name + "." + node.attr, owner)
        if owner.text is None and "." + node.attr in self.names:
            return self.names["." + node.attr]
        made = Value(owner.text if node.attr in ("text", "content", "path", "stdout") else None, name="?." + node.attr)
        made.origin, made.data = owner.origin, owner.data
        made.owner = owner
        return made

    def _value_Call(self, node: Any) -> Value:  # noqa: N802
        function = self.value(node.func)
        arguments: list[Value] = []
        for part in node.args:
            value = self.value(part.value if type(part).__name__ == "Starred" else part)
            arguments += (value.items or []) if type(part).__name__ == "Starred" else [value]
        named = {part.arg: self.value(part.value) for part in node.keywords if part.arg}
        return self.invoke(function, arguments, named)

    def _value_Lambda(self, node: Any) -> Value:  # noqa: N802
        made = Value()
        made.body = node
        return made

    def _value_ListComp(self, node: Any) -> Value:  # noqa: N802
        return Value(items=self._comprehended(node.generators, node.elt)[: ITEMS * 4])

    _value_GeneratorExp = _value_ListComp  # noqa: N815
    _value_SetComp = _value_ListComp  # noqa: N815

    def _comprehended(self, generators: list[Any], element: Any) -> list[Value]:
        if not generators:
            return [self.value(element)]
        found: list[Value] = []
        for item in self.items_of(self.value(generators[0].iter)):
            self.bind(generators[0].target, item)
            for condition in generators[0].ifs:
                self.value(condition)
            found += self._comprehended(generators[1:], element)
        return found

    def items_of(self, value: Value) -> list[Value]:
        if value.items is not None:
            return value.items[:ITEMS] if len(value.items) <= ITEMS else [*value.items[:ITEMS], Value(UNKNOWN)]
        return [value.with_text(UNKNOWN)]

    def dotted(self, node: Any) -> str:
        """The dotted name an expression is, "" when it is none."""
        kind = type(node).__name__
        if kind == "Name":
            return self.names[node.id].name if node.id in self.names else str(node.id)
        if kind == "Attribute":
            return self.dotted(node.value) + "." + str(node.attr)
        return self.dotted(node.func) if kind == "Call" else ""


def _tainted(value: Value, other: Value) -> Value:
    made = value.with_text(None, other)
    made.name, made.body = value.name, value.body
    return made
