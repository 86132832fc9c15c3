"""Decodes constants that stand in a command line; standard C helpers only, and small inputs only."""

from __future__ import annotations

import binascii

LIMIT = 200_000


def decoded(text: str | None, kind: str) -> str | None:
    """The text behind base64, base32 or hex; None when it cannot be known."""
    if text is None or "\0" in text or len(text) > LIMIT:
        return None
    compact = "".join(text.split())
    try:
        if kind == "hex":
            data = binascii.unhexlify(compact)
        elif kind == "base32":
            data = _base32(compact)
        else:
            compact = compact.replace("-", "+").replace("_", "/").rstrip("=")
            data = binascii.a2b_base64(compact + "=" * (-len(compact) % 4))
    except (ValueError, binascii.Error):
        return None
    return data.decode("utf-8", "surrogateescape")


def _base32(text: str) -> bytes:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    bits = "".join(format(letters.index(sign), "05b") for sign in text.rstrip("="))
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - len(bits) % 8, 8))
