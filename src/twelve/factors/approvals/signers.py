"""The people whose signatures count: `.twelve/allowed_signers`, tracked, read by `verify` from the base branch.

The file is the one ssh-keygen(1) describes under ALLOWED SIGNERS, with two additions:

    ana@example.org namespaces="twelve-approval" ssh-ed25519 AAAA…
    bo@example.org twelve-key="agent-confirmed" ssh-ed25519 AAAA…
    cy@example.org gpg BASE64-OF-THE-EXPORTED-PUBLIC-KEY

`twelve-key` states why an agent on the person's machine cannot use the key: `agent-confirmed` (`ssh-add -c`),
`hardware` (a gpg smart card), `other-host`. It is the list's own word: nothing on this machine can check it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from msgspec import Struct

PATH = ".twelve/allowed_signers"
CUSTODY = ("agent-confirmed", "hardware", "other-host")
"""Stated reasons why an agent cannot use a key."""
LIMIT = 400_000
"""Longest list read, characters (ours)."""
_KINDS = ("ssh-", "ecdsa-", "sk-")


class Signer(Struct, frozen=True, kw_only=True):
    """One line of the list."""

    who: str
    """The person: the line's first principal."""
    kind: str
    """Key type; `gpg` for a gpg key."""
    key: bytes
    """Public key in wire form, or as exported by gpg."""
    options: tuple[str, ...] = ()
    """Options ssh-keygen knows, as written."""
    custody: str = ""
    line: int = 0
    trouble: str = ""
    """Why this line lets nobody sign; "" when it does."""

    @property
    def security_key(self) -> bool:
        return self.kind.startswith("sk-")

    def ssh_line(self) -> str:
        """The line as ssh-keygen reads it."""
        options = f"{','.join(self.options)} " if self.options else ""
        return f"{self.who} {options}{self.kind} {base64.b64encode(self.key).decode()}\n"


def parse(text: str) -> tuple[Signer, ...]:
    """Every line that names a key, unusable ones with their trouble. Never raises: the text may be anybody's."""
    return tuple(_lines(text[:LIMIT]))


def usable(text: str) -> tuple[Signer, ...]:
    return tuple(signer for signer in parse(text) if not signer.trouble)


def _lines(text: str) -> Iterator[Signer]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _signer(line, number)


def _signer(line: str, number: int) -> Signer:
    fields = _fields(line)
    who = fields[0].strip('"').split(",")[0] if fields else ""
    options: tuple[str, ...] = ()
    if len(fields) > 1 and not _is_kind(fields[1]):
        options = tuple(_split(fields.pop(1), ","))
    kind = fields[1] if len(fields) > 1 else ""
    trouble, key = _key(kind, fields[2] if len(fields) > 2 else "")
    stated = [option.partition("=")[2].strip('"') for option in options if option.lower().startswith("twelve-key=")]
    kept = tuple(option for option in options if not option.lower().startswith("twelve-key="))
    trouble = trouble or _refused(who, kept, stated)
    return Signer(who=who, kind=kind, key=key, options=kept, custody=stated[0] if stated else "", line=number, trouble=trouble)


def _refused(who: str, options: tuple[str, ...], stated: list[str]) -> str:
    if not who or any(sign in who for sign in "*?!") or not who.isprintable():
        return "it names a pattern, not a person"
    if any(option.lower() == "cert-authority" for option in options):
        return "certificates are not supported"
    if len(stated) > 1 or (stated and stated[0] not in CUSTODY):
        return f"twelve-key is one of {', '.join(CUSTODY)}"
    return ""


def _key(kind: str, text: str) -> tuple[str, bytes]:
    if not _is_kind(kind):
        return "there is no key in it", b""
    try:
        key = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return "its key is not base64", b""
    name = kind.encode()
    # The type also stands inside the key; a line whose two types differ is a trap for readers.
    if kind != "gpg" and key[: 4 + len(name)] != len(name).to_bytes(4, "big") + name:
        return "its key is of another type than it says", b""
    return ("", key) if key else ("its key is empty", b"")


def _is_kind(word: str) -> bool:
    return word == "gpg" or (word.startswith(_KINDS) and "=" not in word)


def _fields(line: str) -> list[str]:
    return [field for field in _split(line.strip().replace("\t", " "), " ") if field]


def _split(text: str, separator: str) -> Iterator[str]:
    """Parts between separators that stand outside double quotes."""
    part, quoted = "", False
    for letter in text:
        quoted ^= letter == '"'
        if letter == separator and not quoted:
            yield part
            part = ""
        else:
            part += letter
    yield part
