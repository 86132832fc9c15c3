"""Names in the file system, asked of the kernel directly: `os` costs as much as judging a call."""

from __future__ import annotations

import posix

_KIND, FOLDER, FILE = 0o170000, 0o040000, 0o100000
"""Of a mode: the bits that say what it is, and two of the answers."""


def real(path: str) -> str:
    """The path with every link followed as far as it exists; what `os.path.realpath` answers. Raises ValueError for a NUL."""
    if not path.startswith("/"):
        path = posix.getcwd() + "/" + path
    return normal(_followed("/", path, {})[0])


def _followed(path: str, rest: str, seen: dict[str, str | None]) -> tuple[str, bool]:
    """`rest` below `path`, and whether no link led back to itself."""
    names = rest.split("/")
    if rest.startswith("/"):
        path = "/"
    for at, name in enumerate(names):
        if name in ("", "."):
            continue
        if name == "..":
            path = path.rpartition("/")[0] or "/"
            continue
        here = path.rstrip("/") + "/" + name
        try:
            target = posix.readlink(here)
        except OSError:
            path = here
            continue
        if here in seen:
            known = seen[here]
            if known is None:
                return "/".join((here, *names[at + 1 :])), False
            path = known
            continue
        seen[here] = None
        path, whole = _followed(path, target, seen)
        if not whole:
            return "/".join((path, *names[at + 1 :])), False
        seen[here] = path
    return path, True


def normal(path: str) -> str:
    """Absolute and free of `.`, `..` and doubled slashes; links are not looked at."""
    kept: list[str] = []
    for name in path.split("/"):
        if name == "..":
            if kept:
                kept.pop()
        elif name and name != ".":
            kept.append(name)
    return "/" + "/".join(kept)


def is_there(path: str) -> bool:
    """Whether anything has this name, a link that leads nowhere included."""
    try:
        posix.lstat(path)
    except (OSError, ValueError):
        return False
    return True


def is_folder(path: str) -> bool:
    """Whether a folder has this name, or a link that leads to one."""
    return mode(path, follow=True) & _KIND == FOLDER


def mode(path: str, *, follow: bool) -> int:
    """The mode of what has this name, 0 when nothing has."""
    try:
        return posix.stat(path, follow_symlinks=follow).st_mode
    except (OSError, ValueError):
        return 0


def is_file_mode(bits: int) -> bool:
    """Whether a mode is that of a regular file."""
    return bits & _KIND == FILE
