"""Hooks that add or commit by themselves: what they wrote enters the history unread (law C1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

_ADDS = re.compile(r"\bgit\b[^#|;&\n]*?\s(?:add|commit|stage)(?![\w-])")
_MANAGER = re.compile(r"^\s*-?\s*stage_fixed:\s*true\b|^\s*[^#\n]*\blint-staged\b")
"""lefthook stages what its commands fixed when told so; lint-staged always does."""
_TEXT = re.compile(r"^\s*(?:echo|printf|#|//)")


def scan(scripts: Mapping[str, str]) -> tuple[str, ...]:
    """`file:line` of every line that stages or commits. `scripts`: path -> text of hook scripts and managers' files."""
    return tuple(f"{path}:{number}" for path, text in sorted(scripts.items()) for number in _lines(path, text))


def _lines(path: str, text: str) -> Iterator[int]:
    pattern = _MANAGER if PurePosixPath(path).suffix in (".yml", ".yaml") else None
    for number, line in enumerate(text.splitlines(), 1):
        if _TEXT.match(line):
            continue
        if _ADDS.search(line) or _MANAGER.match(line) if pattern is None else pattern.match(line):
            yield number
