"""The log of an unforeseen error: one private file in the temporary folder, secrets removed."""

from __future__ import annotations

import os
import platform
import secrets
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from twelve.system import clock, redact
from twelve.version import __version__


def write(bug: BaseException, arguments: Sequence[str]) -> Path | None:
    """Keep the details of a bug and say where; None when no folder can be written."""
    text = redact.redact(_details(bug, arguments))
    name = f"twelve-bug-{clock.stamp(clock.now())}-{os.getpid()}-{secrets.token_hex(2)}.log"
    for folder in (os.environ.get("TMPDIR", ""), "/tmp"):  # noqa: S108 - created exclusively and private
        if folder and _create(Path(folder) / name, text):
            return Path(folder) / name
    return None


def _create(path: Path, text: str) -> bool:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
    except OSError:
        return False
    return True


def _details(bug: BaseException, arguments: Sequence[str]) -> str:
    return "\n".join(
        (
            f"twelve {__version__}, Python {platform.python_version()} on {sys.platform}",
            f"arguments: {list(arguments)!r}",
            "",
            "".join(traceback.format_exception(bug)),
        )
    )
