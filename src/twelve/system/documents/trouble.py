"""The one error of this package, with the place it happened."""

from __future__ import annotations

from twelve.model.errors import Trouble, TwelveError


class DocumentError(TwelveError):
    """A text is not a well-formed document. `line` is 1-based, 0 when unknown; `name` is the file's."""

    def __init__(self, message: str, *, name: str = "", line: int = 0, next: str = "") -> None:
        place = f"{name or 'the document'}{f':{line}' if line else ''}"
        super().__init__(f"{place}: {message}", next=next or "correct the text and run the command again", kind=Trouble.DAMAGED)
        self.message = message
        self.name = name
        self.line = line


def refuse_size(text: str, limit: int, name: str) -> None:
    """DocumentError when `text` is longer than `limit` characters."""
    if len(text) > limit:
        raise DocumentError(f"{len(text)} characters, more than the {limit} a document may have", name=name)
