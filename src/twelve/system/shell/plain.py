"""Lines of nothing but plain words, which are half of what is typed: read without the reader of everything else."""

from __future__ import annotations

from twelve.system.shell.syntax import TEXT, Part, Pipeline, Script, Simple, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

PLAIN: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:@%+ "
"""Signs that mean nothing to the shell wherever they stand; an equals sign only behind the first word."""
WORDS: Final = frozenset(
    (
        "if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "in", "function", "select", "time",
        "coproc",
    )
)  # fmt: skip
"""Words of the shell's own that are made of plain signs."""


def plain_words(line: str) -> Script | None:
    """The tree of a line of plain words; None when it is any other line."""
    words = line.split(" ")
    head = words[0]
    if line.strip(PLAIN + "=") or not head or "=" in head or head in WORDS:
        return None
    return Script((Pipeline((Simple(tuple(Word((Part(TEXT, word),), word) for word in words if word)),)),))
