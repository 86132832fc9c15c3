"""A path as a client's tool reads it: clients trim, decode and expand what a model wrote before they open anything."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.links import is_there
from twelve.factors.guardrails.actions.paths import UNKNOWN, Place, fits, listed
from twelve.factors.guardrails.actions.state import State

_BLANKS = " \t\n\v\f\r\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What trimming takes away in JavaScript; in other languages it takes no more."""
_HEX = "0123456789abcdefABCDEF"
SEARCHED = 2_000
"""Folders and files that are looked through for a name."""
FOUND = 8
_PASSED_OVER = ("node_modules", "objects", "__pycache__", ".venv", "venv")


def spellings(text: str, state: State) -> tuple[str, ...]:
    """Every path the text may be to a client, the one as written first."""
    if (
        text.isascii()
        and text.isprintable()
        and text[:1] not in (" ", "~", "@")
        and text[-1:] != " "
        and "%" not in text
        and ":" not in text
    ):
        return (text,)
    found = dict.fromkeys([text])
    plain = text.replace(UNKNOWN, "").strip(_BLANKS)
    plain = decoded(address(plain)) if plain[:5].lower() == "file:" else plain
    if plain == "~" or plain.startswith("~/"):
        plain = state.scope.home + plain[1:]
        found.pop(text)
    found[plain] = None
    if plain[:1] == "@":
        found[plain[1:]] = None
    if "%" in plain:
        found[decoded(plain)] = None
    if not plain.isascii():
        for form in ("NFC", "NFKC"):
            found[code.load("unicodedata", "normalize")(form, plain)] = None
    return tuple(found)


def address(text: str) -> str:
    """The path of a `file:` address; a host in front of it does not matter."""
    rest = text[5:]
    if rest.startswith("//"):
        rest = rest[2:]
        return rest[rest.find("/") :] if "/" in rest else rest
    return rest


def decoded(text: str) -> str:
    """The text with its percent signs decoded once."""
    pieces = text.split("%")
    found = pieces[0].encode("utf-8", "surrogateescape")
    for piece in pieces[1:]:
        number = piece[:2]
        if len(number) == 2 and number[0] in _HEX and number[1] in _HEX:
            found += bytes((int(number, 16),)) + piece[2:].encode("utf-8", "surrogateescape")
        else:
            found += b"%" + piece.encode("utf-8", "surrogateescape")
    return found.decode("utf-8", "replace")


def places(text: str, state: State) -> list[Place]:
    """Every place a tool may mean by the text, seen from the working directory and from the top of the repository."""
    found: dict[str, Place] = {}
    root = state.work.surroundings.root
    for spelling in spellings(text, state):
        for place in state.places(spelling):
            found.setdefault(place.path, place)
        if root and not spelling.startswith("/") and state.cwd.path != root:
            for place in state.places(root + "/" + spelling):
                found.setdefault(place.path, place)
    return list(found.values())


def fitting(pattern: str, state: State) -> list[str]:
    """Files that fit a pattern in which `**` stands for any folders, as far as they are found in time."""
    start = pattern.partition("*")[0]
    folder = state.places(start.rpartition("/")[0] or ".")[0].path
    name = pattern.rpartition("/")[2].replace("**", "*")
    deep = "**" in pattern
    found: list[str] = []
    queue, left = [folder], SEARCHED
    while queue and left > 0 and len(found) < FOUND:
        here = queue.pop(0)
        names, folders = listed(here)
        left -= len(names) + len(folders) + 1
        found += [here.rstrip("/") + "/" + one for one in names if fits(one, name)]
        queue += [here.rstrip("/") + "/" + one for one in folders if deep and one not in _PASSED_OVER and one != ".git"]
    return found


def namesakes(text: str, state: State) -> list[Place]:
    """Files of the tree whose path ends so: one client looks for them when the path itself is not there."""
    root = state.work.surroundings.root
    if text.startswith(("/", "~")) or not root or not state.look or is_there(root + "/" + text) or is_there(state.cwd.path + "/" + text):
        return []
    ending = "/" + text.removeprefix("./")
    found: list[Place] = []
    queue, left = [root], SEARCHED
    while queue and left > 0 and len(found) < FOUND:
        folder = queue.pop(0)
        names, folders = listed(folder)
        left -= len(names) + len(folders) + 1
        found += [Place(folder + "/" + name) for name in names if (folder + "/" + name).endswith(ending)]
        queue += [folder + "/" + name for name in folders if name not in _PASSED_OVER]
    return found
