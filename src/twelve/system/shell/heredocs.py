"""Here-documents: where the body of one ends."""

from __future__ import annotations

from twelve.system.shell.syntax import Redirect


class Pending:
    """A here-document whose body begins after the next newline. `quoted`: its delimiter was, so nothing in it expands."""

    __slots__ = ("delimiter", "quoted", "redirect")

    def __init__(self, redirect: Redirect, delimiter: str, *, quoted: bool) -> None:
        self.redirect = redirect
        self.delimiter = delimiter
        self.quoted = quoted


def read_body(text: str, at: int, pending: Pending) -> tuple[str, int]:
    """The body that begins at `at`, and the place behind its delimiter line.

    A body without its delimiter reaches to the end of the text; bash warns and takes it the same way.
    """
    lines: list[str] = []
    while at < len(text):
        line, at = _line(text, at, joins=not pending.quoted)
        if pending.redirect.operator == "<<-":
            line = line.lstrip("\t")
        if line.removesuffix("\n") == pending.delimiter:
            break
        lines.append(line)
    return "".join(lines), at


def _line(text: str, at: int, *, joins: bool) -> tuple[str, int]:
    """One line with its newline. Where nothing is quoted, a backslash at its end joins it with the next before it is compared."""
    kept: list[str] = []
    while True:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end + 1
        line, at = text[at:end], end
        if not (joins and _continues(line)):
            kept.append(line)
            return "".join(kept), at
        kept.append(line[:-2])


def _continues(line: str) -> bool:
    if not line.endswith("\\\n"):
        return False
    stem = line[:-1]
    return (len(stem) - len(stem.rstrip("\\"))) % 2 == 1
