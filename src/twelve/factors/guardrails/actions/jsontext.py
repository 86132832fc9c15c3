"""Reads JSON with the interpreter's own C scanner; importing json costs more than the fast path may spend."""

from __future__ import annotations

import _json


class _Context:
    """What the scanner asks for."""

    strict = False
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = str
    memo: dict[str, str] = {}  # noqa: RUF012 - the scanner wants one of its own


def parsed(text: str) -> object:
    """The value, None when the text is no JSON."""
    try:
        scan = _json.make_scanner(_Context())  # type: ignore[arg-type]
        value, _end = scan(text.strip(), 0)
    except (ValueError, StopIteration, RecursionError):
        return None
    return value
