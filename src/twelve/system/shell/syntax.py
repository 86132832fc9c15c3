"""The tree of a command line.

Plain classes with slots: the fast path pays for every import, and dataclasses alone cost more than the interpreter.
"""

from __future__ import annotations


class Unparsable(ValueError):  # noqa: N818 - an answer, not a failure
    """The text is not a command line this parser understands; what it does is unknown."""


class Part:
    """One piece of a word, in the order written.

    `kind` is one of TEXT, VARIABLE, COMMAND, PROCESS, ARITHMETIC. `text` is the literal text (quotes and escapes removed) of
    TEXT, the variable's name, or the raw source of ARITHMETIC. `operator` holds what follows a variable's name inside braces
    (":-default", "%.py", "!" for indirection), raw; `words` holds what the operator works with, already read: one word, two for
    a replacement. ARITHMETIC has its expression there, ARRAY its elements. `script` is the nested script of COMMAND and PROCESS.
    `bare` says that a VARIABLE was written without braces, so its name may grow when brace expansion puts letters behind it.
    `quoted` says that neither field splitting nor globbing applies. Nothing that runs is anywhere but in `script` or `words`.
    """

    __slots__ = ("bare", "kind", "operator", "quoted", "script", "text", "words")

    def __init__(
        self,
        kind: str,
        text: str = "",
        *,
        quoted: bool = False,
        operator: str = "",
        script: Script | None = None,
        words: tuple[Word, ...] = (),
        bare: bool = False,
    ) -> None:
        self.bare = bare
        self.kind = kind
        self.text = text
        self.quoted = quoted
        self.operator = operator
        self.script = script
        self.words = words


TEXT = "text"
VARIABLE = "variable"
COMMAND = "command"
"""`$(…)` or backticks."""
PROCESS = "process"
"""`<(…)` or `>(…)`; `text` is the sign."""
ARITHMETIC = "arithmetic"
ARRAY = "array"
"""The whole value of an array assignment, `(…)`."""


class Word:
    """One word as written: its parts, and `raw`, the source text it was read from."""

    __slots__ = ("parts", "raw")

    def __init__(self, parts: tuple[Part, ...], raw: str = "") -> None:
        self.parts = parts
        self.raw = raw


class Redirect:
    """`operator` as written without the descriptor (`>`, `>>`, `>|`, `<`, `<>`, `<<`, `<<-`, `<<<`, `&>`, `&>>`, `>&`, `<&`).

    `target` is the file, descriptor or here-string word; of a here-document it is the body, one quoted part when the
    delimiter was quoted, parts with variables and commands otherwise. `descriptor` is "" when none was written.
    """

    __slots__ = ("descriptor", "operator", "target")

    def __init__(self, operator: str, target: Word, descriptor: str = "") -> None:
        self.operator = operator
        self.target = target
        self.descriptor = descriptor


class Simple:
    """A simple command: assignments before the words, words, redirections anywhere. All three may be empty, not all at once.

    The name of an assignment ends with "+" when it appends and keeps its subscript ("A[1]") as written.
    """

    __slots__ = ("assignments", "redirects", "words")

    def __init__(
        self, words: tuple[Word, ...], assignments: tuple[tuple[str, Word], ...] = (), redirects: tuple[Redirect, ...] = ()
    ) -> None:
        self.words = words
        self.assignments = assignments
        self.redirects = redirects


class Compound:
    """Anything that holds scripts: `kind` is subshell, group, if, loop, case, test or function.

    `name` is the function's name or the loop variable's; `values` are the words a `for` loop walks or a `case` looks at, its
    patterns after it. A test is `[[ … ]]`, its operands and operators as words in `values`, or `(( … ))`, one ARITHMETIC part.
    """

    __slots__ = ("bodies", "kind", "name", "redirects", "values")

    def __init__(
        self, kind: str, bodies: tuple[Script, ...], *, name: str = "", values: tuple[Word, ...] = (), redirects: tuple[Redirect, ...] = ()
    ) -> None:
        self.kind = kind
        self.bodies = bodies
        self.name = name
        self.values = values
        self.redirects = redirects


class Pipeline:
    """Stages joined by `|` or `|&`; a single command is a pipeline of one stage."""

    __slots__ = ("background", "stages")

    def __init__(self, stages: tuple[Simple | Compound, ...], *, background: bool = False) -> None:
        self.stages = stages
        self.background = background


class Script:
    """Pipelines in the order written. What joins them (`;`, `&&`, `||`, newline) is not kept: any of them may run."""

    __slots__ = ("pipelines",)

    def __init__(self, pipelines: tuple[Pipeline, ...]) -> None:
        self.pipelines = pipelines
