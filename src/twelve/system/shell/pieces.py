"""Gathers the parts of a word while it is read."""

from __future__ import annotations

from twelve.system.shell.syntax import TEXT, Part


class Pieces:
    """Text of one kind that touches is one part, so equal words have equal parts however they were read."""

    __slots__ = ("_done", "_open", "_quoted")

    def __init__(self) -> None:
        self._done: list[Part] = []
        self._open: list[str] = []
        self._quoted = False

    def text(self, text: str, *, quoted: bool = False) -> None:
        """Adds literal text; "" counts when it is quoted, because `''` makes a field."""
        if self._open and self._quoted != quoted:
            self._flush()
        self._quoted = quoted
        self._open.append(text)

    def part(self, part: Part) -> None:
        self._flush()
        self._done.append(part)

    def parts(self) -> tuple[Part, ...]:
        self._flush()
        return tuple(self._done)

    def _flush(self) -> None:
        if self._open:
            text = "".join(self._open)
            if text or self._quoted:
                self._done.append(Part(TEXT, text, quoted=self._quoted))
            self._open.clear()
