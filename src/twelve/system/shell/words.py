"""Reads one word of a command line into its parts: quotes, escapes, variables, substitutions, arithmetic.

Where a nested script ends is asked of the reader of commands (`nested`), so both parsers share every rule about words.
"""

from __future__ import annotations

from twelve.system.shell.pieces import Pieces
from twelve.system.shell.strings import decode
from twelve.system.shell.syntax import ARITHMETIC, COMMAND, PROCESS, VARIABLE, Part, Script, Unparsable, Word

META = frozenset(" \t\n;&|()<>")
"""Characters that end an unquoted word. Carriage return, form feed and vertical tab are ordinary characters to bash."""
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
DIGITS = frozenset("0123456789")
NAME = LETTERS | DIGITS
SPECIAL = frozenset("*@#?-$!")
PLAIN_ENDS = META | frozenset("'\"\\$`")
DEEPEST = 40
"""Nested scripts, expansions and compounds deeper than this are not read: about six frames each, and Python stops at 1,000."""
IN_QUOTES = frozenset('$`"\\')
IN_BODY = frozenset("$`\\")
IN_BRACES = frozenset('$`"\\}')
DEFAULTS = (":-", ":=", ":+", ":?", "-", "=", "+", "?")
PATTERNS = ("##", "#", "%%", "%", "^^", "^", ",,", ",")
REPLACEMENTS = ("//", "/#", "/%", "/")


class Words:
    """A cursor over `text`: `at` is the position, `depth` how deep the nesting is."""

    __slots__ = ("at", "depth", "size", "text")

    def __init__(self, text: str, depth: int = 0) -> None:
        if depth > DEEPEST:
            raise Unparsable("nested too deeply")
        self.text = text
        self.at = 0
        self.size = len(text)
        self.depth = depth

    def nested(self) -> Script:
        """The script from here to its closing parenthesis; leaves the cursor behind it."""
        raise NotImplementedError

    def embedded(self, text: str) -> Script:
        """The script that `text` is, as a whole."""
        raise NotImplementedError

    def word(self, stops: frozenset[str] = META) -> Word:
        """The word at the cursor; empty when the cursor is at one of `stops`."""
        start = self.at
        pieces = Pieces()
        self.unquoted(pieces, stops)
        return Word(pieces.parts(), self.text[start : self.at])

    def here(self, ahead: int = 0) -> str:
        """The character at the cursor, or "" at the end."""
        place = self.at + ahead
        return self.text[place] if place < self.size else ""

    def sees(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def close(self, sign: str) -> None:
        if not self.sees(sign):
            raise Unparsable(f"{sign} is missing")
        self.at += len(sign)

    # Unquoted text.

    def unquoted(self, pieces: Pieces, stops: frozenset[str]) -> None:
        """Parts up to one of `stops`, as outside quotes."""
        text, size = self.text, self.size
        ends = stops | PLAIN_ENDS
        while self.at < size:
            start = self.at
            while self.at < size and text[self.at] not in ends:
                self.at += 1
            if self.at > start:
                pieces.text(text[start : self.at])
            if self.at == size:
                return
            sign = text[self.at]
            if sign in "<>" and self.here(1) == "(":
                self.process(pieces, sign)
            elif sign in stops:
                return
            elif sign in META:
                pieces.text(sign)
                self.at += 1
            else:
                self.quoting(pieces, sign)

    def quoting(self, pieces: Pieces, sign: str) -> None:
        if sign == "\\":
            self.escape(pieces)
        elif sign == "'":
            self.raw(pieces)
        elif sign == '"':
            self.at += 1
            self.double(pieces)
        elif sign == "`":
            self.backticks(pieces, quoted=False)
        elif not self.dollar_quote(pieces):
            self.dollar(pieces, quoted=False)

    def escape(self, pieces: Pieces) -> None:
        following = self.here(1)
        if following == "":
            pieces.text("\\", quoted=True)
        elif following != "\n":
            pieces.text(following, quoted=True)
        self.at += 2 if following else 1

    def raw(self, pieces: Pieces) -> None:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise Unparsable("a single quote is not closed")
        pieces.text(self.text[self.at + 1 : end], quoted=True)
        self.at = end + 1

    def dollar_quote(self, pieces: Pieces) -> bool:
        """`$'…'` and `$"…"`, which mean nothing of the kind inside double quotes."""
        following = self.here(1)
        if following == "'":
            pieces.text(self.ansi(), quoted=True)
        elif following == '"':
            self.at += 2
            self.double(pieces)
        return following in ("'", '"')

    def ansi(self) -> str:
        place = self.at + 2
        while place < self.size and self.text[place] != "'":
            place += 2 if self.text[place] == "\\" else 1
        if place >= self.size:
            raise Unparsable("a single quote is not closed")
        body = self.text[self.at + 2 : place]
        self.at = place + 1
        return decode(body)

    def process(self, pieces: Pieces, sign: str) -> None:
        self.at += 2
        pieces.part(Part(PROCESS, sign, script=self.nested(), quoted=True))

    # Quoted text.

    def double(self, pieces: Pieces) -> None:
        """What follows an opening double quote, and the closing one. Empty quotes are a part of their own."""
        if self.here() == '"':
            pieces.text("", quoted=True)
        self.quoted(pieces, '"', IN_QUOTES)
        self.close('"')

    def quoted(self, pieces: Pieces, stop: str, escapes: frozenset[str], *, nests: bool = False) -> None:
        """Parts up to `stop` ("" is the end of the text), as inside double quotes; `nests`: double quotes may open again."""
        text, size = self.text, self.size
        ends = frozenset("\\$`" + stop + ('"' if nests else ""))
        while self.at < size:
            start = self.at
            while self.at < size and text[self.at] not in ends:
                self.at += 1
            if self.at > start:
                pieces.text(text[start : self.at], quoted=True)
            if self.at == size or text[self.at] == stop:
                return
            sign = text[self.at]
            if sign == "\\":
                self.escape_in_quotes(pieces, escapes)
            elif sign == '"':
                self.at += 1
                self.double(pieces)
            elif sign == "`":
                self.backticks(pieces, quoted=True, unquotes=stop == '"')
            else:
                self.dollar(pieces, quoted=True)

    def escape_in_quotes(self, pieces: Pieces, escapes: frozenset[str]) -> None:
        following = self.here(1)
        if following == "\n":
            self.at += 2
        elif following and following in escapes:
            pieces.text(following, quoted=True)
            self.at += 2
        else:
            pieces.text("\\", quoted=True)
            self.at += 1

    def body(self) -> Word:
        """The whole text as the body of a here-document whose delimiter was not quoted."""
        pieces = Pieces()
        self.quoted(pieces, "", IN_BODY)
        return Word(pieces.parts(), self.text)

    # Expansions.

    def backticks(self, pieces: Pieces, *, quoted: bool, unquotes: bool = False) -> None:
        """A backslash inside escapes a dollar, a backtick and itself, and a double quote when the whole stands in quotes."""
        escapable = '$`\\"' if unquotes else "$`\\"
        place = self.at + 1
        kept: list[str] = []
        while place < self.size and self.text[place] != "`":
            if self.text[place] == "\\" and place + 1 < self.size and self.text[place + 1] in escapable:
                place += 1
            kept.append(self.text[place])
            place += 1
        if place >= self.size:
            raise Unparsable("a backtick is not closed")
        self.at = place + 1
        pieces.part(Part(COMMAND, script=self.embedded("".join(kept)), quoted=quoted))

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

    def name(self) -> str:
        start = self.at
        while self.at < self.size and self.text[self.at] in NAME:
            self.at += 1
        if self.goes_on(self.at, NAME):
            raise Unparsable("a line goes on inside a variable's name")
        return self.text[start : self.at]

    def goes_on(self, place: int, signs: frozenset[str]) -> bool:
        """A continued line stands at `place`, and the next begins with one of `signs`."""
        behind = place
        while self.text.startswith("\\\n", behind):
            behind += 2
        return behind > place and behind < self.size and self.text[behind] in signs

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
            self.backticks(pieces, quoted=True)
        else:
            self.dollar(pieces, quoted=True)

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
