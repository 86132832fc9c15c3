"""TOML and JSON from untrusted text, and the one byte form of a value that digests are taken over."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from msgspec import to_builtins

from twelve.system.documents.trouble import DocumentError, refuse_size

_TOML_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)
_LONG_KEY = re.compile(r"""(?:(?<=[\s{,\[])|\A)(?:(?:[^\s.="'\[\]#]{1,200}|"[^"\n]{0,200}"|'[^'\n]{0,200}')[ \t]{0,9}\.[ \t]{0,9}){65}""")


def load_toml(text: str, *, name: str = "", limit: int = 1_000_000) -> dict[str, Any]:
    """The TOML document in `text`. DocumentError with the line when malformed, too long or too deep."""
    refuse_size(text, limit, name)
    text = text.removeprefix("\ufeff")
    long_key = _LONG_KEY.search(text)
    if long_key:
        # The parser's time grows with the square of a dotted key's parts.
        raise DocumentError("a dotted key of more than 64 parts", name=name, line=text.count("\n", 0, long_key.start()) + 1)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        message = _TOML_PLACE.sub("", str(error)).removesuffix(" (at end of document)")
        line = int(place[1]) if place else text.count("\n") + 1
        raise DocumentError(f"not valid TOML: {message}", name=name, line=line) from None
    except (RecursionError, ValueError, OverflowError) as error:
        raise DocumentError(f"not valid TOML: nested too deep or a number too long ({type(error).__name__})", name=name) from None


class _DuplicateKeyError(Exception):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateKeyError
    return members


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def _duplicate_place(text: str) -> tuple[str, int]:
    """(key, line) of the first key that occurs twice in one object of otherwise valid JSON."""
    open_objects: list[set[str] | None] = []
    pending = ""
    for found in _PIECE.finditer(text):
        piece = found.group()
        if piece in "{[":
            open_objects.append(set() if piece == "{" else None)
        elif piece in "}]":
            open_objects.pop()
        elif piece == ":":
            keys = open_objects[-1]
            key = json.loads(pending)
            if keys is not None:
                if key in keys:
                    return key, text.count("\n", 0, found.start()) + 1
                keys.add(key)
        elif piece != ",":
            pending = piece
    return "", 0


def load_json(text: str, *, name: str = "", limit: int = 10_000_000) -> Any:
    """The JSON value in `text`. DocumentError on duplicate keys, NaN, too deep nesting or bad syntax."""
    refuse_size(text, limit, name)
    text = text.removeprefix("\ufeff")
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except _DuplicateKeyError:
        key, line = _duplicate_place(text)
        raise DocumentError(f"key {key[:60]!r} occurs twice", name=name, line=line) from None
    except json.JSONDecodeError as error:
        raise DocumentError(f"not valid JSON: {error.msg}", name=name, line=error.lineno) from None
    except (RecursionError, ValueError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise DocumentError(f"not valid JSON: {reason}", name=name) from None


def canonical_json(value: Any) -> bytes:
    """Sorted keys, no blanks, UTF-8: equal values give equal bytes. Structs and enums become plain values.

    ValueError for NaN and infinities, TypeError for what JSON cannot carry.
    """
    plain = to_builtins(value, str_keys=True)
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    # A lone surrogate (undecodable bytes of a file name) has no UTF-8; its JSON escape is the same value.
    return text.encode("utf-8", "backslashreplace")
