"""Reads commands: simple ones, pipelines and lists of them, subshells and groups."""

from __future__ import annotations

from twelve.system.shell.assignments import RESERVED, Assignments
from twelve.system.shell.cursor import DEEPEST, META
from twelve.system.shell.syntax import Compound, Pipeline, Redirect, Script, Simple, Unparsable, Word

CLOSING = frozenset(("then", "elif", "else", "fi", "do", "done", "esac", "}"))


class Commands(Assignments):
    """Reads simple commands, pipelines, lists, subshells and groups. What begins with another keyword is `compound`'s."""

    __slots__ = ()

    def compound(self, keyword: str) -> Compound:
        """The compound command that begins with `keyword`, cursor before it."""
        raise Unparsable(f"{keyword} is not read here")

    # Scripts.

    def whole(self) -> Script:
        """The script the text is, all of it."""
        script = self.sequence(())
        if self.at < self.size:
            raise Unparsable(f"{self.here()} is not expected")
        self.bodies()
        return script

    def embedded(self, text: str) -> Script:
        return type(self)(text, self.depth + 1).whole()

    def nested(self) -> Script:
        script = self.deeper(())
        self.close(")")
        return script

    def deeper(self, enders: tuple[str, ...]) -> Script:
        """A list one level down. Here-documents begun inside must end inside."""
        inner = type(self)(self.text, self.depth + 1)
        inner.at = self.at
        script = inner.sequence(enders)
        if inner.pending or (self.pending and "\n" in self.text[self.at : inner.at]):
            raise Unparsable("a here-document and a nested script overlap")
        self.at = inner.at
        return script

    def sequence(self, enders: tuple[str, ...]) -> Script:
        """Pipelines up to a closing parenthesis, `;;`, the end of the text or one of the keywords `enders`."""
        pipelines: list[Pipeline] = []
        self.lines()
        while not self.ends(enders):
            pipelines.append(self.pipeline())
            self.separator(pipelines)
        return Script(tuple(pipelines))

    def ends(self, enders: tuple[str, ...]) -> bool:
        sign = self.here()
        return sign in ("", ")") or (sign == ";" and self.here(1) in (";", "&")) or (bool(enders) and self.plain() in enders)

    def separator(self, pipelines: list[Pipeline]) -> None:
        """What stands between two pipelines: `;`, `&`, `&&`, `||` or a newline."""
        self.blanks()
        if self.sees("&&") or self.sees("||"):
            self.at += 2
            self.lines()
            if self.here() in ("", ")", ";", "&", "|"):
                raise Unparsable("a command is missing")
            return
        if self.here() == "&":
            self.at += 1
            pipelines[-1].background = True
        elif self.here() == ";" and self.here(1) not in (";", "&"):
            self.at += 1
        elif self.here() not in ("", "\n", ")", ";") and not self.closes(pipelines[-1]):
            raise Unparsable(f"{self.here()} is not expected")
        self.lines()

    def closes(self, pipeline: Pipeline) -> bool:
        """Behind a compound command a keyword may follow without a separator: `(a) then`, `{ a; } fi`."""
        return isinstance(pipeline.stages[-1], Compound) and self.plain() in CLOSING

    # Commands.

    def pipeline(self) -> Pipeline:
        self.prefixes()
        stages = [self.command()]
        self.blanks()
        while self.here() == "|" and self.here(1) != "|":
            self.at += 2 if self.here(1) == "&" else 1
            self.lines()
            stages.append(self.command())
            self.blanks()
        return Pipeline(tuple(stages))

    def prefixes(self) -> None:
        """`!` and `time` change nothing about what runs. Behind a bar the first is an error and the second a program."""
        while (keyword := self.plain()) in ("!", "time"):
            self.at += len(keyword)
            self.blanks()
            for option in ("-p", "--"):
                if keyword == "time" and self.plain() == option:
                    self.at += 2
                    self.blanks()

    def command(self) -> Simple | Compound:
        keyword = self.plain()
        if self.here() == "(":
            return self.redirected(self.parentheses())
        if keyword == "{":
            return self.redirected(self.group())
        if keyword in RESERVED:
            return self.redirected(self.compound(keyword))
        return self.simple()

    def parentheses(self) -> Compound:
        if self.here(1) == "(":
            return self.compound("((")
        self.at += 1
        return Compound("subshell", (self.nested(),))

    def group(self) -> Compound:
        self.at += 1
        return Compound("group", (self.part("}"),))

    def part(self, *enders: str) -> Script:
        """A list inside a compound command up to one of the keywords `enders`, which is consumed."""
        script = self.inner(enders)
        self.at += len(self.plain())
        return script

    def inner(self, enders: tuple[str, ...]) -> Script:
        """The same, in front of the keyword. Unlike a nested script it shares its here-documents with the lines around it."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unparsable("nested too deeply")
        script = self.sequence(enders)
        self.depth -= 1
        if self.plain() not in enders:
            raise Unparsable(f"{' or '.join(enders)} is missing")
        return script

    def redirected(self, compound: Compound) -> Compound:
        redirects: list[Redirect] = []
        self.blanks()
        while self.redirection(redirects):
            self.blanks()
        compound.redirects = tuple(redirects)
        return compound

    def simple(self) -> Simple | Compound:
        words: list[Word] = []
        assignments: list[tuple[str, Word]] = []
        redirects: list[Redirect] = []
        while True:
            self.blanks()
            if self.redirection(redirects):
                continue
            sign = self.here()
            if sign == "(":
                return self.function(words, bool(assignments or redirects))
            if not sign or (sign in META and not self.substitutes()):
                break
            self.item(words, assignments)
        if not (words or assignments or redirects):
            raise Unparsable("a command is missing")
        return Simple(tuple(words), tuple(assignments), tuple(redirects))

    def function(self, words: list[Word], other: bool) -> Compound:
        """`name ( ) compound`, cursor before the parenthesis."""
        self.at += 1
        self.blanks()
        if other or len(words) != 1 or self.here() != ")":
            raise Unparsable("a parenthesis is not expected")
        self.at += 1
        return self.function_body(words[0])

    def function_body(self, name: Word) -> Compound:
        self.lines()
        body = self.command()
        if isinstance(body, Simple):
            raise Unparsable("a function without a body")
        return Compound("function", (Script((Pipeline((body,)),)),), name=name.raw)
