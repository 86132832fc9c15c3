"""Reads the words and assignments of simple commands."""

from __future__ import annotations

from twelve.system.shell.cursor import LETTERS, META, NAME
from twelve.system.shell.pieces import Pieces
from twelve.system.shell.redirections import Redirections
from twelve.system.shell.syntax import ARRAY, TEXT, Part, Unparsable, Word

RESERVED = frozenset(
    (
        *("if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "select", "function"),
        *("{", "}", "!", "[[", "coproc"),
    )
)
AFTER_NAME = frozenset("=+[")
DECLARING = frozenset(("declare", "typeset", "local", "export", "readonly"))
"""Builtins whose arguments may be array assignments."""


class Assignments(Redirections):
    """Tells assignments from words, arrays and subscripts included."""

    __slots__ = ()

    def item(self, words: list[Word], assignments: list[tuple[str, Word]]) -> None:
        """One word or assignment."""
        start, head = self.at, ""
        declaring = bool(words) and plain_text(words[0]) in DECLARING
        if not words or declaring:
            head = self.assignment_head()
        if not head:
            word = self.word()
            if not words and plain_text(word) in RESERVED:
                raise Unparsable("a keyword that does not stand where it may")
            if self.here() in ("<", ">") and descriptive(word):
                raise Unparsable("a line goes on inside a descriptor")
            words.append(word)
            return
        value = self.array() if self.here() == "(" else self.word()
        if declaring:
            words.append(Word((Part(TEXT, head), *value.parts), self.text[start : self.at]))
        else:
            assignments.append((head[:-1], value))

    def substitutes(self) -> bool:
        """A process substitution stands at the cursor, which begins or goes on a word though it begins with `<` or `>`."""
        return self.sees("<(") or self.sees(">(")

    def assignment_head(self) -> str:
        """`NAME=`, `NAME+=` or `NAME[…]=` at the cursor, consumed; "" when there is none."""
        start, name = self.at, self.name_end()
        if name == start:
            return ""
        place = self.past_subscript(name) if self.text.startswith("[", name) else name
        if self.goes_on(place, AFTER_NAME) or ("\n" in self.text[start:name] and self.text[place : place + 1] in AFTER_NAME):
            raise Unparsable("a line goes on inside a name")
        if self.text.startswith("+\\\n", place):
            raise Unparsable("a line goes on inside an operator")
        if self.text.startswith("+=", place):
            place += 1
        if self.text.startswith("=", place):
            self.at = place + 1
            return self.text[start : self.at]
        if any(sign in META for sign in self.text[name:place]):
            raise Unparsable("a blank inside a subscript")
        return ""

    def name_end(self) -> int:
        """Behind the name at the cursor, continued lines inside it included; the cursor's own place when there is none."""
        place = self.at
        if self.here() not in LETTERS:
            return place
        while place < self.size and self.text[place] in NAME:
            place += 1
            while self.goes_on(place, NAME):
                place += 2
        return place

    def past_subscript(self, place: int) -> int:
        self.at, start = place, self.at
        inside = self.subscript()
        self.at = start
        return place + len(inside)

    def array(self) -> Word:
        """`(…)` with its elements."""
        start = self.at
        self.at += 1
        elements: list[Word] = []
        self.lines()
        while self.here() != ")":
            if not self.here() or (self.here() in META and not self.substitutes()):
                raise Unparsable("an array is not closed")
            elements.append(self.element())
            self.lines()
        self.at += 1
        return Word((Part(ARRAY, words=tuple(elements)),), self.text[start : self.at])

    def element(self) -> Word:
        """One element; a bracket at its beginning reaches to the one that closes it, blanks included."""
        start = self.at
        pieces = Pieces()
        if self.here() == "[":
            pieces.text(self.subscript())
        self.unquoted(pieces, META)
        return Word(pieces.parts(), self.text[start : self.at])


def plain_text(word: Word) -> str:
    """The word's text when it is written without any quote or expansion, otherwise ""."""
    return word.parts[0].text if len(word.parts) == 1 and word.parts[0].kind == TEXT and not word.parts[0].quoted else ""


def descriptive(word: Word) -> bool:
    """The word would be a descriptor if a redirection followed it."""
    text = plain_text(word)
    return text.isdigit() or (text.startswith("{") and text.endswith("}"))
