"""From a word to the places in the file system it may name. Reads the file system only when asked to, and little of it."""

from __future__ import annotations

import posix

from twelve.factors.guardrails.actions.links import is_file_mode, is_there, normal, real

UNKNOWN = "\0"
"""Stands for a piece of text nobody can know; the same sign the shell's expansion uses."""
READ_LIMIT = 100_000
"""Bytes of a script that are looked at. A longer one counts as not readable."""
GLOB_MATCHES = 64
"""Names a pattern is expanded to; beyond that the pattern itself stands for the rest."""
GLOB_FOLDERS = 40
GLOB_ENTRIES = 4_000
_SIGNS = "*?["
_DEVICES = ("/dev/null", "/dev/stdout", "/dev/stderr", "/dev/stdin", "/dev/tty", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


class Place:
    """Where a word points. `path` is absolute and lexically normal, "" with `partial` when nothing at all is known."""

    __slots__ = ("glob", "partial", "path", "real")

    def __init__(self, path: str, *, real: str = "", glob: bool = False, partial: bool = False) -> None:
        self.path = path
        self.real = real or path
        self.glob = glob
        self.partial = partial


def locate(text: str, base: Place, *, pattern: bool = False, look: bool = False) -> Place:
    """The place `text` names for a process whose working directory is `base`."""
    joined, partial = _joined(text, base)
    if joined is None:
        return Place("", partial=True)
    cut = joined.find(UNKNOWN)
    if cut >= 0:
        if ".." in joined[cut:].split("/"):
            return Place("", partial=True)
        joined, partial = joined[: joined.rfind("/", 0, cut) + 1] or "/", True
        if not joined.startswith("/"):
            return Place("", partial=True)
    path = normal(_through_proc(joined, base.path))
    glob = pattern and any(sign in path for sign in _SIGNS)
    return Place(path, real=real_path(joined if path != "/" else path, path, glob) if look else path, glob=glob, partial=partial)


def _joined(text: str, base: Place) -> tuple[str | None, bool]:
    if text.startswith("/"):
        return text, False
    if text.startswith(UNKNOWN) or not base.path:
        return None, True
    if base.partial and (".." in text.split("/") or base.glob):
        return None, True
    return base.path + "/" + text, base.partial


def _through_proc(path: str, cwd: str) -> str:
    """`/proc/self/root/etc` is `/etc`: the kernel's magic links, by name, because our own process is not the one that will run."""
    while path.startswith("/proc/"):
        pieces = [piece for piece in path.split("/") if piece and piece != "."]
        if len(pieces) > 3 and pieces[2] == "task":
            pieces[2:4] = []
        if len(pieces) < 3 or pieces[2] not in ("root", "cwd"):
            return path
        path = ("/" if pieces[2] == "root" else cwd + "/") + "/".join(pieces[3:])
    return path


def real_path(joined: str, path: str, glob: bool) -> str:
    """`joined` with links followed as far as they exist; of a pattern only the folders before its first sign."""
    try:
        if not glob:
            return real(joined)
        first = min(path.find(sign) for sign in _SIGNS if sign in path)
        folder = path[: path.rfind("/", 0, first)] or "/"
        return real(folder).rstrip("/") + path[len(folder.rstrip("/")) :]
    except (OSError, ValueError):
        return path


def is_device(path: str) -> bool:
    """Names that swallow or produce bytes and hold none."""
    if path.startswith("/proc/"):
        pieces = path.split("/")
        return len(pieces) > 4 and pieces[-2] == "fd" and not pieces[-1].strip("0123456789")
    return path in _DEVICES or path.startswith(("/dev/fd/", "/dev/pts/"))


def socket_target(text: str) -> str:
    """`host:port` of bash's `/dev/tcp/host/port`, "" of anything else."""
    pieces = text.replace(UNKNOWN, "?").split("/")
    if len(pieces) >= 5 and pieces[1] == "dev" and pieces[2] in ("tcp", "udp"):
        return pieces[3] + ":" + pieces[4]
    return ""


def content(path: str) -> str | None:
    """The text of a regular file of at most READ_LIMIT bytes; None when it is anything else. Never blocks on a FIFO."""
    try:
        handle = posix.open(path, posix.O_RDONLY | posix.O_NONBLOCK | posix.O_CLOEXEC | posix.O_NOCTTY)
    except (OSError, ValueError):
        return None
    try:
        kind = posix.fstat(handle)
        if not is_file_mode(kind.st_mode) or kind.st_size > READ_LIMIT:
            return None
        data = posix.read(handle, READ_LIMIT + 1)
    except OSError:
        return None
    finally:
        posix.close(handle)
    return None if len(data) > READ_LIMIT else data.decode("utf-8", "surrogateescape")


def matches(path: str) -> list[str]:
    """Existing paths below the pattern `path`, as a shell would expand it; at most GLOB_MATCHES, [] when there are none."""
    found = ["/"]
    for name in path.split("/")[1:]:
        if any(sign in name for sign in _SIGNS):
            found = [place for folder in found[:GLOB_FOLDERS] for place in _entries(folder, name)]
        else:
            found = [folder.rstrip("/") + "/" + name for folder in found]
            found = [place for place in found if is_there(place)] if name else found
    return found[:GLOB_MATCHES]


def listed(folder: str) -> tuple[list[str], list[str]]:
    """Names of the files and of the folders in a folder, links not followed; nothing when it cannot be read."""
    files: list[str] = []
    folders: list[str] = []
    try:
        with posix.scandir(folder) as entries:
            for entry in entries:
                (folders if entry.is_dir(follow_symlinks=False) else files).append(entry.name)
                if len(files) + len(folders) >= GLOB_ENTRIES:
                    break
    except (OSError, ValueError):
        return [], []
    return sorted(files), sorted(folders)


def same_file(path: str, candidates: tuple[str, ...]) -> list[str]:
    """Which of the candidates is this very file under another name; nothing is asked about a file that has only one."""
    try:
        about = posix.stat(path)
    except (OSError, ValueError):
        return []
    found: list[str] = []
    for name in candidates if about.st_nlink > 1 and is_file_mode(about.st_mode) else ():
        try:
            other = posix.stat(name)
        except OSError:
            continue
        if (other.st_ino, other.st_dev) == (about.st_ino, about.st_dev) and name != path:
            found.append(name)
    return found


def _entries(folder: str, pattern: str) -> list[str]:
    try:
        names = posix.listdir(folder)[:GLOB_ENTRIES]
    except (OSError, ValueError):
        return []
    wanted = [name for name in names if (not name.startswith(".") or pattern.startswith(".")) and fits(name, pattern)]
    return [folder.rstrip("/") + "/" + name for name in sorted(wanted)]


def fits(name: str, pattern: str) -> bool:
    """Whether the shell pattern matches the whole name; linear in both but for one remembered star."""
    at, here, star, resume = 0, 0, -1, 0
    while here < len(name):
        step = _one(name[here], pattern, at) if at < len(pattern) and pattern[at] != "*" else 0
        if step:
            at, here = at + step, here + 1
        elif at < len(pattern) and pattern[at] == "*":
            star, resume, at = at, here, at + 1
        elif star >= 0:
            resume += 1
            at, here = star + 1, resume
        else:
            return False
    return not pattern[at:].strip("*")


def _one(sign: str, pattern: str, at: int) -> int:
    """How many pattern characters this one sign uses up, 0 when it does not fit."""
    if pattern[at] == "?":
        return 1
    if pattern[at] == "[":
        end = pattern.find("]", at + 2)
        if end > 0:
            return end - at + 1 if _in_set(sign, pattern[at + 1 : end]) else 0
    return 1 if pattern[at] == sign else 0


def _in_set(sign: str, members: str) -> bool:
    negated = members[0] in "!^"
    body = members[1:] if negated else members
    inside = sign in body
    for at in range(1, len(body) - 1):
        if body[at] == "-" and body[at - 1] <= sign <= body[at + 1]:
            inside = True
    return inside != negated
