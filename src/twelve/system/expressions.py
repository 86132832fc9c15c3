"""Regular expressions compiled when first used: compiling those of one command's modules costs more than its work."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Deferred:
    """Behaves as the compiled pattern; its methods are kept after the first use, so later calls cost nothing more."""

    def __init__(self, text: Any, flags: int) -> None:
        self._source = (text, flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._source), name)
        setattr(self, name, found)
        return found

    def __repr__(self) -> str:
        return f"deferred({self._source[0]!r})"


def deferred(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """`re.compile`, later. A pattern that is malformed raises `re.error` when it is first used: each one needs a test that uses it."""
    return cast("re.Pattern[AnyStr]", _Deferred(text, flags))
