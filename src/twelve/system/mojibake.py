"""Undo text whose UTF-8 bytes were once read as Mac OS Roman or as Windows-1252.

Repair is all or nothing per text. Every run of non-ASCII characters must be explained by one family,
because a single run that is not proves that the text was decoded properly; and at least one run must be
something nobody writes on purpose, because `l’école` or `CAFÉ…` happen to be explained as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

_LOST = {
    "\u00e2\u0152": "❌",
    "\u00e2\u0161\u00a0\u00ef\u00b8": "⚠️",
    "\u00e2\u0161 \u00ef\u00b8": "⚠️",
    "\u00e2\u20ac": "\u201d",
    "\u00e2\u201d": "┐",
    "\u00e2\u2022": "═",
    "\u00e2\u2014": "●",
    "\u00e2\u2020": "←",
    "\u00e2\u2122": "♥️",
    "\u00e2\u201e\u00b9\u00ef\u00b8": "ℹ️",
    "\u00e2\u0153\u201d\u00ef\u00b8": "✔️",
    "\u00e2\u0161\u2122\u00ef\u00b8": "⚙️",
    "\u00e2\u2013\u00b6\u00ef\u00b8": "▶️",
    "\u00f0\u0178\u201c": "📝",
    "\u00f0\u0178\u201d": "🔍",
    "\u00f0\u0178\u2018": "👍",
    "\u00f0\u0178\u203a\u00a1\u00ef\u00b8": "🛡️",
    "\u00f0\u0178\u2014\u201a\u00ef\u00b8": "🗂️",
}
"""What is left of a character when the bytes Windows-1252 does not define (81 8D 8F 90 9D) were dropped.
Several characters can leave the same remains; the table holds the commonest."""

_AMBIGUOUS = frozenset(("\u00e2\u201d", "\u00e2\u2022", "\u00e2\u2014", "\u00e2\u2020", "\u00e2\u2122"))
"""Remains that are also an ordinary â before a quote, bullet, dash or mark; they prove nothing alone."""

_LOST_VARIATION = "\u00ef\u00b8"
"""Remains of U+FE0F, the emoji variation selector, after any character that survived."""
_LOST_KEYS = sorted(_LOST, key=len, reverse=True)
_BROKEN_BY_SPACE = "\u00e2\u0161 \u00ef\u00b8"


def _mac_byte(character: str) -> int | None:
    try:
        return character.encode("mac_roman")[0]
    except UnicodeEncodeError:
        return None


def _windows_byte(character: str) -> int | None:
    # Readers that follow WHATWG keep the five undefined bytes as C1 controls.
    if character in "\x81\x8d\x8f\x90\x9d":
        return ord(character)
    try:
        return character.encode("cp1252")[0]
    except UnicodeEncodeError:
        return None


def _decode_mac(run: str) -> list[str] | None:
    numbers = [_mac_byte(character) for character in run]
    if None in numbers:
        return None
    try:
        return list(bytes(number for number in numbers if number is not None).decode("utf-8"))
    except UnicodeDecodeError:
        return None


def _width(lead: int) -> int:
    return 2 if 0xC2 <= lead <= 0xDF else 3 if 0xE0 <= lead <= 0xEF else 4 if 0xF0 <= lead <= 0xF4 else 0


def _one_whole(run: str, at: int) -> tuple[str, int] | None:
    lead = _windows_byte(run[at])
    width = _width(lead) if lead is not None else 0
    numbers = [_windows_byte(character) for character in run[at : at + width]]
    if not width or len(numbers) < width or None in numbers:
        return None
    try:
        return bytes(number for number in numbers if number is not None).decode("utf-8"), width
    except UnicodeDecodeError:
        return None


def _one_lost(run: str, at: int) -> tuple[str, int] | None:
    for key in _LOST_KEYS:
        if run.startswith(key, at):
            return _LOST[key], len(key)
    if at and run.startswith(_LOST_VARIATION, at):
        return "\ufe0f", len(_LOST_VARIATION)
    return None


def _decode_windows(run: str) -> list[str] | None:
    out: list[str] = []
    at = 0
    while at < len(run):
        found = _one_whole(run, at) or _one_lost(run, at)
        if found is None:
            return None
        out.append(found[0])
        at += found[1]
    return out


class _Family(Struct, frozen=True):
    """One way of reading UTF-8 wrongly."""

    decode: Callable[[str], list[str] | None]
    run: re.Pattern[str]
    telling: frozenset[int]
    """Lead bytes of two-byte characters whose damage does not look like ordinary typography."""


_LATIN_AND_GREEK = frozenset((0xC2, 0xC3, 0xC4, 0xC5, 0xCE, 0xCF))
_FAMILIES = (
    _Family(
        _decode_windows,
        re.compile(rf"(?:{re.escape(_BROKEN_BY_SPACE)}|[^\x00-\x7f])+"),
        # Cyrillic too: its leads are dashes in Mac OS Roman, but rare capitals here.
        _LATIN_AND_GREEK | {0xD0, 0xD1},
    ),
    _Family(_decode_mac, re.compile(r"[^\x00-\x7f]+"), _LATIN_AND_GREEK),
)


def _tells(run: str, characters: list[str], family: _Family) -> bool:
    """Whether a repaired run could hardly have been meant as it stood."""
    if len(characters) > 1:
        return True
    number = ord(characters[0][0])
    if number >= 0x800:
        return run not in _AMBIGUOUS
    return 0xC0 | number >> 6 in family.telling


def _repair_as(text: str, family: _Family) -> str | None:
    out: list[str] = []
    end = 0
    proven = False
    for found in family.run.finditer(text):
        characters = family.decode(found.group())
        if characters is None:
            return None
        proven = proven or _tells(found.group(), characters, family)
        out += (text[end : found.start()], *characters)
        end = found.end()
    return "".join((*out, text[end:])) if proven else None


def repair(text: str) -> str:
    """The text as it was before the wrong decoding, or the very same text when nothing proves one.

    Mac OS Roman is undone exactly; Windows-1252 exactly where no byte was lost and by a table for the
    common glyphs that lost one. ASCII and properly decoded text come back unchanged.
    """
    if text.isascii():
        return text
    for family in _FAMILIES:
        fixed = _repair_as(text, family)
        if fixed is not None:
            return fixed
    return text
