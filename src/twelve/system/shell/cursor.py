"""A cursor over the text of a command line, and what the readers of words ask each other for."""

from __future__ import annotations

from twelve.system.shell.syntax import Script, Unparsable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from twelve.system.shell.pieces import Pieces

META = frozenset(" \t\n;&|()<>")
"""Characters that end an unquoted word. Carriage return, form feed and vertical tab are ordinary characters to bash."""
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
DIGITS = frozenset("0123456789")
NAME = LETTERS | DIGITS
PLAIN_ENDS = META | frozenset("'\"\\$`")
IN_QUOTES = frozenset('$`"\\')
"""What a backslash escapes inside double quotes, besides a newline."""
DEEPEST = 40
"""Nested scripts, expansions and compounds deeper than this are not read: about six frames each, and Python stops at 1,000."""


class Cursor:
    """`at` is the position in `text`, `depth` how deep the nesting is."""

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

    def dollar(self, pieces: Pieces, *, quoted: bool) -> None:
        """What begins with the dollar sign at the cursor."""
        raise NotImplementedError

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
