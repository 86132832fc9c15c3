"""Which version of a tool judged, and how many file names fit into one call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from twelve.factors.gates.kind import Job

_NUMBER = re.compile(r"\d+(?:\.\d+){1,3}[\w.+-]{0,20}")
_ARGUMENT_BYTES = 100_000
"""Well below the 128 KiB that Linux allows for one argument list on small stacks."""


def of(job: Job, program: str, argument: str = "--version") -> str:
    """The first version number a program prints, or ""."""
    ran = job.run([program, argument], timeout_s=20)
    found = _NUMBER.search(f"{ran.text}\n{ran.stderr.decode('utf-8', 'replace')}")
    return found[0] if found else ""


def portions(paths: Sequence[str]) -> Iterator[list[str]]:
    """Paths in portions that one call can take; each starts with `./` so that none is read as an option."""
    portion: list[str] = []
    size = 0
    for path in paths:
        word = f"./{path}"
        if portion and size + len(word) > _ARGUMENT_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(word)
        size += len(word.encode("utf-8", "surrogateescape")) + 1
    if portion:
        yield portion
