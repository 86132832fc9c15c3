"""Reads one word of a command line into its parts: quotes, escapes, variables, substitutions, arithmetic.

Where a nested script ends is asked of the reader of commands (`nested`).
"""

from __future__ import annotations

from twelve.system.shell.cursor import DEEPEST, DIGITS, IN_QUOTES, LETTERS, NAME
from twelve.system.shell.pieces import Pieces
from twelve.system.shell.quotes import Quotes
from twelve.system.shell.syntax import ARITHMETIC, COMMAND, VARIABLE, Part, Unparsable, Word

SPECIAL = frozenset("*@#?-$!")
IN_BRACES = frozenset('$`"\\}')
DEFAULTS = (":-", ":=", ":+", ":?", "-", "=", "+", "?")
PATTERNS = ("##", "#", "%%", "%", "^^", "^", ",,", ",")
REPLACEMENTS = ("//", "/#", "/%", "/")


class Words(Quotes):
    """Quotes, and everything a dollar sign begins."""

    __slots__ = ()

    def dollar(self, pieces: Pieces, *, quoted: bool) -> None:
        following = self.here(1)
        if following == "(":
            self.parenthesis(pieces, quoted=quoted)
        elif following == "{":
            self.braces(pieces, quoted=quoted)
        elif following == "[":
            self.at += 2
            expression = self.expression("[", "]")
            self.close("]")
            pieces.part(Part(ARITHMETIC, expression.raw, quoted=quoted, words=(expression,)))
        elif following == "\\" and self.here(2) == "\n":
            raise Unparsable("a line goes on inside a variable's name")
        else:
            self.variable(pieces, following, quoted=quoted)

    def variable(self, pieces: Pieces, following: str, *, quoted: bool) -> None:
        if following in LETTERS:
            self.at += 1
            pieces.part(Part(VARIABLE, self.name(), quoted=quoted, bare=True))
        elif following in DIGITS or following in SPECIAL:
            self.at += 2
            pieces.part(Part(VARIABLE, following, quoted=quoted))
        else:
            self.at += 1
            pieces.text("$", quoted=quoted)

    def parenthesis(self, pieces: Pieces, *, quoted: bool) -> None:
        """`$((` is arithmetic only when the two closing parentheses stand together and match; otherwise it is a subshell."""
        start = self.at
        if self.sees("$(("):
            self.at += 3
            expression = self.expression("(", ")")
            if self.sees("))"):
                self.at += 2
                pieces.part(Part(ARITHMETIC, expression.raw, quoted=quoted, words=(expression,)))
                return
        self.at = start + 2
        pieces.part(Part(COMMAND, script=self.nested(), quoted=quoted))

    def expression(self, opening: str, closing: str) -> Word:
        """An arithmetic expression up to the bracket that closes it, which is not consumed."""
        start, open_brackets = self.at, 0
        pieces = Pieces()
        while self.at < self.size:
            sign = self.text[self.at]
            if sign == closing and open_brackets == 0:
                return Word(pieces.parts(), self.text[start : self.at])
            if sign in "'\"\\$`":
                self.in_expression(pieces, sign)
                continue
            open_brackets += (sign == opening) - (sign == closing)
            pieces.text(sign, quoted=True)
            self.at += 1
        raise Unparsable("an arithmetic expression is not closed")

    def in_expression(self, pieces: Pieces, sign: str) -> None:
        if sign == "'":
            self.raw(pieces)
            return
        if sign == "\\":
            self.escape_in_quotes(pieces, IN_QUOTES)
        elif sign == '"':
            self.at += 1
            self.double(pieces)
        elif sign == "`":
            self.backticks(pieces, quoted=True, unquotes=None)
        elif self.here(1) in ("'", '"'):
            raise Unparsable("a dollar sign before a quote in arithmetic")
        else:
            self.dollar(pieces, quoted=True)

    # Braces.

    def braces(self, pieces: Pieces, *, quoted: bool) -> None:
        """`${…}`: a name with its operator. What it cannot be sure of is refused, above all what runs a value as code."""
        self.at += 2
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unparsable("nested too deeply")
        prefix = self.prefix()
        name = self.parameter()
        start = self.at
        words = self.operand(quoted=quoted)
        operator = prefix + self.text[start : self.at]
        if prefix == "#" and words:
            raise Unparsable("a length with an operator")
        self.close("}")
        self.depth -= 1
        pieces.part(Part(VARIABLE, name, quoted=quoted, operator=operator, words=words))

    def prefix(self) -> str:
        """ "#" (length) or "!" (indirection) before a name, told from the parameters of the same spelling."""
        sign, following = self.here(), self.here(1)
        named = following in NAME and sign in ("#", "!")
        if named or (sign == "#" and following in SPECIAL and self.here(2) == "}"):
            self.at += 1
            return sign
        return ""

    def parameter(self) -> str:
        sign = self.here()
        if sign in LETTERS:
            name = self.name()
            return name + self.subscript() if self.here() == "[" else name
        if sign in DIGITS:
            return self.name()
        if sign in SPECIAL:
            self.at += 1
            return sign
        raise Unparsable("not a parameter")

    def subscript(self) -> str:
        """`[…]` behind a name. A script inside would run, and the name it belongs to cannot carry it: that is refused."""
        self.at += 1
        inside = self.expression("[", "]")
        if not inside.raw or runs(inside):
            raise Unparsable("a subscript that is not a plain one")
        self.close("]")
        return f"[{inside.raw}]"

    def operand(self, *, quoted: bool) -> tuple[Word, ...]:
        """The words an operator works with; the cursor ends at the closing brace."""
        if self.here() == "}":
            return ()
        for sign in DEFAULTS:
            if self.sees(sign):
                self.at += len(sign)
                return (self.operand_word(quoted=quoted, singles=not quoted),)
        for sign in PATTERNS:
            if self.sees(sign):
                self.at += len(sign)
                return (self.operand_word(quoted=quoted, singles=True),)
        for sign in REPLACEMENTS:
            if self.sees(sign):
                self.at += len(sign)
                return self.replacement(sign, quoted=quoted)
        return self.other_operand()

    def other_operand(self) -> tuple[Word, ...]:
        if self.here() == ":":
            self.at += 1
            expression = self.expression("{", "}")
            return (expression,)
        if self.here() == "@" and self.here(1) in tuple("QEAaUuLKk*@") and self.here(2) == "}":
            self.at += 2
            return ()
        if self.sees("*}"):
            self.at += 1
            return ()
        raise Unparsable("an operator that is not understood")

    def operand_word(self, *, quoted: bool, singles: bool) -> Word:
        """The word behind an operator. In double quotes single quotes are letters, save where a pattern stands."""
        start = self.at
        pieces = Pieces()
        if singles:
            self.unquoted(pieces, frozenset("}"))
        else:
            self.quoted(pieces, "}", IN_BRACES, nests=True)
        return Word(pieces.parts(), self.text[start : self.at])

    def replacement(self, sign: str, *, quoted: bool) -> tuple[Word, ...]:
        """The pattern and what takes its place. Behind `//` a slash is the first letter of the pattern."""
        start = self.at
        pieces = Pieces()
        if sign == "//" and self.here() == "/":
            pieces.text("/")
            self.at += 1
        self.unquoted(pieces, frozenset("/}"))
        pattern = Word(pieces.parts(), self.text[start : self.at])
        if self.here() != "/":
            return (pattern,)
        self.at += 1
        return (pattern, self.operand_word(quoted=quoted, singles=True))


def runs(word: Word) -> bool:
    """A script stands anywhere in `word`."""
    return any(part.script is not None or any(runs(inner) for inner in part.words) for part in word.parts)
