"""Files that survive a crash: atomic replacement, exclusive creation, bounded reads, locks the OS drops."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import TracebackType
from typing import NoReturn, Self

from twelve.model.errors import Trouble, TwelveError

READ_LIMIT = 4_000_000
"""Bytes read from one file unless the caller says otherwise: far above any source file, far below what hurts."""

_ADVICE = {
    errno.ENOSPC: ("no space is left on the disk", "free some space and run the command again"),
    errno.EDQUOT: ("your disk quota is used up", "free some space and run the command again"),
    errno.EFBIG: ("the file would exceed the allowed size", "raise the file size limit of this session and run the command again"),
    errno.EROFS: ("the file system is mounted read-only", "work in a writable checkout"),
    errno.EACCES: ("permission denied", "check who owns the file and its folder"),
    errno.EPERM: ("the operating system does not permit it", "check who owns the file and its folder"),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "move that file out of the way"),
    errno.EISDIR: ("the path is a folder, not a file", "check the path"),
    errno.ENOENT: ("it does not exist", "check the path"),
    errno.ENAMETOOLONG: ("the name is too long for the file system", "choose a shorter name"),
    errno.ELOOP: ("its symbolic links go in circles", "check where the links point"),
}


def write_atomic(path: Path, data: bytes | str, *, mode: int | None = None) -> None:
    """Replace a file so that at any moment, also after a power cut, it holds the old bytes or the new ones.

    Creates missing folders. An existing file keeps its mode unless one is given. A symbolic link is replaced, never
    written through: following it would let a planted link redirect the write. Raises TwelveError.
    """
    with _told("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if mode is None:
            mode = _mode_of(path)
        temporary = _write_beside(path, _encoded(data), mode)
        try:
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def create_exclusive(path: Path, data: bytes | str, *, mode: int | None = None) -> bool:
    """Create a file with all its content in one step; False, and nothing changed, when the name is taken.

    `mode` is exact; without one the process's umask decides. Raises TwelveError.
    """
    with _told("create", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = _write_beside(path, _encoded(data), mode)
        try:
            os.link(temporary, path, follow_symlinks=False)
        except FileExistsError:
            return False
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)
        return True


def leftovers(path: Path) -> tuple[Path, ...]:
    """Temporary files that writers of `path` left behind when they were killed. Only for the moment when none is at work."""
    name = re.compile(re.escape(f".{path.name[:40]}.") + "[0-9a-f]{16}" + re.escape(".tmp"))
    try:
        return tuple(sorted(found for found in path.parent.iterdir() if name.fullmatch(found.name)))
    except OSError:
        return ()


def append_line(path: Path, line: bytes) -> None:
    """Add one line with one system call, so lines of concurrent writers never mix. Raises TwelveError on a short write."""
    if b"\n" in line.removesuffix(b"\n"):
        raise ValueError("a line contains no line break")
    record = line if line.endswith(b"\n") else line + b"\n"
    with _told("append to", path):
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            if os.write(descriptor, record) != len(record):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(descriptor)


def read_bounded(path: Path, limit: int = READ_LIMIT) -> bytes:
    """The bytes of a regular file of at most `limit` bytes. Raises TwelveError; never blocks on a pipe or device."""
    with _told("read", path):
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise TwelveError(f"cannot read {path}", why="it is not a regular file", next="check the path")
            data = stream.read(limit + 1)
    if len(data) > limit:
        raise TwelveError(f"cannot read {path}", why=f"it is larger than {limit} bytes", next="check that it is the file you mean")
    return data


def read_text(path: Path, limit: int = READ_LIMIT) -> str:
    """Text of a file: a byte order mark is dropped, bytes that are not UTF-8 become U+FFFD, line ends stay. Raises TwelveError."""
    return read_bounded(path, limit).decode("utf-8", "replace").removeprefix("\ufeff")


def digest(path: Path) -> str:
    """sha256 of a file's content, hexadecimal. Raises TwelveError."""
    with _told("read", path), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digest_bytes(data: bytes) -> str:
    """sha256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def confined(root: Path, relative: str) -> Path:
    """`root / relative`, only when it cannot lie outside `root`, also through symbolic links. Raises TwelveError.

    True at the moment of asking: whoever may change links under `root` afterwards may change the answer.
    """
    reason = _escape(relative)
    if not reason:
        path = root / relative
        top, real = os.path.realpath(root), os.path.realpath(path)
        if real == top or real.startswith(top.rstrip(os.sep) + os.sep):
            return path
        reason = "a symbolic link on the way leads out"
    advice = "use a path relative to the folder, without links that leave it"
    raise TwelveError(f"the path {relative!r} leaves its folder", why=reason, next=advice)


@contextmanager
def scratch_directory(prefix: str = "twelve-") -> Iterator[Path]:
    """A folder of one's own that is gone afterwards, whatever happened. Raises TwelveError when none can be made."""
    with _told("make", Path(tempfile.gettempdir()) / prefix):
        # Resolved because programs report real paths, and on macOS the temporary folder is reached through a link.
        folder = Path(tempfile.mkdtemp(prefix=prefix)).resolve()
    try:
        yield folder
    finally:
        with suppress(TwelveError):
            remove_tree(folder)


def new_directory(prefix: str = "twelve-") -> Path:
    """A fresh private directory among the system's temporary files; whoever asked removes it."""
    return Path(tempfile.mkdtemp(prefix=prefix)).resolve()


def private_directory(path: Path) -> Path:
    """`path` as a directory only this user can enter. Raises TwelveError when it is a link or somebody else's."""
    with _told("make", path):
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise TwelveError(f"{path} is not a private folder of yours", why="another user could change what is kept there", next="remove it")
    return path


def remove_tree(path: Path) -> None:
    """Remove a folder, file or link (never what a link points to); nothing there is fine. Raises TwelveError."""
    with _told("remove", path):
        if path.is_symlink() or not path.is_dir():
            path.unlink(missing_ok=True)
            return
        try:
            shutil.rmtree(path)
        except PermissionError:
            # A folder without write permission keeps its entries from being removed, however much it is ours to remove.
            _open_up(path)
            shutil.rmtree(path)


def copy_tree(src: Path, dst: Path) -> None:
    """Copy a folder with modes and times; links stay links. Raises TwelveError, also for pipes and devices."""
    with _told("copy", src):
        try:
            shutil.copytree(src, dst, symlinks=True, dirs_exist_ok=True)
        except shutil.Error as error:
            first = error.args[0][0]
            raise TwelveError(f"cannot copy {src}", why=f"{first[0]}: {first[2]}", next="check that file") from error


class FileLock:
    """A lock between processes and threads that the operating system drops when its holder dies, however it dies.

    The lock file stays: removing it would let two holders each lock a different file of the same name.
    """

    def __init__(self, path: Path, *, blocking: bool = True, timeout_s: float = 10) -> None:
        self.path = path
        self._timeout_s = timeout_s if blocking else 0.0
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock within the time-out; False when someone else kept it. Raises TwelveError when it cannot be tried."""
        if self._descriptor is not None:
            raise RuntimeError(f"{self.path} is already held by this lock")
        with _told("lock", self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        deadline = time.monotonic() + self._timeout_s
        pause = 0.001
        try:
            while not _try_lock(descriptor):
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return False
                time.sleep(pause)
                pause = min(pause * 2, 0.05)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def fileno(self) -> int:
        """The open lock file, for a child that must keep the lock held when we die before it. Only while held."""
        if self._descriptor is None:
            raise RuntimeError(f"{self.path} is not held by this lock")
        return self._descriptor

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def __enter__(self) -> Self:
        if not self.acquire():
            raise TwelveError(
                f"{self.path} is locked",
                why="another process is working on the same thing",
                next="wait for it to finish and run the command again",
                kind=Trouble.TOOL,
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


@contextmanager
def _told(verb: str, path: Path) -> Iterator[None]:
    """Turn what the operating system says into something a person can act on."""
    try:
        yield
    except OSError as error:
        _explain(verb, path, error)


def _explain(verb: str, path: Path, error: OSError) -> NoReturn:
    why, advice = _ADVICE.get(error.errno or 0, (error.strerror or str(error), "check the path and its folder"))
    raise TwelveError(f"cannot {verb} {path}", why=why, next=advice, kind=Trouble.TOOL) from error


def _encoded(data: bytes | str) -> bytes:
    return data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data


def _mode_of(path: Path) -> int | None:
    with suppress(FileNotFoundError):
        found = path.lstat()
        if stat.S_ISREG(found.st_mode):
            return stat.S_IMODE(found.st_mode)
    return None


def _write_beside(path: Path, data: bytes, mode: int | None) -> Path:
    # The name is cut so that a long but legal target name does not make an illegal temporary one.
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as stream:
            view = memoryview(data)
            while view:
                view = view[stream.write(view) :]
            if mode is not None:
                os.fchmod(descriptor, mode)
            os.fsync(descriptor)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _sync_folder(folder: Path) -> None:
    # Without this the rename itself may be lost in a power cut. Some file systems refuse to sync a folder.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _escape(relative: str) -> str:
    """Why a path is refused on sight, "" when it is not."""
    if not relative:
        return "it is empty"
    if "\0" in relative:
        return "it contains a NUL character"
    if PurePosixPath(relative).is_absolute() or PureWindowsPath(relative).is_absolute() or relative.startswith("\\"):
        return "it is absolute"
    # Backslashes count as separators here, so that a record written on Windows cannot mean something else there.
    if ".." in PureWindowsPath(relative).parts or ".." in PurePosixPath(relative).parts:
        return "it climbs with .."
    return ""


def _open_up(folder: Path) -> None:
    """Give ourselves full access to a folder and all folders in it; links are not followed."""
    waiting = [os.fspath(folder)]
    while waiting:
        current = waiting.pop()
        os.chmod(current, stat.S_IRWXU)
        with os.scandir(current) as entries:
            waiting.extend(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
