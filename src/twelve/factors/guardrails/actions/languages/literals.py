"""String literals of code in any language, and the call each of them is given to."""

from __future__ import annotations

LITERALS = 200
"""Literals that are looked at."""
_QUOTING = {
    "perl": (("qx", "`"), ("qq", '"'), ("qw", "()"), ("q", "'")),
    "ruby": (("%x", "`"), ("%q", "'"), ("%Q", '"'), ("%w", "[]")),
}


def literals(text: str, quotes: str) -> list[tuple[str, str, str]]:
    """String literals: what stands before (since the last one), the content, and what follows (to the next one)."""
    found: list[list[str]] = []
    before, at = "", 0
    while at < len(text) and len(found) < LITERALS:
        sign = text[at]
        if sign in quotes and not (sign == "/" and before.rstrip()[-1:] not in ("(", ",", "=", "~", "!", "{", ";", "", "&", "|")):
            content, end = _literal(text, at + 1, sign)
            if found:
                found[-1][2] = before
            found.append([before, content, ""])
            before, at = "", end
        else:
            before += sign
            at += 1
    if found:
        found[-1][2] = before + text[at:]
    return [(piece[0], piece[1], piece[2]) for piece in found]


def _literal(text: str, at: int, close: str) -> tuple[str, int]:
    content = ""
    while at < len(text) and text[at] != close:
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
            content += {"n": "\n", "t": "\t"}.get(text[at], text[at])
        else:
            content += text[at]
        at += 1
    return content, at + 1


def opened_quotes(text: str, language: str) -> str:
    """`q(…)`, `qq{…}`, `qx/…/`, `%x(…)` as ordinary literals; `qx` and `%x` as backticks."""
    names = _QUOTING.get(language, ())
    for name, quote in names:
        at = text.find(name)
        while at >= 0:
            opener = text[at + len(name) : at + len(name) + 1]
            closer = {"(": ")", "{": "}", "[": "]", "<": ">"}.get(opener, opener if opener in "/|!#~" and opener else "")
            end = text.find(closer, at + len(name) + 1) if closer and not text[at - 1 : at].isalnum() else -1
            if end > 0:
                body = text[at + len(name) + 1 : end]
                made = ", ".join(f'"{word}"' for word in body.split()) if len(quote) > 1 else body
                text = text[:at] + quote[0] + made + quote[-1] + text[end + 1 :]
            at = text.find(name, at + 1)
    return text


class Place:
    """Where a literal stands: the function it is given to, and its number among the arguments."""

    __slots__ = ("depth", "function", "number")

    def __init__(self, function: str = "", number: int = 0, depth: int = 0) -> None:
        self.function = function
        self.number = number
        self.depth = depth


def placed(before: str, former: Place) -> Place:
    """The innermost bracket still open in front of the literal names the function; without one, the former call goes on."""
    depth, commas, at = 0, 0, len(before) - 1
    while at >= 0:
        sign = before[at]
        if sign in ")]}":
            depth += 1
        elif sign in "([{":
            if depth == 0:
                name = _name_before(before, at) if sign == "(" else ""
                if name or sign == "(":
                    return Place(name, commas)
                inside = before[at + 1 :].strip()
                if sign == "{" and inside.isidentifier() and before[-1:].isspace():
                    return Place(inside, 0)
                inherited = placed(before[:at], former)
                return Place(inherited.function, inherited.number + commas)
            depth -= 1
        elif sign == "," and depth == 0:
            commas += 1
        elif sign in ";\n" and depth == 0 and commas == 0 and before[at + 1 :].strip():
            break
        at -= 1
    bare = before.rstrip()
    if commas or not bare or not (bare[-1].isalnum() or bare[-1] in "_$"):
        statement = before.replace("{", ";").replace("\n", ";").rpartition(";")[2].split()
        if commas and len(statement) > 1 and statement[0].isidentifier():
            return Place(statement[0], commas)
        closed = before.count(")") > before.count("(") or ";" in before
        return Place() if closed else Place(former.function, former.number + commas)
    return Place(_name_before(bare, len(bare)), 0)


def _name_before(text: str, end: int) -> str:
    text = text[:end].rstrip()
    at = len(text)
    while at > 0 and (text[at - 1].isalnum() or text[at - 1] in "_$"):
        at -= 1
    return text[at:]
