"""Python code: the syntax tree is followed statement by statement, both ways at every branch, with what is known of values."""

from __future__ import annotations

import warnings

from twelve.factors.guardrails.actions.code import near_words
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.languages import python_effects, python_imports
from twelve.factors.guardrails.actions.languages.python_expressions import Expressions
from twelve.factors.guardrails.actions.languages.python_values import Value, added, divided, loose
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.paths import UNKNOWN
from twelve.factors.guardrails.actions.state import DEPTH, State
from twelve.factors.guardrails.actions.streams import Stream, merged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ONLY_TREE = 0x400
"""ast.PyCF_ONLY_AST, without importing ast: the tree comes from the compiler itself."""


def follow(text: str, state: State, stdin: Stream, words: list[Argument], language: str) -> Stream:
    """Adds what the code does; answers what it prints."""
    reader = Reader(Invocation(language, words, state, stdin))
    if state.script:
        reader.names["__file__"] = Value(state.script)
    if not reader.source(text):
        return Stream(None, origin=stdin.origin, data=stdin.data)
    return merged(reader.printed) if reader.printed else Stream("")


class Reader(Expressions):
    """Walks one module."""

    __slots__ = ()

    def source(self, text: str) -> bool:
        """Follows a module's text; False when it is none."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = compile(text.replace(UNKNOWN, "_unknown_"), "<call>", "exec", _ONLY_TREE, True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as trouble:
            near_words(text, self.call.state, f"Python code that cannot be parsed ({type(trouble).__name__})")
            return False
        self.block(tree.body)
        return True

    def block(self, statements: list[Any]) -> None:
        """Statements in order."""
        for statement in statements:
            if not self.call.state.work.spend():
                return
            self.statement(statement)

    def statement(self, node: Any) -> None:
        """One statement; those without a method of their own are walked for the expressions and blocks in them."""
        handler = getattr(self, "_" + type(node).__name__, None)
        if handler is not None:
            handler(node)
            return
        for field in node._fields:
            self._anything(getattr(node, field, None))

    def _anything(self, part: Any) -> None:
        if isinstance(part, list):
            for item in part:
                self._anything(item)
        elif hasattr(part, "_fields"):
            name = type(part).__name__
            if (
                ("body" in part._fields and name not in ("Lambda", "IfExp"))
                or hasattr(part, "targets")
                or name in _STATEMENTS
                or name in ("ExceptHandler", "match_case", "withitem", "arguments", "keyword")
            ):
                self.statement(part)
            elif hasattr(part, "lineno"):
                self.value(part)

    # Statements.

    def _Import(self, node: Any) -> None:  # noqa: N802
        for alias in node.names:
            python_effects.imported(self, alias.name)
            python_imports.follow(self, alias.name)
            name = alias.asname or alias.name.partition(".")[0]
            self.names[name] = Value(name=alias.name if alias.asname else name)

    def _ImportFrom(self, node: Any) -> None:  # noqa: N802
        module = node.module or ""
        python_effects.imported(self, module)
        python_imports.follow(self, module, node.level)
        for alias in node.names:
            if alias.name == "*":
                for name in python_effects.starred(module):
                    self.names[name] = Value(name=module + "." + name)
                for name in [name for name in self.names if name.startswith(module + ".")]:
                    self.names[name[len(module) + 1 :]] = self.names[name]
                continue
            python_effects.imported(self, module + "." + alias.name)
            python_imports.follow(self, f"{module}.{alias.name}".lstrip("."), node.level)
            self.names[alias.asname or alias.name] = Value(name=module + "." + alias.name)

    def _Assign(self, node: Any) -> None:  # noqa: N802
        value = self.value(node.value)
        for target in node.targets:
            self.bind(target, value)

    def _AnnAssign(self, node: Any) -> None:  # noqa: N802
        if node.value is not None:
            self.bind(node.target, self.value(node.value))

    def _AugAssign(self, node: Any) -> None:  # noqa: N802
        before = self.value(node.target)
        after = self.value(node.value)
        made = added(before, after) if type(node.op).__name__ == "Add" else divided(before, after) if before.path else Value()
        self.bind(node.target, made)

    def _FunctionDef(self, node: Any) -> None:  # noqa: N802
        made = Value(name="")
        made.body = node
        self.names[node.name] = made
        for decorator in node.decorator_list:
            self.value(decorator)
            if "register" in loose(Value(self.dotted(decorator))):
                self.invoke(made, [], {})

    _AsyncFunctionDef = _FunctionDef

    def _ClassDef(self, node: Any) -> None:  # noqa: N802
        for statement in node.body:
            if type(statement).__name__ in ("FunctionDef", "AsyncFunctionDef"):
                made = Value()
                made.body = statement
                self.methods[statement.name] = made
            else:
                self.statement(statement)

    def _Return(self, node: Any) -> None:  # noqa: N802
        if node.value is not None:
            self.result = self.value(node.value)

    def _For(self, node: Any) -> None:  # noqa: N802
        for item in self.items_of(self.value(node.iter)):
            self.bind(node.target, item)
            self.block(node.body)
        self.block(node.orelse)

    _AsyncFor = _For

    def _With(self, node: Any) -> None:  # noqa: N802
        before = self.call.state.cwds
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value)
        self.block(node.body)
        self.call.state.cwds = before if any("chdir" in self.dotted(item.context_expr) for item in node.items) else self.call.state.cwds

    _AsyncWith = _With

    def _Expr(self, node: Any) -> None:  # noqa: N802
        self.value(node.value)

    def _Delete(self, node: Any) -> None:  # noqa: N802
        for target in node.targets:
            if type(target).__name__ == "Subscript" and self.dotted(target.value) == "os.environ":
                python_effects.setting(self, self.value(target.slice), Value(""))

    def bind(self, target: Any, value: Value) -> None:
        """An assignment to a name, a tuple of them, or a variable of the environment."""
        kind = type(target).__name__
        if kind == "Name":
            self.names[target.id] = value
        elif kind in ("Tuple", "List"):
            for at, element in enumerate(target.elts):
                item = value.items[at] if value.items is not None and at < len(value.items) else value.with_text(None)
                self.bind(element, item)
        elif kind == "Subscript" and self.dotted(target.value) in ("os.environ", "environ"):
            python_effects.setting(self, self.value(target.slice), value)
        elif kind == "Attribute":
            self.names["." + target.attr] = value
            self.value(target.value)

    def invoke(self, function: Value, arguments: list[Value], named: dict[str, Value]) -> Value:
        """Calls a function of the module itself, or one whose effect is known."""
        for value in [*arguments, *named.values()]:
            if value.body is not None and not isinstance(value.body, list):
                self._own(value, [])
        if function.body is not None and not isinstance(function.body, list):
            return self._own(function, arguments)
        known = self.names.get(function.name) if "." in function.name else None
        if known is not None and known.body is not None and not isinstance(known.body, list):
            return self._own(known, arguments)
        bare = function.name.rpartition(".")[2]
        if function.name.startswith("?.") and bare in self.methods:
            return self._own(self.methods[bare], [Value(), *arguments])
        return python_effects.called(self, function, arguments, named)

    def _own(self, function: Value, arguments: list[Value]) -> Value:
        if self.deep >= DEPTH // 2:
            return Value()
        node: Any = function.body
        before, self.result = dict(self.names), Value()
        self.deep += 1
        for at, parameter in enumerate(node.args.args):
            self.names[parameter.arg] = arguments[at] if at < len(arguments) else Value()
        if isinstance(node.body, list):
            self.block(node.body)
        else:
            self.result = self.value(node.body)
        self.deep -= 1
        self.names = {**self.names, **before}
        return self.result


_STATEMENTS = ("Expr", "Return", "Raise", "Assert", "AugAssign", "AnnAssign", "Import", "ImportFrom", "Pass", "Global", "Nonlocal")
