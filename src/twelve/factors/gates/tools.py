"""Which program judges: the project's own before the machine's, and whether it is still the same one.

Only `os` and `stat`: this is also asked where every import counts.
"""

from __future__ import annotations

import os
import stat
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # every import counts here
    from collections.abc import Iterator, Sequence

_PROJECT_FOLDERS = (".venv/bin", "venv/bin", "node_modules/.bin")


def find(root: str | os.PathLike[str], program: str, *, cwd: str = ".", homes: Sequence[str | os.PathLike[str]] = ()) -> str | None:
    """Absolute path of a program, or None.

    A name with a slash is taken from `cwd`. A bare name is looked up in the project's own environment (`.venv`, `venv`
    or `node_modules` of the tree, then of `homes`), then on PATH, then beside the interpreter that runs Twelve.
    Relative entries of PATH are passed over: they would let any folder bring its own program.
    """
    if not program or "\0" in program:
        return None
    return next(
        (path for path in _candidates(os.fspath(root), program, cwd, [os.fspath(home) for home in homes]) if _executable(path)), None
    )


def _candidates(root: str, program: str, cwd: str, homes: Sequence[str]) -> Iterator[str]:
    if "/" in program:
        yield os.path.abspath(os.path.join(root, cwd, program))
        return
    for home in (root, *homes):
        for folder in _PROJECT_FOLDERS:
            yield os.path.join(os.path.abspath(home), folder, program)
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if os.path.isabs(entry):
            yield os.path.join(entry, program)
    yield os.path.join(os.path.dirname(sys.executable), program)


def stamp(path: str | None) -> str:
    """What changes when a program is replaced: real path, size, time; for a Python environment also its packages' time."""
    if not path:
        return "absent"
    try:
        real = os.path.realpath(path)
        seen = os.stat(real)
    except OSError:
        return "absent"
    return f"{real}:{seen.st_size}:{seen.st_mtime_ns}{_packages(path)}"


def _packages(path: str) -> str:
    top = os.path.dirname(os.path.dirname(os.path.abspath(path)))
    if not os.path.exists(os.path.join(top, "pyvenv.cfg")):
        return ""
    try:
        versions = [name for name in os.listdir(os.path.join(top, "lib")) if name.startswith("python")]
        times = [os.stat(os.path.join(top, "lib", name, "site-packages")).st_mtime_ns for name in sorted(versions)]
    except OSError:
        return ":?"
    return f":{top}:{times}"


def _executable(path: str) -> bool:
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(mode) and os.access(path, os.X_OK)
