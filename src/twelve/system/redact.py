"""Take secrets out of text before it is written or shown.

Recognition is by the public shape of well-known keys and by the name a value is assigned to. It errs
towards leaving code alone: a value that looks like an expression, a type or a placeholder is kept.
The cost is linear in the text, whatever the text is; redacting twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from twelve.system import expressions

MARK = "[REDACTED"
"""Start of every replacement, e.g. `[REDACTED github-token ghp_]`; at most four characters are kept."""

_SHAPES: tuple[tuple[str, str], ...] = (
    ("aws-access-key", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Z0-9])"),
    ("github-token", r"gh[pousr]_[A-Za-z0-9]{30,}+|github_pat_[A-Za-z0-9_]{40,}+"),
    ("gitlab-token", r"gl(?:pat|dt|rt|ptt|ft|imt|agent|soat|cbt)-[A-Za-z0-9_.-]{20,}+"),
    ("slack-token", r"xox[abeoprs]-[A-Za-z0-9-]{10,}+|xapp-\d-[A-Za-z0-9-]{10,}+"),
    ("slack-webhook", r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{10,}+"),
    ("stripe-key", r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}+|whsec_[A-Za-z0-9+/=]{16,}+"),
    ("anthropic-key", r"sk-ant-[A-Za-z0-9_-]{16,}+"),
    # The digit tells a key from a kebab-case name that begins with sk.
    ("openai-key", r"sk-(?=[A-Za-z_-]{0,60}[0-9])[A-Za-z0-9_-]{20,}+"),
    ("google-key", r"AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,}+|GOCSPX-[A-Za-z0-9_-]{20,}+"),
    ("npm-token", r"npm_[A-Za-z0-9]{36,}+"),
    ("pypi-token", r"pypi-[A-Za-z0-9_-]{40,}+"),
    ("sendgrid-key", r"SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,}+"),
    ("huggingface-token", r"hf_[A-Za-z0-9]{30,}+"),
    ("digitalocean-token", r"do[opr]_v1_[a-f0-9]{64}"),
    ("vault-token", r"hv[sbr]\.[A-Za-z0-9_-]{24,}+"),
    ("age-key", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    # Its own parts contain the border characters, so a start inside one is ruled out here.
    ("jwt", r"(?<![_-])eyJ[A-Za-z0-9_-]{8,}+\.eyJ[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]*+)?"),
)
# Keys without a gap between them are one secret: behind the first mark the second would have another border.
_SHAPE = expressions.deferred(
    r"(?<![A-Za-z0-9])(?:" + "|".join(f"(?P<{name.replace('-', '_')}>{pattern})" for name, pattern in _SHAPES) + ")++"
)
_SHAPE_SIGNS = expressions.deferred(
    r"AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat_|gl[a-z]{2,5}-|xox[a-z]-|xapp-|hooks\.slack|[sr]k_(?:live|test)_|whsec_|sk-|AIza|ya29\.|GOCSPX-"
    r"|npm_|pypi-|SG\.|hf_|do[opr]_v1_|hv[sbr]\.|AGE-SECRET|eyJ"
)
_PEM = expressions.deferred(
    r"-----BEGIN (?P<label>[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----"
    r"(?:(?:(?!-----).){0,20000}+-----END [A-Z0-9 ]{0,60}-----"
    # Cut off before its end: as many lines of base64 as follow.
    r"|(?:(?:[\s\"'+,]|\\[nr]){0,10}[A-Za-z0-9+/=]{16,}+)*+)",
    re.DOTALL,
)
_URL = expressions.deferred(r"(?P<head>://[^\s/:@\"'<>\[\]]{0,200}:)(?P<secret>[^\s/@\"'<>]{1,400})(?=@)")
_HEADER_SIGNS = expressions.deferred("authorization|bearer", re.IGNORECASE)
_HEADER = expressions.deferred(
    r"(?P<head>\b(?:proxy-)?authorization\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?(?:(?:bearer|basic|token|digest|apikey)\s{1,3})?"
    r"|\bbearer\s{1,3}(?=[A-Za-z0-9._~+/=-]{0,400}[0-9]))"
    r"(?P<secret>[A-Za-z0-9._~+/=-]{8,}+)",
    re.IGNORECASE,
)
_NAME = (
    r"(?:password|passwd|passphrase|pwd|secret[_-]?key|client[_-]?secret|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?"
    r"|private[_-]?key|auth[_-]?key|signing[_-]?key|encryption[_-]?key|credentials?|sas[_-]?key|account[_-]?key|connection[_-]?string)"
)
_NAME_SIGNS = expressions.deferred(r"pass(?:w|p)|pwd|secret|token|key|credential|connection", re.IGNORECASE)
_ASSIGNED = expressions.deferred(
    rf"(?P<head>(?P<name>{_NAME})\\{{0,3}}[\"']?[ \t]{{0,8}}(?:=>|:=|=|:)[ \t]{{0,8}})"
    r"(?:\"(?P<double>(?:[^\"\\\r\n]|\\.){4,4000}+)(?=\")|'(?P<single>(?:[^'\\\r\n]|\\.){4,4000}+)(?=')"
    r"|\\{1,3}[\"'](?P<escaped>[^\\\"'\r\n]{4,}+)|[\"'](?P<open>[^\s\"']{4,}+)|(?P<bare>[^\s\"'`\\,;&|<>(){}\[\]$%*]{6,}+))",
    re.IGNORECASE,
)
_FLAG = expressions.deferred(
    rf"(?P<head>--(?:[a-z0-9]{{1,20}}-){{0,4}}(?P<name>{_NAME})[ ]{{1,4}})(?P<bare>[^\s\"'`\\$<{{(\[-][^\s\"'`\\)\]}}]{{5,}}+)",
    re.IGNORECASE,
)
_SECRET_KEY = expressions.deferred(rf"(?:{_NAME}|^authorization|^(?:set-)?cookie)$", re.IGNORECASE)

_HARMLESS = expressions.deferred(
    r"(?:str|string|bytes|none|null|nil|true|false|bool|int|float|any|optional|required|undefined|secretstr|changeme|example"
    r"|redacted|x{3,}|\*{3,}|\.{3,}|_{3,}|-{3,}|(?:your|my|the)[-_ ].{0,60}|.{0,60}placeholder.{0,60})\??",
    re.IGNORECASE,
)
_STAND_IN = expressions.deferred(
    r"\$|\{\{|<|%\(|\[REDACTED"
    r"|[A-Za-z_]\w{0,60}(?:\.[A-Za-z_]\w{0,60}){1,8}$"
    r"|[A-Za-z_]{0,60}(?:token|password|secret|key|credentials?|passwd|pwd)s?$"
    r"|~/|\.{1,2}/|/(?:home|etc|var|run|usr|opt|tmp|root|Users|work|srv|mnt)/",
    re.IGNORECASE,
)
"""A name, an attribute, a template, a path or a mark of ours: what stands for a secret without being one."""
_SECRET_VARIABLE = expressions.deferred(r"(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(?:_|$)", re.IGNORECASE)
SECRET_MIN = 8
"""Characters from which the value of a secret-looking variable is hidden wherever it appears (ours)."""
_WORDS = expressions.deferred(r"[A-Za-z_-]{1,20}")
_COUNT = expressions.deferred(r"[0-9][0-9_.,]*")
_CALL = expressions.deferred(r"[A-Za-z_][\w.]*")


def _is_code(name: str, value: str, after: str) -> bool:
    """Whether an unquoted value is a variable, a call or a count rather than a secret."""
    if after in ("(", "[") and _CALL.fullmatch(value):
        return True
    if name.lower().startswith(("pass", "pwd", "secret", "client")):
        return False
    # Keys and tokens hold digits; a short run of letters is an identifier, digits alone are an amount.
    return bool(_WORDS.fullmatch(value) or _COUNT.fullmatch(value))


def _shape(found: re.Match[str]) -> str:
    name = (found.lastgroup or "key").replace("_", "-")
    return f"{MARK} {name} {found.group()[:4]}]"


def _pem(found: re.Match[str]) -> str:
    return f"{MARK} {found['label'].lower().strip().replace(' ', '-')}]"


def _url(found: re.Match[str]) -> str:
    return found.group() if _STAND_IN.match(found["secret"]) else f"{found['head']}{MARK} url-password]"


def _header(found: re.Match[str]) -> str:
    return f"{found['head']}{MARK} authorization]"


def _assigned(found: re.Match[str]) -> str:
    kind = found.lastgroup or "bare"
    value = found[kind]
    after = found.string[found.end() : found.end() + 1]
    if _HARMLESS.fullmatch(value) or _STAND_IN.match(value) or (kind == "bare" and _is_code(found["name"], value, after)):
        return found.group()
    return f"{found.group()[: found.start(kind) - found.start()]}{MARK} assigned]"


class _Pass(Struct, frozen=True):
    """One kind of secret. `sign` is cheap to look for and present in every text the pattern can match."""

    sign: Callable[[str], object]
    pattern: re.Pattern[str]
    replacement: Callable[[re.Match[str]], str]


_PASSES = (
    _Pass(lambda text: "-----BEGIN " in text, _PEM, _pem),
    _Pass(lambda text: "://" in text and "@" in text, _URL, _url),
    _Pass(lambda text: _SHAPE_SIGNS.search(text), _SHAPE, _shape),
    _Pass(lambda text: _HEADER_SIGNS.search(text), _HEADER, _header),
    _Pass(lambda text: _NAME_SIGNS.search(text), _ASSIGNED, _assigned),
    _Pass(lambda text: "--" in text and _NAME_SIGNS.search(text), _FLAG, _assigned),
)


def redact(text: str) -> str:
    """`text` with every recognised secret replaced by a mark that says what it was."""
    for step in _PASSES:
        if step.sign(text):
            text = step.pattern.sub(step.replacement, text)
    return text


def values_of(env: Mapping[str, str]) -> tuple[str, ...]:
    """Values of variables whose name promises a secret, longest first: they have no shape, and are known all the same.

    A path to a key file is no secret; hiding it would make a text unreadable.
    """
    named = (value for name, value in env.items() if _SECRET_VARIABLE.search(name))
    return tuple(sorted({value for value in named if len(value) >= SECRET_MIN and not value.startswith("/")}, key=len, reverse=True))


def hide(text: str, values: Iterable[str]) -> str:
    """The text without these values, wherever they stand."""
    for value in values:
        text = text.replace(value, "[redacted]")
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
        return member if not member or _STAND_IN.match(member) else f"{MARK} assigned]"
    return redact_value(member, depth=depth)
