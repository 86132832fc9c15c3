"""`twelve gate run` when nothing changed: answered before click is imported."""

from __future__ import annotations

import os
import sys

from twelve.factors.gates import unchanged

TYPE_CHECKING = False
if TYPE_CHECKING:  # every import counts here
    from collections.abc import Sequence

_VALUED = {"--suite": "suite", "-C": "directory", "--directory": "directory"}


def quick(arguments: Sequence[str]) -> int | None:
    """Exit code when the last answer still stands and was printed; None when the engine must answer."""
    asked = _read(arguments)
    if asked is None:
        return None
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    found = unchanged.answer(asked["directory"], asked["suite"], colour=colour)
    if found is None:
        return None
    code, text = found
    print(text.decode("utf-8", "replace"))
    return code


def _read(arguments: Sequence[str]) -> dict[str, str] | None:
    """`run` with nothing but a suite and a folder; anything else is for the parser."""
    words = list(arguments)
    if not words or words.pop(0) != "run":
        return None
    asked = {"suite": "full", "directory": "."}
    while words:
        name = _VALUED.get(words.pop(0))
        if name is None or not words:
            return None
        asked[name] = words.pop(0)
    return asked if asked["suite"] in ("quick", "full") else None
