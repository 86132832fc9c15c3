"""What git's hooks start, as a file: `python -I …/githook.py git <hook> …`. It finds its own package and nothing of the repository.

Not through the generated program, which is what these hooks look after.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

PACKAGE = "twelve"
PROGRAM = "twelve.interfaces.cli.main"
FALLBACK = "twelve.interfaces.hooks.handover"


def main(words: list[str]) -> int:
    """The answer of `twelve hook …`; without the program an agent is refused and a person goes on."""
    folder = os.path.realpath(__file__)
    for _ in range(4):
        folder = os.path.dirname(folder)
    sys.path.insert(0, folder)
    sys.argv = [PACKAGE, "hook", *words]
    try:
        program: Any = importlib.import_module(PROGRAM)
    except ImportError as trouble:
        code, told = importlib.import_module(FALLBACK).words(words[1] if len(words) > 1 else "?")
        sys.stderr.write(f"{told} ({str(trouble)[:200]})\n")
        return int(code)
    return int(program.main() or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
