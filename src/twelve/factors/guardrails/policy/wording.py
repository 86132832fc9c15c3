"""How paths, hosts and names of untrusted origin are shown: quoted, on one line, bounded, without secrets or ways around."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action

LIMIT = 120
"""Characters of one quoted thing (ours)."""
SECRET_RUN = 16
"""Letters and digits in one run, mixed, from which a word may be a key (ours)."""

SECRET_NAMES = ("pass", "pwd", "secret", "token", "key", "credential", "auth")
_AROUND = (
    "no-verify", "no-gpg-sign", "hookspath", "disableallhooks", "husky=", "husky_", "skip=", "lefthook=", "lefthook_", "overcommit_",
    "allow_no_config", "uninstall", "--force", "skip-permissions", "bypass", "--yolo", "skip_hooks", "skip_simple", "twelve__",
)  # fmt: skip
"""What a refusal never repeats, even when the refused command said it: the next reader would learn it."""


def shown(text: str, limit: int = LIMIT) -> str:
    """The text in backticks, safe for a terminal and for a model that reads it as data."""
    body = _plain(_without_secrets(_without_password(text)))
    lowered = body.lower()
    if any(sign in lowered for sign in _AROUND) or " -n" in f" {lowered}":
        return "`…`"
    if len(body) > limit:
        body = body[: limit // 2] + "…" + body[-(limit // 2) :]
    return f"`{body}`"


def touched(verb: str, path: str, action: Action, policy: dict[str, Any], kind: str) -> str:
    """What a call does to a place: said for certain only when it is, and of a folder when the folder holds what is meant."""
    if action.glob or action.partial:
        return f"This call may reach what {place(path, policy)} stands for, and {kind} is among it"
    within = " or holds" if action.recursive else ""
    return f"This call {verb} {place(path, policy)}, which is{within} {kind}"


def place(path: str, policy: dict[str, Any], limit: int = LIMIT) -> str:
    """A path as a person would write it: relative to the repository, or with `~`."""
    for folder in policy["roots"]:
        if path == folder:
            return "the repository itself"
        if path.startswith(folder + "/"):
            return shown(path[len(folder) + 1 :], limit)
    for folder in policy["homes"]:
        if path == folder or path.startswith(folder + "/"):
            return shown("~" + path[len(folder) :], limit)
    return shown(path or "a path that cannot be told", limit)


def _without_password(text: str) -> str:
    """`scheme://user:password@host` loses what stands before the host, an address loses its query."""
    start = text.find("://")
    if start < 0:
        return text
    end = start + 3
    while end < len(text) and text[end] not in "/?# \t\n":
        end += 1
    at = text.rfind("@", start, end)
    query = text.find("?", end)
    return text[: start + 3] + text[at + 1 if at > 0 else start + 3 : query if query > 0 else len(text)]


def _without_secrets(text: str) -> str:
    """Runs that may be keys, and values given to names that say they are secret, become a mark."""
    name, sign, value = text.partition("=")
    lowered = name.lower()
    if sign and value and any(word in lowered for word in SECRET_NAMES):
        return f"{name}=[hidden]"
    out, run = [], ""
    for letter in text + "\0":
        if letter.isalnum():
            run += letter
            continue
        out.append("[hidden]" if _like_a_key(run) else run)
        run = ""
        out.append(letter)
    return "".join(out[:-1])


def _like_a_key(run: str) -> bool:
    if len(run) < SECRET_RUN:
        return False
    digits = sum(letter.isdigit() for letter in run)
    # A moment such as 20260102T030405Z is digits but for two letters.
    return 0 < digits <= len(run) - 4


def _plain(text: str) -> str:
    """Control characters, direction marks, invisible and broken characters by their number; backticks become quotes."""
    return "".join(_sign(letter) for letter in text)


def _sign(letter: str) -> str:
    number = ord(letter)
    if letter == "`":
        return "'"
    if letter == "\0":
        return "?"
    if number < 0x20 or 0x7F <= number < 0xA0:
        return f"\\x{number:02x}"
    if number in _INVISIBLE or 0x200B <= number <= 0x200F or 0x2028 <= number <= 0x202E or 0x2060 <= number <= 0x206F:
        return f"\\u{number:04x}"
    if 0xD800 <= number <= 0xDFFF or 0xE000 <= number <= 0xF8FF or number >= 0xE0000:
        return f"\\u{number:04x}"
    return letter


_INVISIBLE = (0xAD, 0x61C, 0x180E, 0x3164, 0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB)
