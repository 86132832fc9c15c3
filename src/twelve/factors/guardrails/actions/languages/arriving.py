"""What code runs, followed back over assignments: does it come over the network or out of an encoding?"""

from __future__ import annotations

from twelve.factors.guardrails.actions.languages.functions import DECODING, FETCHING

LINKS = 4
"""Assignments that are followed back from what is run."""
REACH = 200
"""Characters of an argument or an assigned expression that are looked at."""


def arrives(name: str, text: str) -> bool:
    """Whether what the function `name` is given is made of something fetched or decoded. `text` has single blanks at most."""
    wanted = {name}
    for _ in range(LINKS):
        pieces = [piece for one in wanted for piece in _given_to(text, one)]
        if any(sign in piece for piece in pieces for sign in (*FETCHING, *DECODING)):
            return True
        wanted = {word for piece in pieces for word in _identifiers(piece)}
    return False


def _given_to(text: str, name: str) -> list[str]:
    """Arguments of the calls of `name`, and what is assigned to it."""
    found: list[str] = []
    at = text.find(name)
    while at >= 0 and len(found) < 16:
        rest = text[at + len(name) : at + len(name) + REACH].lstrip()
        edge = text[at - 1 : at]
        if rest[:1] in ("(", "=") and not (edge.isalnum() or edge in ("_", "$")):
            found.append(rest[1:].partition(";")[0])
        at = text.find(name, at + 1)
    return found


def _identifiers(piece: str) -> list[str]:
    words = "".join(sign if sign.isalnum() or sign in "_$" else " " for sign in piece).split()
    return [word for word in words if not word[0].isdigit()][:12]
