"""Reads compound commands: conditions, loops, cases, functions, tests and arithmetic."""

from __future__ import annotations

from twelve.system.shell.assignments import plain_text
from twelve.system.shell.commands import Commands
from twelve.system.shell.cursor import META
from twelve.system.shell.syntax import ARITHMETIC, TEXT, VARIABLE, Compound, Part, Pipeline, Script, Unparsable, Word

ALL_ARGUMENTS = Word((Part(VARIABLE, "@", quoted=True),), '"$@"')
"""What a `for` without `in` walks."""
PATTERN_META = frozenset(" \t\n;&|)<>")
TEST_SIGNS = ("&&", "||", "(", ")", "<", ">")


class Compounds(Commands):
    """The whole of bash's grammar. What is legal but rare and doubtful (extended globs outside tests, names
    of co-processes) is refused."""

    __slots__ = ()

    def compound(self, keyword: str) -> Compound:
        if keyword == "((":
            return self.double_parentheses()
        if keyword not in READERS:
            raise Unparsable(f"{keyword} is not expected")
        return READERS[keyword](self)

    def double_parentheses(self) -> Compound:
        """Arithmetic when the closing parentheses stand together and match, a subshell in a subshell otherwise."""
        start = self.at
        value = self.arithmetic()
        if value is not None:
            return Compound("test", (), values=(value,))
        self.at = start + 1
        return Compound("subshell", (self.nested(),))

    def arithmetic(self) -> Word | None:
        """`((…))` at the cursor, consumed; None when it is not arithmetic."""
        start = self.at
        self.at += 2
        try:
            expression = self.expression("(", ")")
        except Unparsable:
            return None
        if not self.sees("))"):
            return None
        self.at += 2
        return Word((Part(ARITHMETIC, expression.raw, quoted=True, words=(expression,)),), self.text[start : self.at])

    # Conditions and loops.

    def condition(self) -> Compound:
        self.keyword("if")
        bodies = [self.part("then")]
        while True:
            body, ender = self.until("elif", "else", "fi")
            bodies.append(body)
            if ender == "fi":
                return Compound("if", tuple(bodies))
            bodies.append(self.part("then") if ender == "elif" else self.part("fi"))
            if ender == "else":
                return Compound("if", tuple(bodies))

    def until(self, *enders: str) -> tuple[Script, str]:
        script = self.inner(enders)
        ender = self.plain()
        self.at += len(ender)
        return script, ender

    def loop(self) -> Compound:
        self.keyword(self.plain())
        return Compound("loop", (self.part("do"), self.part("done")))

    def walk(self) -> Compound:
        """`for` and `select`."""
        self.keyword(self.plain())
        self.blanks()
        if self.sees("(("):
            return self.counting()
        name = self.word().raw
        values: tuple[Word, ...] = (ALL_ARGUMENTS,)
        self.lines()
        if self.plain() == "in":
            self.keyword("in")
            values = self.listed()
        return Compound("loop", (self.loop_body(),), name=name, values=values)

    def counting(self) -> Compound:
        value = self.arithmetic()
        if value is None:
            raise Unparsable("the head of a loop is not closed")
        return Compound("loop", (self.loop_body(),), values=(value,))

    def listed(self) -> tuple[Word, ...]:
        words: list[Word] = []
        self.blanks()
        while self.here() not in ("", "\n", ";"):
            word = self.word()
            if not word.raw:
                raise Unparsable(f"{self.here()} is not expected")
            words.append(word)
            self.blanks()
        return tuple(words)

    def loop_body(self) -> Script:
        self.blanks()
        if self.here() == ";":
            self.at += 1
        self.lines()
        begins = self.plain()
        if begins not in ("do", "{"):
            raise Unparsable("the body of a loop is missing")
        self.at += len(begins)
        return self.part("done" if begins == "do" else "}")

    # Cases.

    def case(self) -> Compound:
        self.keyword("case")
        self.blanks()
        values = [self.word()]
        self.lines()
        self.keyword("in")
        self.lines()
        bodies: list[Script] = []
        while self.plain() != "esac":
            self.patterns(values)
            bodies.append(self.inner_case())
            self.lines()
        self.keyword("esac")
        return Compound("case", tuple(bodies), values=tuple(values))

    def patterns(self, values: list[Word]) -> None:
        if self.here() == "(":
            self.at += 1
        while True:
            self.blanks()
            word = self.word()
            if not word.raw:
                raise Unparsable("a pattern is missing")
            values.append(word)
            self.blanks()
            if self.here() != "|":
                break
            self.at += 1
        self.close(")")

    def inner_case(self) -> Script:
        """The list of one case, with what ends it."""
        self.depth += 1
        script = self.sequence(("esac",))
        self.depth -= 1
        for ender in (";;&", ";;", ";&"):
            if self.sees(ender):
                self.at += len(ender)
                return script
        if self.plain() != "esac":
            raise Unparsable("a case is not closed")
        return script

    # Functions, co-processes.

    def named_function(self) -> Compound:
        self.keyword("function")
        self.blanks()
        name = self.word()
        self.blanks()
        if self.here() == "(" and self.text[self.at + 1 :].lstrip(" \t").startswith(")"):
            self.at = self.text.index(")", self.at) + 1
        return self.function_body(name)

    def coprocess(self) -> Compound:
        """`coproc` with a simple command, or with a compound one that may have a name before it."""
        self.keyword("coproc")
        self.blanks()
        start = self.at
        name = self.word().raw
        self.blanks()
        if self.here() != "(" and self.plain() not in COMPOUND_STARTS:
            self.at, name = start, ""
        body = self.command()
        return Compound("group", (Script((Pipeline((body,), background=True),)),), name=name)

    # Tests.

    def test(self) -> Compound:
        """`[[ … ]]`: operands and operators in the order written. A regular expression may hold parentheses and bars."""
        self.keyword("[[")
        values: list[Word] = []
        self.lines()
        while self.plain() != "]]":
            values.append(self.operand_of_test(values))
            self.lines()
        self.keyword("]]")
        return Compound("test", (), values=tuple(values))

    def operand_of_test(self, values: list[Word]) -> Word:
        if values and plain_text(values[-1]) == "=~":
            return self.regular_expression()
        if values and plain_text(values[-1]) in ("==", "=", "!="):
            return self.extended_pattern()
        if not self.substitutes():
            for sign in TEST_SIGNS:
                if self.sees(sign):
                    self.at += len(sign)
                    return Word((Part(TEXT, sign),), sign)
        word = self.word()
        if not word.raw:
            raise Unparsable(f"{self.here()} is not expected in a test")
        return word

    def regular_expression(self) -> Word:
        """Up to a blank outside parentheses."""
        return self.balanced(frozenset(" \t\n"))

    def extended_pattern(self) -> Word:
        return self.balanced(META - frozenset("("))

    def balanced(self, stops: frozenset[str]) -> Word:
        """A word up to one of `stops` outside parentheses; inside them anything goes."""
        start, depth = self.at, 0
        parts: list[Part] = []
        while True:
            parts.extend(self.word((frozenset() if depth else stops) | frozenset("()")).parts)
            sign = self.here()
            if sign == "" or (depth == 0 and (sign in stops and sign != "(")):
                break
            depth += 1 if sign == "(" else -1
            parts.append(Part(TEXT, sign))
            self.at += 1
        if depth or self.at == start:
            raise Unparsable("a pattern is not closed")
        return Word(tuple(parts), self.text[start : self.at])

    def keyword(self, keyword: str) -> None:
        if self.plain() != keyword:
            raise Unparsable(f"{keyword} is missing")
        self.at += len(keyword)


READERS = {
    "if": Compounds.condition,
    "for": Compounds.walk,
    "select": Compounds.walk,
    "while": Compounds.loop,
    "until": Compounds.loop,
    "case": Compounds.case,
    "function": Compounds.named_function,
    "coproc": Compounds.coprocess,
    "[[": Compounds.test,
}
COMPOUND_STARTS = frozenset(("{", "if", "for", "select", "while", "until", "case", "[["))
