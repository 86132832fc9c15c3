"""Undo text whose UTF-8 bytes were once read as Mac OS Roman or as Windows-1252.

Repair is all or nothing per text: it happens only when every non-ASCII run of the text is explained by
one family, because a single run that is not proves that the text was decoded properly.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_RUN = re.compile(r"[^\x00-\x7f]+")

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

_LOST_VARIATION = "\u00ef\u00b8"
"""Remains of U+FE0F, the emoji variation selector, after any character that survived."""
_LOST_KEYS = sorted(_LOST, key=len, reverse=True)
_BROKEN_BY_SPACE = "\u00e2\u0161 \u00ef\u00b8"


def _mac_bytes(character: str) -> int | None:
    try:
        return character.encode("mac_roman")[0]
    except UnicodeEncodeError:
        return None


def _windows_bytes(character: str) -> int | None:
    # Readers that follow WHATWG keep the five undefined bytes as C1 controls.
    if character in "\x81\x8d\x8f\x90\x9d":
        return ord(character)
    try:
        return character.encode("cp1252")[0]
    except UnicodeEncodeError:
        return None


def _decode_mac(run: str) -> str | None:
    numbers = [_mac_bytes(character) for character in run]
    if None in numbers:
        return None
    try:
        return bytes(number for number in numbers if number is not None).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _width(lead: int) -> int:
    return 2 if 0xC2 <= lead <= 0xDF else 3 if 0xE0 <= lead <= 0xEF else 4 if 0xF0 <= lead <= 0xF4 else 0


def _one_whole(run: str, at: int) -> tuple[str, int] | None:
    lead = _windows_bytes(run[at])
    width = _width(lead) if lead is not None else 0
    numbers = [_windows_bytes(character) for character in run[at : at + width]]
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


def _decode_windows(run: str) -> str | None:
    out: list[str] = []
    at = 0
    while at < len(run):
        found = _one_whole(run, at) or _one_lost(run, at)
        if found is None:
            return None
        out.append(found[0])
        at += found[1]
    return "".join(out)


def _repair_all(text: str, decode: Callable[[str], str | None], run: re.Pattern[str]) -> str | None:
    out: list[str] = []
    end = 0
    for found in run.finditer(text):
        fixed = decode(found.group())
        if fixed is None:
            return None
        out += (text[end : found.start()], fixed)
        end = found.end()
    return "".join((*out, text[end:]))


_WINDOWS_RUN = re.compile(rf"(?:{re.escape(_BROKEN_BY_SPACE)}|[^\x00-\x7f])+")


def repair(text: str) -> str:
    """The text as it was before the wrong decoding, or the very same text when nothing proves one.

    Mac OS Roman is undone exactly; Windows-1252 exactly where no byte was lost and by a table for the
    common glyphs that lost one. ASCII and properly decoded text come back unchanged.
    """
    if text.isascii():
        return text
    for decode, run in ((_decode_windows, _WINDOWS_RUN), (_decode_mac, _RUN)):
        fixed = _repair_all(text, decode, run)
        if fixed is not None:
            return fixed
    return text
