"""Values that look like secrets, taken out of a call before a person is shown what it would do.

Rougher than the redaction of the full program, which cannot be loaded here, and always to the safe side.
"""

from __future__ import annotations

MASK = "[masked]"
RUN = 16
"""Letters and digits mixed in one run, from which a word may be a key (ours)."""
NAMES = ("pass", "pwd", "secret", "token", "key", "cred", "auth", "bearer", "cookie")
_BETWEEN = " \t\n'\"=:,;()@&?<>|"


def masked(text: str, limit: int = 600) -> str:
    """The text with likely secrets replaced, cut to `limit` characters, control characters as blanks."""
    pieces: list[str] = []
    word, after = "", ""
    for sign in text[: 8 * limit] + "\n":
        if sign not in _BETWEEN and sign >= " ":
            word += sign
            continue
        pieces.append(_word(word, after))
        named = any(name in word.lower() for name in NAMES)
        # the value may stand behind `=`, `: ` or a blank, so a name reaches across separators until the next word
        after = word if named else after if not word else ""
        pieces.append(sign if sign >= " " else " ")
        word = ""
    shown = "".join(pieces).strip()
    return shown if len(shown) <= limit else shown[:limit] + " …"


def _word(word: str, after: str) -> str:
    if not word:
        return word
    if after and not word.startswith("-"):
        return MASK
    return MASK if _like_a_key(word) else word


def _like_a_key(word: str) -> bool:
    run = 0
    digits = letters = False
    for sign in word:
        if not (sign.isalnum() or sign in "_-+"):
            run, digits, letters = 0, False, False
            continue
        run, digits, letters = run + 1, digits or sign.isdigit(), letters or sign.isalpha()
        if run >= RUN and digits and letters:
            return True
    return False
