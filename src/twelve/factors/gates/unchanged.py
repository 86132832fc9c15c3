"""Whether nothing at all changed since an answer was given: the shortest way to a cached `gate run`.

One `git status` and a handful of `stat` calls against a record; no click, no msgspec, no subprocess. Every
doubt ends in None, and then the engine answers. What is compared is what decides a verdict: commit, every
changed and untracked file (by inode, size and both times), the index itself, policy, programs, proofs,
evidence, environment and version.
"""

from __future__ import annotations

import os
import zlib

from twelve.factors.gates import tools
from twelve.system import spawning
from twelve.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:  # every import counts here
    from collections.abc import Sequence

_MAGIC = b"twelve.unchanged.v1"
_LIMIT = 8_000_000
_STATUS = (
    "-c", "core.trustctime=true", "-c", "core.checkStat=default", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false",
    "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=none",
)  # fmt: skip

_DECIDING = ("TWELVE_", "PATH", "PYTHONPATH")
_DISCOVERY = ("GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
"""Variables that make git find another work tree than the nearest; all that redirect git otherwise are not handed on."""


class Place:
    """Where a work tree keeps what is looked at."""

    def __init__(self, root: str, git_dir: str, common: str) -> None:
        self.root = root
        self.git_dir = git_dir
        self.common = common

    def record(self, suite: str) -> str:
        """File of the answer for a suite in this work tree."""
        tree = self.git_dir.removeprefix(self.common).strip("/").replace("/", "-") or "main"
        return os.path.join(self.common, "twelve", "cache", "gates", "unchanged", f"{tree}-{suite}")


def place(start: str) -> Place | None:
    """The work tree around a folder, found without git; None when anything about it is unusual."""
    if any(name in os.environ for name in _DISCOVERY):
        return None
    folder = os.path.realpath(start)
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    marker = os.path.join(folder, ".git")
    if os.path.isdir(marker):
        return Place(folder, marker, marker)
    return _linked(folder, marker)


def observe(where: Place) -> bytes | None:
    """Everything but the programs, as bytes to compare; None when it cannot be told."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith("GIT_CONFIG_")}
    status = spawning.output(("git", "--no-optional-locks", "-C", where.root, *_STATUS), {**env, "LC_ALL": "C"})
    if status is None:
        return None
    paths = _paths(status)
    if paths is None:
        return None
    changed = [f"{path}\0{_signature(os.path.join(where.root, path))}" for path in paths]
    fixed = (
        os.path.join(where.root, "twelve.toml"),
        os.path.join(where.root, ".twelve", "local.toml"),
        os.path.join(where.git_dir, "index"),
        os.path.join(where.common, "twelve", "state", "proofs"),
        os.path.join(where.common, "refs", "notes", "twelve", "gates"),
        os.path.join(where.common, "packed-refs"),
    )
    signatures = [_signature(path) for path in fixed]
    wanted = [name for name in os.environ if name.startswith(_DECIDING) and not name.startswith("TWELVE_INTERNAL_")]
    settings = [f"{name}={os.environ[name]}" for name in sorted(wanted)]
    text = "\0".join((__version__, where.root, *settings, *signatures, *changed))
    return text.encode("utf-8", "surrogateescape") + b"\0\0" + status


def programs(where: Place, homes: Sequence[str], wanted: Sequence[tuple[str, str]]) -> bytes:
    """Stamps of (program, cwd) pairs as found now."""
    lines = [f"{name}\0{cwd}\0{tools.stamp(tools.find(where.root, name, cwd=cwd, homes=homes))}" for name, cwd in wanted]
    return "\0\0".join(lines).encode("utf-8", "surrogateescape")


def pack(fields: Sequence[bytes]) -> bytes:
    """Length-prefixed fields under a magic line, with a checksum: a record may be torn by a crash."""
    body = b"".join(fields)
    head = b" ".join(b"%d" % number for number in (zlib.crc32(body), *map(len, fields)))
    return b"\n".join((_MAGIC, head, body))


def unpack(data: bytes) -> list[bytes] | None:
    """The fields, or None when lengths or checksum do not add up."""
    magic, _, rest = data.partition(b"\n")
    head, _, body = rest.partition(b"\n")
    try:
        checksum, *lengths = (int(word) for word in head.split())
    except ValueError:
        return None
    if magic != _MAGIC or sum(lengths) != len(body) or any(length < 0 for length in lengths) or checksum != zlib.crc32(body):
        return None
    fields = []
    for length in lengths:
        fields.append(body[:length])
        body = body[length:]
    return fields


def answer(start: str, suite: str, *, colour: bool) -> tuple[int, bytes] | None:
    """Exit code and text of the last answer, if nothing that decides it changed since."""
    where = place(start)
    if where is None:
        return None
    try:
        if os.stat(where.record(suite)).st_size > _LIMIT:
            return None
        with open(where.record(suite), "rb") as record:
            fields = unpack(record.read())
    except OSError:
        return None
    if fields is None or len(fields) != 6:
        return None
    observed, stamps, homes, code, plain, coloured = fields
    wanted = [tuple(line.split("\0")[:2]) for line in _text(stamps).split("\0\0")] if stamps else []
    if any(len(pair) != 2 for pair in wanted):
        return None
    if programs(where, _text(homes).split("\0") if homes else [], [(pair[0], pair[1]) for pair in wanted]) != stamps:
        return None
    if code not in (b"0", b"1") or observe(where) != observed:
        return None
    return int(code), coloured if colour else plain


def _paths(status: bytes) -> list[str] | None:
    """Paths of everything that differs from the commit; None for a submodule, whose content has no signature."""
    found = []
    for entry in status.split(b"\0"):
        kind = entry[:1]
        if kind == b"?":
            found.append(os.fsdecode(entry[2:]))
        elif kind in (b"1", b"u"):
            words = entry.split(b" ", 8 if kind == b"1" else 10)
            if len(words) < 3 or words[2].startswith(b"S"):
                return None
            found.append(os.fsdecode(words[-1]))
        elif kind not in (b"#", b""):
            return None
    return found


def _signature(path: str) -> str:
    try:
        seen = os.lstat(path)
    except (OSError, ValueError):
        return "absent"
    return f"{seen.st_mode}:{seen.st_ino}:{seen.st_size}:{seen.st_mtime_ns}:{seen.st_ctime_ns}"


def _linked(folder: str, marker: str) -> Place | None:
    """A linked work tree: `.git` is a file that names its git folder, which names the common one."""
    try:
        with open(marker, encoding="utf-8", errors="surrogateescape") as file:
            line = file.read(4096)
        if not line.startswith("gitdir: "):
            return None
        git_dir = os.path.realpath(os.path.join(folder, line[8:].strip()))
        with open(os.path.join(git_dir, "commondir"), encoding="utf-8", errors="surrogateescape") as file:
            common = os.path.realpath(os.path.join(git_dir, file.read(4096).strip()))
    except OSError:
        return None
    return Place(folder, git_dir, common)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
