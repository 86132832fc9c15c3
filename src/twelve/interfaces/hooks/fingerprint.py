"""sha256 without `hashlib`, whose TLS library costs half the interpreter's start."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _constructor(name: str, *modules: str) -> Any:
    for module in modules:
        try:
            return getattr(__import__(module), name)
        except (ImportError, AttributeError):
            continue
    raise ImportError(f"this interpreter has no {name}")


_sha256 = _constructor("sha256", "_sha256", "_sha2", "hashlib")


def of(data: bytes) -> str:
    """sha256, hexadecimal."""
    digest: str = _sha256(data).hexdigest()
    return digest


def framed(*parts: str) -> str:
    """sha256 over parts that cannot run into each other, as `factors.approvals.request.subject` makes it."""
    return of("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass"))


def blob(data: bytes, digits: int) -> str:
    """The id git gives this content, in a repository whose ids have so many hexadecimal digits."""
    made = _sha256 if digits == 64 else _constructor("sha1", "_sha1", "hashlib")
    digest: str = made(b"blob %d\0" % len(data) + data).hexdigest()
    return digest
