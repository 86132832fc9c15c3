"""Take secrets out of text before it is written or shown.

Recognition is by the public shape of well-known keys and by the name a value is assigned to. It errs
towards leaving code alone: a value that looks like an expression, a type or a placeholder is kept.
Every pattern is bounded, so the cost is linear in the text; redacting twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MARK = "[REDACTED"
"""Start of every replacement, e.g. `[REDACTED github-token ghp_]`; the hint is the public prefix only."""

_SHAPES: tuple[tuple[str, str], ...] = (
    ("aws-access-key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    ("github-token", r"\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{40,255})"),
    ("gitlab-token", r"\bgl(?:pat|dt|rt|ptt|ft|imt|agent|soat|cbt)-[A-Za-z0-9_.-]{20,300}"),
    ("slack-token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,250}|\bxapp-\d-[A-Za-z0-9-]{10,250}"),
    ("slack-webhook", r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{10,200}"),
    ("stripe-key", r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,250}|\bwhsec_[A-Za-z0-9+/=]{16,250}"),
    ("anthropic-key", r"\bsk-ant-[A-Za-z0-9_-]{16,250}"),
    ("openai-key", r"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,250}"),
    ("google-key", r"\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20,400}|\bGOCSPX-[A-Za-z0-9_-]{20,60}"),
    ("npm-token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("pypi-token", r"\bpypi-[A-Za-z0-9_-]{40,400}"),
    ("sendgrid-key", r"\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}"),
    ("huggingface-token", r"\bhf_[A-Za-z0-9]{30,60}\b"),
    ("digitalocean-token", r"\bdo[opr]_v1_[a-f0-9]{64}\b"),
    ("vault-token", r"\bhv[sbr]\.[A-Za-z0-9_-]{24,300}"),
    ("jwt", r"\beyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{0,2000}"),
    ("age-key", r"\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b"),
)
_SHAPE = re.compile("|".join(f"(?P<{name.replace('-', '_')}>{pattern})" for name, pattern in _SHAPES))
# A PEM block that never ends is a secret too: take what follows it, up to a bound.
_PEM = re.compile(
    r"-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----(?:(?!-----END)[\s\S]){0,20000}(?:-----END [A-Z0-9 ]{0,60}-----)?"
)
_URL = re.compile(r"(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]{1,20}://)(?P<user>[^\s/:@\"'<>\[\]]{0,200}):(?P<secret>[^\s/@\"'<>]{1,400})@")
_HEADER = re.compile(
    r"(?P<head>\b(?:proxy-)?authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:(?:bearer|basic|token|digest|apikey)\s{1,3})?|\bbearer\s{1,3}(?=[A-Za-z0-9._~+/=-]{0,400}\d))"
    r"(?P<secret>[A-Za-z0-9._~+/=-]{8,4000})",
    re.IGNORECASE,
)
_NAME = (
    r"(?:password|passwd|passphrase|pwd|secret|secret[_-]?key|client[_-]?secret|token|api[_-]?key|apikey|access[_-]?key(?:[_-]?id)?"
    r"|private[_-]?key|auth[_-]?key|signing[_-]?key|encryption[_-]?key|credentials?|sas[_-]?key|account[_-]?key|connection[_-]?string)"
)
_ASSIGNED = re.compile(
    rf"(?P<head>{_NAME}[\"']?[ \t]{{0,8}}(?:=>|:=|=|:)[ \t]{{0,8}})"
    r"(?:(?P<quote>[\"'])(?P<quoted>[^\"'\r\n]{4,1000})(?P=quote)|(?P<bare>[^\s\"'`,;&|<>(){}\[\]$%*]{6,1000})(?![(\[{$%<]))",
    re.IGNORECASE,
)
_SECRET_KEY = re.compile(rf"(?:^|[_.\-\s]|(?<=[a-z])(?=[A-Z])){_NAME}$|^authorization$|^cookie$|^set-cookie$|{_NAME}$", re.IGNORECASE)
_HARMLESS = re.compile(
    r"(?:str|string|bytes|none|null|nil|true|false|bool|int|float|any|optional|required|undefined|secret|secrets|password|token|changeme|example"
    r"|redacted|x{3,}|\*{3,}|\.{3,}|_{3,}|-{3,}|(?:your|my|the)[-_ ].{0,60}|.{0,60}placeholder.{0,60})\??",
    re.IGNORECASE,
)
_EXPRESSION = re.compile(
    r"\$|\{\{|<|%\(|\[REDACTED|[A-Za-z_]\w{0,60}(?:\.[A-Za-z_]\w{0,60}){1,8}$"
    r"|[A-Za-z_]{0,60}(?:token|password|secret|key|credentials?|passwd|pwd)s?$",
    re.IGNORECASE,
)
"""A name, an attribute, a template or a mark of ours: what stands for a secret without being one."""


def _shape(found: re.Match[str]) -> str:
    name = (found.lastgroup or "key").replace("_", "-")
    return f"{MARK} {name} {found.group()[:4]}]"


def _pem(found: re.Match[str]) -> str:
    return f"{MARK} {found.group(1).lower().strip().replace(' ', '-')}]"


def _url(found: re.Match[str]) -> str:
    if found["secret"].startswith(MARK) or _EXPRESSION.match(found["secret"]):
        return found.group()
    return f"{found['scheme']}{found['user']}:{MARK} url-password]@"


def _header(found: re.Match[str]) -> str:
    return f"{found['head']}{MARK} authorization]"


def _assigned(found: re.Match[str]) -> str:
    value = found["quoted"] or found["bare"]
    if _HARMLESS.fullmatch(value) or _EXPRESSION.match(value):
        return found.group()
    if found["quoted"]:
        return f"{found['head']}{found['quote']}{MARK} assigned]{found['quote']}"
    return f"{found['head']}{MARK} assigned]"


_PASSES = ((_PEM, _pem), (_URL, _url), (_SHAPE, _shape), (_HEADER, _header), (_ASSIGNED, _assigned))


def redact(text: str) -> str:
    """`text` with every recognised secret replaced by a mark that says what it was."""
    for pattern, replacement in _PASSES:
        text = pattern.sub(replacement, text)
    return text


def redact_bytes(data: bytes) -> bytes:
    """The same for bytes of unknown encoding; bytes that are not UTF-8 survive unchanged."""
    return redact(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


DEPTH = 100
"""Deepest nesting `redact_value` follows; what lies deeper is left out as a whole."""


def redact_value(value: Any, *, depth: int = 0) -> Any:
    """Lists, tuples and mappings with all their texts redacted, and texts under a secret's name as a whole.

    Numbers, booleans and None pass; a mapping's keys are redacted as texts.
    """
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, bytes):
        return redact_bytes(value)
    if isinstance(value, (Mapping, list, tuple)) and depth >= DEPTH:
        return f"{MARK} nested too deep]"
    if isinstance(value, Mapping):
        return {redact(key) if isinstance(key, str) else key: _redact_member(key, member, depth + 1) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        members = [redact_value(member, depth=depth + 1) for member in value]
        return tuple(members) if isinstance(value, tuple) else members
    return value


def _redact_member(key: Any, member: Any, depth: int) -> Any:
    if isinstance(key, str) and isinstance(member, str) and _SECRET_KEY.search(key):
        return member if not member or member.startswith(MARK) or _EXPRESSION.match(member) else f"{MARK} assigned]"
    return redact_value(member, depth=depth)
