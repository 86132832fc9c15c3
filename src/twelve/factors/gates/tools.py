"""Which program judges: the project's own before the machine's, and whether it is still the same one."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from twelve.system import processes

_PROJECT_FOLDERS = (".venv/bin", "venv/bin", "node_modules/.bin")


def find(root: Path, program: str, *, cwd: str = ".", homes: tuple[Path, ...] = ()) -> str | None:
    """Absolute path of a program, or None.

    A name with a slash is taken from `cwd`. A bare name is looked up in the project's own environment (`.venv`, `venv`
    or `node_modules` of the tree, then of `homes`), then on PATH, then beside the interpreter that runs Twelve.
    """
    if "/" in program:
        return _executable(root / cwd / program)
    for home in (root, *homes):
        for folder in _PROJECT_FOLDERS:
            found = _executable(home / folder / program)
            if found:
                return found
    return processes.which(program, cwd=root) or _executable(Path(sys.executable).parent / program)


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


def _executable(path: Path) -> str | None:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return None
    return os.path.abspath(path) if stat.S_ISREG(mode) and os.access(path, os.X_OK) else None
