"""From expanded segments to fields."""

from __future__ import annotations

from twelve.system.shell.scope import Field

LITERAL = "literal"
"""Written unquoted: not split, but its glob signs count."""
QUOTED = "quoted"
VALUE = "value"
"""The unquoted value of an expansion: split at blanks, its glob signs count."""
BREAK = "break"
"""The border between two elements of `"$@"`."""

IFS = " \t\n"
GLOB = "*?["


class Segment:
    __slots__ = ("mode", "text")

    def __init__(self, text: str, mode: str) -> None:
        self.text = text
        self.mode = mode


class Splitter:
    """Fields in the making: `open` says that the current one exists even if it stays empty."""

    __slots__ = ("fields", "opened", "pattern", "separators", "texts")

    def __init__(self, separators: str = IFS) -> None:
        self.separators = separators
        self.fields: list[Field] = []
        self.texts: list[str] = []
        self.opened = False
        self.pattern = False

    def finish(self) -> None:
        if self.opened:
            self.fields.append(Field("".join(self.texts), pattern=self.pattern))
        self.texts, self.opened, self.pattern = [], False, False

    def add(self, text: str, *, globs: bool) -> None:
        self.texts.append(text)
        self.opened = True
        self.pattern = self.pattern or (globs and any(sign in text for sign in GLOB))

    def value(self, text: str) -> None:
        if self.separators != IFS:
            self._by_others(text)
            return
        if text and text[0] in IFS:
            self.finish()
        pieces = text.split(IFS[0]) if text.isalnum() else _pieces(text)
        for number, piece in enumerate(pieces):
            if number:
                self.finish()
            self.add(piece, globs=True)
        if text and text[-1] in IFS:
            self.finish()

    def _by_others(self, text: str) -> None:
        """With separators of somebody's own each of them ends a field; blanks among them are all alike."""
        pieces = [text]
        for sign in self.separators:
            pieces = [part for piece in pieces for part in piece.split(sign)]
        for number, piece in enumerate(pieces):
            if number:
                self.finish()
            if piece or number < len(pieces) - 1:
                self.add(piece, globs=True)


def _pieces(text: str) -> list[str]:
    for sign in IFS[1:]:
        text = text.replace(sign, " ")
    return [piece for piece in text.split(" ") if piece]


def fields_of(segments: list[Segment], separators: str = IFS) -> list[Field]:
    splitter = Splitter(separators)
    for segment in segments:
        if segment.mode == BREAK:
            splitter.finish()
        elif segment.mode == VALUE:
            splitter.value(segment.text)
        elif segment.text or segment.mode == QUOTED:
            splitter.add(segment.text, globs=segment.mode == LITERAL)
    splitter.finish()
    return splitter.fields
