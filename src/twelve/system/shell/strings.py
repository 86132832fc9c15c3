"""Decodes the escapes of `$'…'` the way bash does."""

from __future__ import annotations

SIMPLE = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip
HEX = frozenset("0123456789abcdefABCDEF")
OCTAL = frozenset("01234567")
DIGITS_AFTER = {"x": 2, "u": 4, "U": 8}


def decode(body: str) -> str:
    """The text between the quotes, decoded. A NUL ends the string, as it does in bash."""
    if "\\" not in body:
        return body
    out = bytearray()
    place = 0
    while place < len(body):
        sign = body[place]
        if sign != "\\" or place + 1 == len(body):
            out += sign.encode("utf-8", "surrogatepass" if "\ud800" <= sign < "\udc80" else "surrogateescape")
            place += 1
            continue
        piece, place = _escape(body, place + 1)
        if piece == b"\0":
            break
        out += piece
    return out.decode("utf-8", "surrogateescape")


def _escape(body: str, place: int) -> tuple[bytes, int]:
    """The bytes an escape stands for, and the place behind it; `place` is that of the letter after the backslash."""
    letter = body[place]
    if letter in SIMPLE:
        return SIMPLE[letter].encode(), place + 1
    if letter in OCTAL:
        digits = _run(body, place, 3, OCTAL)
        return bytes([int(digits, 8) & 255]), place + len(digits)
    if letter in DIGITS_AFTER:
        digits = _run(body, place + 1, DIGITS_AFTER[letter], HEX)
        if digits:
            return _number(letter, int(digits, 16)), place + 1 + len(digits)
    if letter == "c" and place + 1 < len(body):
        return _control(body, place + 1)
    return ("\\" + letter).encode("utf-8", "surrogateescape"), place + 1


def _number(letter: str, value: int) -> bytes:
    if letter == "x":
        return bytes([value])
    return chr(value).encode("utf-8", "surrogatepass") if value <= 0x10FFFF else b"\\"


def _control(body: str, place: int) -> tuple[bytes, int]:
    code = ord(body[place])
    if body[place] == "\\" and body[place + 1 : place + 2] == "\\":
        return bytes([ord("\\") & 0x1F]), place + 2
    return (bytes([127]) if body[place] == "?" else bytes([code & 0x1F])), place + 1


def _run(body: str, place: int, most: int, allowed: frozenset[str]) -> str:
    end = place
    while end < len(body) and end - place < most and body[end] in allowed:
        end += 1
    return body[place:end]
