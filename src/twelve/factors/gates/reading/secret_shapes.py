"""Secrets recognised by their public shape: few false alarms, no tool needed.

A hit carries the place and four hex digits of a digest, never the secret. Sixteen bits tell one secret from
its replacement on the same line and are too few to test guesses against.
"""

from __future__ import annotations

import bisect
import hashlib
import re
from collections.abc import Iterator

from msgspec import Struct

from twelve.system import expressions


class Hit(Struct, frozen=True, kw_only=True, order=True):
    """One secret at one place."""

    line: int
    rule: str
    mark: str
    """First four hex digits of sha1 over the secret."""


_SHAPES: tuple[tuple[str, str], ...] = (
    ("private-key", r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    ("aws-access-key", r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    ("github-token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b"),
    ("gitlab-token", r"\bgl(?:pat|dt|rt|ptt|cbt)-[A-Za-z0-9_-]{20,100}\b"),
    ("slack-token", r"\bxox[abeoprs]-\d[A-Za-z0-9-]{20,250}\b"),
    ("slack-webhook", r"https://hooks\.slack\.com/services/T[A-Z0-9]{6,14}/B[A-Z0-9]{6,14}/[A-Za-z0-9]{20,40}"),
    ("stripe-key", r"\b[sr]k_live_[A-Za-z0-9]{16,250}\b"),
    ("anthropic-key", r"\bsk-ant-[a-z0-9]{3,12}-[A-Za-z0-9_-]{40,250}"),
    ("openai-key", r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{0,120}T3BlbkFJ[A-Za-z0-9_-]{16,120}"),
    ("google-key", r"\bAIza[A-Za-z0-9_-]{35}\b|\bGOCSPX-[A-Za-z0-9_-]{28}\b"),
    ("npm-token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("pypi-token", r"\bpypi-AgEI[A-Za-z0-9_-]{50,400}"),
    ("sendgrid-key", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b"),
    ("huggingface-token", r"\bhf_[A-Za-z]{34}\b"),
    ("vault-token", r"\bhvs\.[A-Za-z0-9_-]{90,200}"),
    ("age-key", r"\bAGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}\b"),
    ("jwt", r"\beyJhbGciOi[A-Za-z0-9_-]{5,400}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,1000}"),
)
_SHAPE = expressions.deferred("|".join(f"(?P<{name.replace('-', '_')}>{pattern})" for name, pattern in _SHAPES))
_URL = expressions.deferred(r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@\"'<>{}$%]{1,100}:(?P<secret>[^\s/@\"'<>{}$%*]{4,200})@[A-Za-z0-9\[]")
_ASSIGNED = expressions.deferred(
    r"(?:passw(?:or)?d|passphrase|secret|(?:api|access|private|auth|signing|encryption|account)[_-]?key|(?:auth|access|api|bearer)?[_-]?token)[\"']?"
    r"[ \t]{0,8}(?:=>|:=|=|:)[ \t]{0,8}(?P<quote>[\"'])(?P<secret>[^\"'\s{}<>$%*]{8,200})(?P=quote)",
    re.IGNORECASE,
)
_DUMMY = expressions.deferred(
    r"example|placeholder|change.?me|dummy|fake|sample|redacted|your[_-]|my[_-]|test|default|none|null|undefined|required|x{4}|\.{3}"
    r"|^[a-z_.-]+$|^[A-Z_.-]+$|^\d{1,9}$|^[./~]",
    re.IGNORECASE,
)
_LOCAL = expressions.deferred(r"^(?:pass(?:word)?|secret|postgres|root|admin|guest|user|test|example)$", re.IGNORECASE)
_KUBERNETES = expressions.deferred(r"^kind:[ \t]*[\"']?Secret[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)
_FILLED = expressions.deferred(
    r"^(?:data|stringData):[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*[ \t]+\S[^:\n]{0,253}:[ \t]*\S"
    r"|^(?:data|stringData):[ \t]*\{[^}\n]{0,500}\S:",
    re.MULTILINE,
)
_SEALED = expressions.deferred(r"^sops:[ \t]*$", re.MULTILINE)


def scan(text: str, path: str = "") -> Iterator[Hit]:
    """Every recognised secret, in no particular order."""
    ends = [match.start() for match in re.finditer("\n", text)]
    for at, rule, secret in _places(text, path):
        yield Hit(line=bisect.bisect_left(ends, at) + 1, rule=rule, mark=mark(secret))


def mark(secret: str) -> str:
    """Four hex digits that identify a secret among its neighbours."""
    return hashlib.sha1(secret.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()[:4]


def _places(text: str, path: str) -> Iterator[tuple[int, str, str]]:
    for match in _SHAPE.finditer(text):
        yield match.start(), (match.lastgroup or "").replace("_", "-"), match[0]
    for match in _URL.finditer(text):
        if not _DUMMY.search(match["secret"]) and not _LOCAL.match(match["secret"]):
            yield match.start("secret"), "url-password", match["secret"]
    for match in _ASSIGNED.finditer(text):
        # A shape was reported with its better name already.
        if not _DUMMY.search(match["secret"]) and not _SHAPE.search(match["secret"]):
            yield match.start("secret"), "assigned-secret", match["secret"]
    if path.lower().endswith((".yaml", ".yml")):
        yield from _kubernetes_secrets(text)


def _kubernetes_secrets(text: str) -> Iterator[tuple[int, str, str]]:
    """A Secret object with values: base64 is not encryption. SOPS files carry their own `sops` block and pass."""
    at = 0
    for part in re.split(r"(?m)(?=^---)", text):
        kind = _KUBERNETES.search(part)
        if kind and _FILLED.search(part) and not _SEALED.search(part):
            yield at + kind.start(), "kubernetes-secret", part
        at += len(part)
