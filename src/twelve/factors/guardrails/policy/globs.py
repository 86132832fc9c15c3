"""Whether a path, known to the letter or only as a pattern, can be one that a protected pattern means.

`*` and `?` stay inside one name, `**` crosses folders, `[…]` counts as any one sign: a protected pattern rather covers too
much. Everything here is bounded by the product of the two lengths, whatever somebody writes.
"""

from __future__ import annotations

STAR = 0
ANY = 1
SIGNS = "*?["
LONGEST_NAME = 255
"""Characters of one name that are compared; no file system has longer ones."""

MISS = 0
NEAR = 1
"""The path is a folder above the protected place, or may be anything below a folder above it."""
HIT = 2

Pattern = tuple[str, tuple[str, ...]]
"""A literal absolute folder or file, and the names below it, which may hold signs."""


def meets(path: str, pattern: Pattern, *, glob: bool = False, below: bool = False) -> int:
    """MISS, NEAR or HIT. `glob`: the path holds signs a shell would expand. `below`: anything below the path is meant too."""
    anchor, rest = pattern
    if not glob:
        if path == anchor:
            return _ends(_closed({0}, rest), rest, below)
        if path.startswith(anchor + "/"):
            return _walk(path[len(anchor) + 1 :].split("/"), rest, glob=False, below=below)
        above = below and (anchor.startswith(path + "/") or path == "/")
        return NEAR if above and not _anywhere(rest) else MISS
    return _walk(path.split("/")[1:], (*anchor.split("/")[1:], *rest), glob=True, below=below)


def _anywhere(rest: tuple[str, ...]) -> bool:
    """Whether the pattern means a name in any folder; every folder above such a name would be near it."""
    return len(rest) > 1 and rest[0] == "**"


def _walk(names: list[str], rest: tuple[str, ...], *, glob: bool, below: bool) -> int:
    states = _closed({0}, rest)
    for name in names:
        if glob and name == "**":
            states = _closed(set(range(min(states), len(rest) + 1)), rest)
            continue
        following = {at for at in states if at < len(rest) and rest[at] == "**"}
        following |= {at + 1 for at in states if at < len(rest) and rest[at] != "**" and overlap(name, rest[at], glob=glob)}
        states = _closed(following, rest)
        if not states:
            return MISS
    return _ends(states, rest, below)


def _closed(states: set[int], rest: tuple[str, ...]) -> set[int]:
    """`**` may stand for no folder at all."""
    for at in sorted(states):
        while at < len(rest) and rest[at] == "**":
            at += 1
            states.add(at)
    return states


def _ends(states: set[int], rest: tuple[str, ...], below: bool) -> int:
    if len(rest) in states:
        return HIT
    return NEAR if below and any("**" not in rest[: at + 1] for at in states) else MISS


def overlap(name: str, pattern: str, *, glob: bool = False) -> bool:
    """Whether some name fits both. Without `glob` the name is meant to the letter."""
    if not glob or not any(sign in name for sign in SIGNS):
        if "?" not in pattern and "[" not in pattern:
            head, star, rest = pattern.partition("*")
            if not star:
                return name == pattern
            tail = rest[rest.rfind("*") + 1 :]
            if not (name.startswith(head) and name.endswith(tail)) or len(name) < len(head) + len(tail):
                return False
            if tail == rest:
                return True
    elif pattern[:1] == "." and name[0] in SIGNS:
        # A shell's pattern reaches hidden names only when it begins with the dot itself.
        return False
    return _meet(_signs(name[:LONGEST_NAME], glob), _signs(pattern[:LONGEST_NAME], True))


def _signs(text: str, glob: bool) -> list[object]:
    if not glob:
        return list(text)
    found: list[object] = []
    at = 0
    while at < len(text):
        letter = text[at]
        end = text.find("]", at + 2) if letter == "[" else -1
        found.append(STAR if letter == "*" else ANY if letter == "?" or end > 0 else letter)
        at = end + 1 if end > 0 else at + 1
    return found


def _meet(first: list[object], second: list[object]) -> bool:
    """Whether two patterns have a name in common: the ends reached, row by row."""
    row = _row(first, second, len(first), None)
    for at in range(len(first) - 1, -1, -1):
        row = _row(first, second, at, row)
    return row[0]


def _row(first: list[object], second: list[object], at: int, after: list[bool] | None) -> list[bool]:
    """`row[k]`: whether `first[at:]` and `second[k:]` have a name in common; `after` is the row of `at + 1`."""
    width = len(second)
    row = [False] * (width + 1)
    for k in range(width, -1, -1):
        if at == len(first) and k == width:
            row[k] = True
        elif after is not None and first[at] == STAR:
            row[k] = after[k] or (k < width and row[k + 1])
        elif k < width and second[k] == STAR:
            row[k] = row[k + 1] or (after is not None and after[k])
        elif after is not None and k < width:
            row[k] = (first[at] == second[k] or first[at] == ANY or second[k] == ANY) and after[k + 1]
    return row
