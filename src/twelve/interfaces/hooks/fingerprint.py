"""sha256 without `hashlib`, whose TLS library costs half the interpreter's start."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _constructor() -> Any:
    for name in ("_sha256", "_sha2", "hashlib"):
        try:
            return __import__(name).sha256
        except (ImportError, AttributeError):
            continue
    raise ImportError("this interpreter has no sha256")


_sha256 = _constructor()


def of(data: bytes) -> str:
    """sha256, hexadecimal."""
    digest: str = _sha256(data).hexdigest()
    return digest


def framed(*parts: str) -> str:
    """sha256 over parts that cannot run into each other, as `factors.approvals.request.subject` makes it."""
    return of("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass"))
