"""Which of the files that decide something Twelve itself wrote: what the guard finds changed without a line here was forged or edited.

    <state>/provenance.jsonl: {"path": "/absolute", "digest": "<sha256>"}     "" = it was taken away

The last line about a path counts. A process of the same user can write here too, so this tells carelessness and programs
that do not know Twelve from Twelve; it proves nothing about a person.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from twelve.model.errors import TwelveError
from twelve.system import files

FILE = "provenance.jsonl"


def wrote(state: Path, *paths: Path) -> None:
    """Note these files as they are now. A state folder that is not there or cannot be written loses the note and nothing else."""
    for path in paths:
        try:
            digest = files.digest(path) if path.is_file() and not path.is_symlink() else ""
        except TwelveError:
            continue
        line = json.dumps({"path": str(path.absolute()), "digest": digest}, separators=(",", ":"))
        with suppress(TwelveError):
            files.append_line(state / FILE, line.encode())
