"""Brace expansion: `{a,b}` and `{1..3}`, before anything else is expanded."""

from __future__ import annotations

from twelve.system.shell.cursor import NAME
from twelve.system.shell.syntax import TEXT, VARIABLE, Part

MOST = 1024
"""Words one brace expression may become. More are not counted out; a person writes dozens."""


class TooMany(Exception):  # noqa: N818 - an answer, not an error
    """The word becomes more words than are counted out."""


def expand_braces(parts: tuple[Part, ...]) -> list[tuple[Part, ...]]:
    """The words a word becomes, itself when it has no braces that count. Raises TooMany beyond MOST."""
    if not any(part.kind == TEXT and not part.quoted and "{" in part.text for part in parts):
        return [parts]
    tokens: list[str | Part] = []
    for part in parts:
        if part.kind == TEXT and not part.quoted:
            tokens.extend(part.text)
        else:
            tokens.append(part)
    return [_joined(word) for word in _expand(tokens)]


def _joined(tokens: list[str | Part]) -> tuple[Part, ...]:
    """Tokens as parts again. Braces expand as text, so `$a{b,c}` is `$ab $ac`: letters behind a bare name belong to it."""
    parts: list[Part] = []
    run: list[str] = []
    for token in tokens:
        if isinstance(token, Part):
            _flush(run, parts)
            parts.append(token)
        elif not run and parts and parts[-1].bare and not parts[-1].quoted and token in NAME:
            parts[-1] = Part(VARIABLE, parts[-1].text + token, bare=True)
        else:
            run.append(token)
    _flush(run, parts)
    return tuple(parts)


def _flush(run: list[str], parts: list[Part]) -> None:
    if run:
        parts.append(Part(TEXT, "".join(run)))
        run.clear()


def _expand(tokens: list[str | Part]) -> list[list[str | Part]]:
    for start, sign in enumerate(tokens):
        if sign != "{":
            continue
        end, commas = _matching(tokens, start)
        if end < 0:
            continue
        inside = tokens[start + 1 : end]
        choices = _choices(tokens, start, end, commas) if commas else _sequence(inside)
        if choices:
            return _crossed(tokens[:start], choices, _expand(tokens[end + 1 :]))
    return [tokens]


def _crossed(before: list[str | Part], choices: list[list[str | Part]], after: list[list[str | Part]]) -> list[list[str | Part]]:
    if len(choices) * len(after) > MOST:
        raise TooMany
    return [before + choice + rest for choice in choices for rest in after]


def _matching(tokens: list[str | Part], start: int) -> tuple[int, list[int]]:
    """The closing brace of the one at `start`, or -1, and the commas directly inside."""
    depth = 0
    commas: list[int] = []
    for place in range(start, len(tokens)):
        sign = tokens[place]
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                return place, commas
        elif sign == "," and depth == 1:
            commas.append(place)
    return -1, []


def _choices(tokens: list[str | Part], start: int, end: int, commas: list[int]) -> list[list[str | Part]]:
    borders = [start, *commas, end]
    words: list[list[str | Part]] = []
    for number, right in enumerate(borders[1:]):
        words.extend(_expand(tokens[borders[number] + 1 : right]))
        if len(words) > MOST:
            raise TooMany
    return words


def _sequence(inside: list[str | Part]) -> list[list[str | Part]]:
    """`1..3`, `a..e`, either with a step. Nothing when it is none of these; the braces are then text."""
    if not all(isinstance(token, str) for token in inside):
        return []
    ends = "".join(str(token) for token in inside).split("..")
    if len(ends) not in (2, 3) or not all(ends):
        return []
    step = _integer(ends[2]) if len(ends) == 3 else 1
    if step is None:
        return []
    first, last = _integer(ends[0]), _integer(ends[1])
    if first is not None and last is not None:
        width = max((len(end) for end in ends[:2] if _padded(end)), default=0)
        return [list(_written(number, width)) for number in _range(first, last, step)]
    if all(len(end) == 1 and end.isascii() and end.isalpha() for end in ends[:2]):
        return [[chr(code)] for code in _range(ord(ends[0]), ord(ends[1]), step)]
    return []


def _range(first: int, last: int, step: int) -> range:
    step = abs(step) or 1
    if abs(last - first) // step >= MOST:
        raise TooMany
    return range(first, last + 1, step) if last >= first else range(first, last - 1, -step)


def _integer(text: str) -> int | None:
    digits = text[1:] if text[:1] in ("-", "+") else text
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 18 else None


def _padded(text: str) -> bool:
    digits = text.lstrip("+-")
    return len(digits) > 1 and digits[0] == "0"


def _written(number: int, width: int) -> str:
    return f"{number:0{width}d}" if width else str(number)
