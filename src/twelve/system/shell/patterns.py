"""Shell patterns against a text: `*`, `?` and bracket sets, for the operators that cut and replace.

Written by hand because `fnmatch` needs `re`, which costs the fast path more than everything else it does.
"""

from __future__ import annotations

MOST = 4096
"""Characters of a value that is matched. The longest match is looked for from every place, which is quadratic."""

ANY, ONE, SET, LETTER = "*", "?", "[", ""


class Token:
    __slots__ = ("kind", "negated", "text")

    def __init__(self, kind: str, text: str = "", *, negated: bool = False) -> None:
        self.kind = kind
        self.text = text
        self.negated = negated

    def takes(self, sign: str) -> bool:
        if self.kind == SET:
            return (sign in self.text) != self.negated
        return self.kind == ONE or sign == self.text


def compiled(pieces: list[tuple[str, bool]]) -> list[Token] | None:
    """Tokens of a pattern given as (text, quoted) pieces. None when it holds what is not read: classes, locale ranges."""
    signs = [(sign, quoted) for text, quoted in pieces for sign in text]
    tokens: list[Token] = []
    place = 0
    while place < len(signs):
        sign, quoted = signs[place]
        place += 1
        if quoted or sign not in "*?[":
            tokens.append(Token(LETTER, sign))
        elif sign != "[":
            tokens.append(Token(sign))
        else:
            found = _set(signs, place)
            if found is None:
                return None
            token, place = found
            tokens.append(token)
    return tokens


def _set(signs: list[tuple[str, bool]], place: int) -> tuple[Token, int] | None:
    """A bracket set, `place` behind its bracket. A bracket that is never closed is a letter."""
    negated = place < len(signs) and signs[place] in (("!", False), ("^", False))
    first = place + negated
    end = first + 1
    while end < len(signs) and signs[end] != ("]", False):
        end += 1
    if end >= len(signs):
        return Token(LETTER, "["), place
    inside = [sign for sign, _quoted in signs[first:end]]
    if "[" in inside or ("-" in inside[1:-1] and not _plain_ranges(inside)):
        return None
    return Token(SET, _spelled(inside), negated=negated), end + 1


def _plain_ranges(inside: list[str]) -> bool:
    """Only ranges of digits: ranges of letters follow the locale."""
    return all(
        inside[place - 1].isdigit() and inside[place + 1].isdigit()
        for place in range(1, len(inside) - 1)
        if inside[place] == "-"
    )  # fmt: skip


def _spelled(inside: list[str]) -> str:
    kept: list[str] = []
    for place, sign in enumerate(inside):
        if sign == "-" and 0 < place < len(inside) - 1:
            kept.extend(chr(code) for code in range(ord(inside[place - 1]), ord(inside[place + 1]) + 1))
        else:
            kept.append(sign)
    return "".join(kept)


def reach(tokens: list[Token], text: str, start: int) -> list[int]:
    """Every place where a match that begins at `start` may end, in order."""
    places = {start}
    for token in tokens:
        if token.kind == ANY:
            places = set(range(min(places), len(text) + 1)) if places else places
        else:
            places = {place + 1 for place in places if place < len(text) and token.takes(text[place])}
        if not places:
            break
    return sorted(places)


def cut(tokens: list[Token], text: str, operator: str) -> str:
    """`#`, `##`, `%`, `%%`: the text without its shortest or longest matching beginning or end."""
    if operator[0] == "#":
        ends = reach(tokens, text, 0)
        return text[ends[-1 if operator == "##" else 0] :] if ends else text
    starts = [start for start in range(len(text) + 1) if len(text) in reach(tokens, text, start)]
    return text[: starts[0 if operator == "%%" else -1]] if starts else text


def replaced(tokens: list[Token], text: str, operator: str, replacement: str) -> str:
    """`/` (first), `//` (all), `/#` (at the beginning), `/%` (at the end). The longest match counts."""
    if operator == "/#":
        ends = reach(tokens, text, 0)
        return replacement + text[ends[-1] :] if ends else text
    if operator == "/%":
        starts = [start for start in range(len(text) + 1) if len(text) in reach(tokens, text, start)]
        return text[: starts[0]] + replacement if starts else text
    out: list[str] = []
    place = 0
    while place < len(text):
        ends = reach(tokens, text, place)
        if ends and ends[-1] > place:
            out.append(replacement)
            place = ends[-1]
            if operator == "/":
                break
        else:
            out.append(text[place])
            place += 1
    return "".join(out) + text[place:]
