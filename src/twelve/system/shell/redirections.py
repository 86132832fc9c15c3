"""Reads redirections with their here-documents, and what stands between words: blanks, comments, newlines."""

from __future__ import annotations

from twelve.system.shell.cursor import DIGITS, META, NAME, PLAIN_ENDS
from twelve.system.shell.heredocs import Pending, read_body
from twelve.system.shell.pieces import Pieces
from twelve.system.shell.syntax import TEXT, Redirect, Unparsable, Word
from twelve.system.shell.words import Words

BLANKS = " \t"
REDIRECTIONS = ("&>>", "<<<", "<<-", "&>", ">>", ">|", ">&", "<<", "<&", "<>", ">", "<")


class Redirections(Words):
    """`pending` are the here-documents whose bodies begin after the next newline."""

    __slots__ = ("pending",)

    def __init__(self, text: str, depth: int = 0) -> None:
        super().__init__(text, depth)
        self.pending: list[Pending] = []

    def redirection(self, redirects: list[Redirect]) -> bool:
        """One redirection with its descriptor, when there is one at the cursor."""
        place = self.past_descriptor()
        operator = self.operator_at(place)
        if not operator:
            return False
        descriptor = self.text[self.at : place]
        if operator.startswith("&") and descriptor:
            return False
        self.at = place + len(operator)
        if self.sees("\\\n"):
            raise Unparsable("a line goes on inside an operator")
        self.blanks()
        if operator in ("<<", "<<-"):
            redirects.append(self.here_document(operator, descriptor))
            return True
        target = self.word()
        if not target.raw:
            raise Unparsable("a redirection without a target")
        redirects.append(Redirect(operator, target, descriptor))
        return True

    def operator_at(self, place: int) -> str:
        if place >= self.size or self.text[place] not in "<>&" or self.text[place : place + 2] in ("<(", ">("):
            return ""
        for operator in REDIRECTIONS:
            if self.text.startswith(operator, place):
                return operator
        return ""

    def past_descriptor(self) -> int:
        """Behind `2` or `{name}` when a redirection follows it at once, otherwise where the cursor is."""
        place = self.at
        if self.here() == "{":
            place += 1
            while place < self.size and self.text[place] in NAME:
                place += 1
            place = place + 1 if self.text.startswith("}", place) and place > self.at + 1 else self.at
        else:
            while place < self.size and self.text[place] in DIGITS:
                place += 1
        return place if place < self.size and self.text[place] in "<>" else self.at

    def here_document(self, operator: str, descriptor: str) -> Redirect:
        word = self.word()
        if not word.raw or any(part.kind != TEXT for part in word.parts):
            raise Unparsable("the delimiter of a here-document is not plain")
        redirect = Redirect(operator, Word(()), descriptor)
        quoted = any(part.quoted for part in word.parts)
        self.pending.append(Pending(redirect, "".join(part.text for part in word.parts), quoted=quoted))
        return redirect

    # Blanks, comments, newlines.

    def blanks(self) -> None:
        """Past blanks, continued lines and a comment."""
        while self.at < self.size:
            sign = self.text[self.at]
            if sign in BLANKS:
                self.at += 1
            elif sign == "\\" and self.here(1) == "\n":
                self.at += 2
            else:
                break
        if self.here() == "#":
            end = self.text.find("\n", self.at)
            self.at = end if end >= 0 else self.size

    def lines(self) -> None:
        """Past blanks, comments and newlines, here-documents that wait for the newline included."""
        self.blanks()
        while self.here() == "\n":
            self.at += 1
            self.bodies()
            self.blanks()

    def bodies(self) -> None:
        waiting, self.pending = self.pending, []
        for pending in waiting:
            body, self.at = read_body(self.text, self.at, pending)
            pending.redirect.target = self.quoted_body(body) if pending.quoted else self.expanding_body(body)

    def expanding_body(self, body: str) -> Word:
        return type(self)(body, self.depth + 1).body()

    def quoted_body(self, body: str) -> Word:
        pieces = Pieces()
        pieces.text(body, quoted=True)
        return Word(pieces.parts(), body)

    def plain(self) -> str:
        """The word at the cursor when nothing in it is quoted or expanded, "" otherwise. Does not move the cursor."""
        place = self.at
        while place < self.size and self.text[place] not in PLAIN_ENDS:
            place += 1
        return self.text[self.at : place] if place == self.size or self.text[place] in META else ""
