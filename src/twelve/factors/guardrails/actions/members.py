"""Names in tar and zip archives, read from their headers alone, and names in patches of any length. Bounded in bytes and in number."""

from __future__ import annotations

import posix

from twelve.factors.guardrails.actions.links import is_file_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MEMBERS = 20_000
"""Names that are read; an archive with more counts as unreadable."""
PACKED = 64 * 1024 * 1024
"""Bytes of an archive that are read."""
UNPACKED = 48 * 1024 * 1024
"""Bytes of a compressed tar that are unpacked to find its headers."""
PATCH = 16 * 1024 * 1024
"""Bytes of a patch whose headings are looked for."""
_BLOCK = 512
_HEADINGS = (
    b"--- ", b"+++ ", b"*** ", b"rename ", b"copy ", b"diff ", b"Index:", b"deleted file mode", b"new file mode", b"GIT binary", b"Prereq:",
)  # fmt: skip


def names(path: str) -> tuple[str, ...] | None:
    """Every member's name; None when the file is no archive that can be read here."""
    data = content(path, PACKED)
    if data is None:
        return None
    try:
        if data[:2] == b"PK":
            return _zip(data)
        return _tar(_plain(data))
    except (ValueError, OSError, EOFError, ImportError, LookupError):
        return None
    except Exception as trouble:
        if type(trouble).__module__ in ("zlib", "lzma", "_lzma", "bz2", "compression.zstd"):
            return None
        raise


def headings(path: str) -> str | None:
    """The lines of a long patch that name files; None when it cannot be read or is longer than that."""
    data = content(path, PATCH)
    if data is None:
        return None
    found = [line for line in data.split(b"\n") if line.startswith(_HEADINGS)]
    return b"\n".join(found).decode("utf-8", "surrogateescape") if len(found) <= MEMBERS else None


def content(path: str, limit: int) -> bytes | None:
    """A regular file of at most `limit` bytes."""
    try:
        handle = posix.open(path, posix.O_RDONLY | posix.O_NONBLOCK | posix.O_CLOEXEC | posix.O_NOCTTY)
    except (OSError, ValueError):
        return None
    try:
        about = posix.fstat(handle)
        if not is_file_mode(about.st_mode) or about.st_size > limit:
            return None
        pieces = []
        while piece := posix.read(handle, 1 << 20):
            pieces.append(piece)
        return b"".join(pieces)
    except OSError:
        return None
    finally:
        posix.close(handle)


def tracked(data: bytes) -> tuple[str, ...] | None:
    """Names in git's index; None when it is of a kind that is not read here."""
    if data[:4] != b"DIRC" or data[4:8] not in (b"\0\0\0\2", b"\0\0\0\3"):
        return None
    count, at = int.from_bytes(data[8:12], "big"), 12
    found: list[str] = []
    for _ in range(min(count, MEMBERS * 5)):
        extended = data[at + 60] & 0x40
        start = at + (64 if extended else 62)
        end = data.find(b"\0", start)
        if end < 0:
            return None
        found.append(data[start:end].decode("utf-8", "surrogateescape"))
        at += (end - at + 8) // 8 * 8
    return tuple(found)


def _plain(data: bytes) -> bytes:
    """The tar inside a compressed one, as far as it may be unpacked."""
    if data[:2] == b"\x1f\x8b":
        return _bounded(_library("zlib").decompressobj(31), data)
    if data[:3] == b"BZh":
        return _bounded(_library("_bz2").BZ2Decompressor(), data)
    if data[:6] == b"\xfd7zXZ\0" or data[:3] == b"]\0\0":
        return _bounded(_library("_lzma").LZMADecompressor(), data)
    return data


def _library(name: str) -> Any:
    return __import__(name)


def _bounded(machine: Any, data: bytes) -> bytes:
    found: bytes = machine.decompress(data, UNPACKED)
    if not machine.eof and len(found) >= UNPACKED:
        raise ValueError("longer than may be unpacked")
    return found


def _tar(data: bytes) -> tuple[str, ...]:
    found: list[str] = []
    at, longer = 0, ""
    while at + _BLOCK <= len(data) and len(found) <= MEMBERS:
        head = data[at : at + _BLOCK]
        if not head.strip(b"\0"):
            return tuple(found)
        if not _fits(head):
            raise ValueError("no tar")
        size = _number(head[124:136])
        body = data[at + _BLOCK : at + _BLOCK + size]
        kind = head[156:157]
        if kind in (b"L", b"K"):
            longer = body.rstrip(b"\0").decode("utf-8", "surrogateescape") if kind == b"L" else longer
        elif kind in (b"x", b"g"):
            longer = _pax(body) or longer
        else:
            found += [longer or _name(head), *_link(head, kind)]
            longer = ""
        at += _BLOCK + (size + _BLOCK - 1) // _BLOCK * _BLOCK
    if len(found) > MEMBERS or not found:
        raise ValueError("too many names, or none")
    return tuple(found)


def _fits(head: bytes) -> bool:
    """Whether the sum written in a header is the sum of its bytes."""
    return _number(head[148:156]) == sum(head[:148]) + sum(head[156:]) + 8 * 32


def _number(field: bytes) -> int:
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    text = field.strip(b"\0 ")
    return int(text, 8) if text else 0


def _name(head: bytes) -> str:
    name = head[:100].partition(b"\0")[0]
    before = head[345:500].partition(b"\0")[0] if head[257:262] == b"ustar" else b""
    return (before + b"/" + name if before else name).decode("utf-8", "surrogateescape")


def _link(head: bytes, kind: bytes) -> list[str]:
    """A link inside an archive may lead what follows somewhere else; where it leads counts as written too."""
    return [head[157:257].partition(b"\0")[0].decode("utf-8", "surrogateescape")] if kind in (b"1", b"2") else []


def _pax(body: bytes) -> str:
    at = body.find(b" path=")
    if at < 0:
        return ""
    return body[at + 6 :].partition(b"\n")[0].decode("utf-8", "surrogateescape")


def _zip(data: bytes) -> tuple[str, ...]:
    end = data.rfind(b"PK\5\6")
    if end < 0:
        raise ValueError("no end")
    count = int.from_bytes(data[end + 10 : end + 12], "little")
    at = int.from_bytes(data[end + 16 : end + 20], "little")
    size = int.from_bytes(data[end + 12 : end + 16], "little")
    if at == 0xFFFFFFFF or count == 0xFFFF:
        raise ValueError("of the larger kind")
    at = end - size if data[at : at + 4] != b"PK\1\2" and count else at
    found: list[str] = []
    while data[at : at + 4] == b"PK\1\2" and len(found) <= MEMBERS:
        lengths = [int.from_bytes(data[at + place : at + place + 2], "little") for place in (28, 30, 32)]
        found.append(data[at + 46 : at + 46 + lengths[0]].decode("utf-8", "replace").replace("\\", "/"))
        at += 46 + sum(lengths)
    if len(found) != count:
        raise ValueError("other than it says")
    return tuple(found)
