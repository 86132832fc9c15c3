"""Reads quotes, escapes and backticks, and the plain text between them."""

from __future__ import annotations

from twelve.system.shell.cursor import IN_QUOTES, META, PLAIN_ENDS, Cursor
from twelve.system.shell.pieces import Pieces
from twelve.system.shell.strings import decode
from twelve.system.shell.syntax import COMMAND, PROCESS, Part, Unparsable, Word

IN_BODY = frozenset("$`\\")
"""What a backslash escapes in a here-document, besides a newline."""

AMBIGUOUS = frozenset('{}"$`\\')


class Quotes(Cursor):
    """Words as far as quoting goes; what begins with a dollar sign is `dollar`'s."""

    __slots__ = ()

    def word(self, stops: frozenset[str] = META) -> Word:
        """The word at the cursor; empty when the cursor is at one of `stops`."""
        start = self.at
        pieces = Pieces()
        self.unquoted(pieces, stops)
        return Word(pieces.parts(), self.text[start : self.at])

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
            elif sign == "`":
                self.backticks(pieces, quoted=False, unquotes=None if "}" in stops else False)
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
        ends = frozenset("\\$`" + stop + ("\"'" if nests else ""))
        while self.at < size:
            start = self.at
            while self.at < size and text[self.at] not in ends:
                self.at += 1
            if self.at > start:
                pieces.text(text[start : self.at], quoted=True)
            if self.at == size or text[self.at] == stop:
                return
            sign = text[self.at]
            if nests and (sign == "'" or (sign == "$" and self.here(1) in ("'", '"'))):
                self.paired(pieces)
            elif sign == "\\":
                self.escape_in_quotes(pieces, escapes)
            elif sign == '"':
                self.at += 1
                self.double(pieces)
            elif sign == "`":
                self.backticks(pieces, quoted=True, unquotes=None if nests else stop == '"')
            else:
                self.dollar(pieces, quoted=True)

    def paired(self, pieces: Pieces) -> None:
        """A single quote behind an operator in double quotes is a letter, yet bash looks for its twin to find the brace."""
        end = self.text.find("'", self.at + 1)
        inside = self.text[self.at + 1 : end]
        if self.here() == "$" or end < 0 or any(sign in AMBIGUOUS for sign in inside):
            raise Unparsable("single quotes that mean two things at once")
        pieces.text(f"'{inside}'", quoted=True)
        self.at = end + 1

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

    def backticks(self, pieces: Pieces, *, quoted: bool, unquotes: bool | None) -> None:
        """A backslash inside escapes a dollar, a backtick and itself, and a double quote when the whole stands in quotes.

        `unquotes` says whether it does, None that it cannot be told, which matters only where such an escape is.
        """
        escapable = '$`\\"' if unquotes else "$`\\"
        place = self.at + 1
        kept: list[str] = []
        while place < self.size and self.text[place] != "`":
            following = self.text[place + 1 : place + 2] if self.text[place] == "\\" else ""
            if following == '"' and unquotes is None:
                raise Unparsable("an escaped quote in backticks that may stand in quotes")
            if following and following in escapable:
                place += 1
            kept.append(self.text[place])
            place += 1
        if place >= self.size:
            raise Unparsable("a backtick is not closed")
        self.at = place + 1
        pieces.part(Part(COMMAND, script=self.embedded("".join(kept)), quoted=quoted))
