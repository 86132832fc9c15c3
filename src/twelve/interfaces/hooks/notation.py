"""JSON without the `json` package, which costs more to import than the interpreter to start.

Reading is strict: repeated keys, NaN, a byte order mark, bytes that are not UTF-8 and anything behind the value are
errors, because two readers that disagree about a payload are how a guard is talked past.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

try:
    import _json
except ImportError:  # an interpreter built without its extension modules
    _json = None  # type: ignore[assignment]

DEPTH = 200
"""Deepest nesting accepted (ours; a client's payloads stay below 20)."""
_SPACE = " \t\r\n"
_PLAIN = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Malformed(ValueError):  # noqa: N818 - reads as what it is
    """The payload is not one clean JSON object."""


def read(raw: bytes) -> dict[str, Any]:
    """The object `raw` holds. Malformed for anything else."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    try:
        value, end = _scan(text, _skip(text, 0))
    except Malformed:
        raise
    except (ValueError, StopIteration, RecursionError, IndexError, SystemError):
        # the C scanner wants to raise an error of the json package and trips when that is not loaded: SystemError
        raise Malformed("not JSON") from None
    if _skip(text, end) != len(text):
        raise Malformed("text behind the object")
    if not isinstance(value, dict):
        raise Malformed("not an object")
    return value


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SPACE:
        place += 1
    return place


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("a key stands twice")
    return members


def _constant(name: str) -> Any:
    raise Malformed(f"{name} is no JSON")


class _Context:
    """What the C scanner asks of the decoder it serves."""

    strict = True
    object_hook = None
    object_pairs_hook = staticmethod(_unique)
    parse_float = float
    parse_int = int
    parse_constant = staticmethod(_constant)
    memo: dict[str, str] = {}  # noqa: RUF012 - part of the protocol


class Scanner:
    """The same in Python, for interpreters without the C scanner."""

    def __init__(self, text: str) -> None:
        self.text = text

    def value(self, place: int, depth: int = 0) -> tuple[Any, int]:
        if depth > DEPTH:
            raise Malformed("nested too deep")
        sign = self.text[place]
        if sign == '"':
            return self.string(place + 1)
        if sign == "{":
            return self._members(place + 1, depth + 1)
        if sign == "[":
            return self._items(place + 1, depth + 1)
        for word, meaning in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, place):
                return meaning, place + len(word)
        return self._number(place)

    def string(self, place: int) -> tuple[str, int]:
        """From behind the opening quote to behind the closing one."""
        pieces: list[str] = []
        while True:
            sign = self.text[place]
            if sign == '"':
                return "".join(pieces), place + 1
            if sign < " ":
                raise Malformed("a control character in a string")
            if sign == "\\":
                sign, place = self._escape(place + 1)
                pieces.append(sign)
                continue
            pieces.append(sign)
            place += 1

    def _escape(self, place: int) -> tuple[str, int]:
        sign = self.text[place]
        if sign != "u":
            if sign not in _PLAIN:
                raise Malformed("an unknown escape")
            return _PLAIN[sign], place + 1
        code = self._hex(place + 1)
        if 0xD800 <= code < 0xDC00 and self.text.startswith("\\u", place + 5):
            low = self._hex(place + 7)
            if 0xDC00 <= low < 0xE000:
                return chr(0x10000 + ((code - 0xD800) << 10) + low - 0xDC00), place + 11
        return chr(code), place + 5

    def _hex(self, place: int) -> int:
        digits = self.text[place : place + 4]
        if len(digits) != 4 or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
            raise Malformed("a damaged escape")
        return int(digits, 16)

    def _number(self, place: int) -> tuple[Any, int]:
        end = place
        while end < len(self.text) and self.text[end] in "+-0123456789.eE":
            end += 1
        digits = self.text[place:end]
        whole = digits.lstrip("-").partition(".")[0].partition("e")[0].partition("E")[0]
        if not whole.isdigit() or digits.count("-") > 2 or digits[:2] == "--" or (len(whole) > 1 and whole[0] == "0") or digits[-1] == ".":
            raise Malformed("not a number")
        return (int(digits) if digits.lstrip("-").isdigit() else float(digits)), end

    def _members(self, place: int, depth: int) -> tuple[dict[str, Any], int]:
        pairs: list[tuple[str, Any]] = []
        place = _skip(self.text, place)
        if self.text[place] == "}":
            return {}, place + 1
        while True:
            if self.text[place] != '"':
                raise Malformed("a key is no string")
            key, place = self.string(place + 1)
            place = _skip(self.text, place)
            if self.text[place] != ":":
                raise Malformed("a key without value")
            value, place = self.value(_skip(self.text, place + 1), depth)
            pairs.append((key, value))
            place, more = self._next(place, "}")
            if not more:
                return _unique(pairs), place

    def _items(self, place: int, depth: int) -> tuple[list[Any], int]:
        items: list[Any] = []
        place = _skip(self.text, place)
        if self.text[place] == "]":
            return items, place + 1
        while True:
            value, place = self.value(place, depth)
            items.append(value)
            place, more = self._next(place, "]")
            if not more:
                return items, place

    def _next(self, place: int, close: str) -> tuple[int, bool]:
        place = _skip(self.text, place)
        if self.text[place] == close:
            return place + 1, False
        if self.text[place] != ",":
            raise Malformed("a comma is missing")
        return _skip(self.text, place + 1), True


def _in_python(text: str, place: int) -> tuple[Any, int]:
    return Scanner(text).value(place)


_scan: Callable[[str, int], tuple[Any, int]] = _json.make_scanner(_Context) if _json else _in_python  # type: ignore[arg-type]  # it asks for a context


def quote(text: str) -> str:
    """`text` as a JSON string, plain ASCII."""
    if _json:
        return str(_json.encode_basestring_ascii(text))
    return '"' + "".join(_quoted(sign) for sign in text) + '"'


def _quoted(sign: str) -> str:
    code = ord(sign)
    if sign in '"\\':
        return "\\" + sign
    if " " <= sign <= "~":
        return sign
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def write(value: Any) -> str:
    """`value` (str, int, float, bool, None, lists, tuples, mappings with string keys) as JSON on one line."""
    if value is None or value is True or value is False:
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(str(key))}:{write(member)}" for key, member in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(write(item) for item in value) + "]"
    return repr(value)
