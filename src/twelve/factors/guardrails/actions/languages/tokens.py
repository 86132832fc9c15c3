"""Code in any curly or spoken language as a row of tokens: strings, names, numbers and signs, each with the blanks before it."""

from __future__ import annotations

STRING, RAW, NAME, NUMBER, SIGN = "string", "raw", "name", "number", "sign"
"""RAW is a literal kept as written: a template, a command in backticks, a pattern between slashes."""
SIZE = 20_000
"""Characters of code that are told apart; longer code is looked at as it is."""
_DIGITS = "0123456789"
_ESCAPES = {"n": "\n", "t": "\t"}
_BEFORE_PATTERN = ("(", ",", "=", ":", "[", "!", "&", "|", "?", "{", "}", ";", "~", "")


class Token:
    """`text` is the content of a string and the spelling of anything else; `lead` the blanks in front of it."""

    __slots__ = ("kind", "lead", "quote", "text")

    def __init__(self, kind: str, text: str, lead: str = "", quote: str = '"') -> None:
        self.kind = kind
        self.text = text
        self.lead = lead
        self.quote = quote


def tokens(text: str, language: str) -> list[Token] | None:
    """The row; None when the text is too long or a literal in it does not end."""
    if len(text) > SIZE:
        return None
    found: list[Token] = []
    at, size = 0, len(text)
    while at < size:
        start = at
        while at < size and text[at].isspace():
            at += 1
        lead = text[start:at]
        if at == size:
            found.append(Token(SIGN, "", lead))
            break
        token, at = _one(text, at, language, found[-1].text if found else "")
        if token is None:
            return None
        token.lead = lead
        found.append(token)
    return found


def _one(text: str, at: int, language: str, former: str) -> tuple[Token | None, int]:
    sign = text[at]
    if sign in "\"'" or sign == "`":
        return _literal(text, at, language)
    if sign == "/" and language in ("awk", "node", "perl", "ruby") and former in _BEFORE_PATTERN:
        end = _pattern_end(text, at + 1)
        if end:
            return Token(RAW, text[at:end]), end
    if sign.isalpha() or sign in "_$@%":
        end = at + 1
        while end < len(text) and (text[end].isalnum() or text[end] in "_$"):
            end += 1
        return Token(NAME if end - at > 1 or sign.isalpha() or sign in "_$" else SIGN, text[at:end]), end
    if sign in _DIGITS:
        end = at + 1
        while end < len(text) and (text[end].isalnum() or text[end] == "_"):
            end += 1
        return Token(NUMBER, text[at:end]), end
    return Token(SIGN, sign), at + 1


def _literal(text: str, at: int, language: str) -> tuple[Token | None, int]:
    quote, start, content = text[at], at, ""
    at += 1
    while at < len(text) and text[at] != quote:
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
            plainly = quote == "'" and language in ("perl", "ruby", "php") and text[at] not in "'\\"
            content += "\\" + text[at] if plainly else _ESCAPES.get(text[at], text[at])
        else:
            content += text[at]
        at += 1
    if at >= len(text):
        return None, at
    at += 1
    raw = quote == "`" and (language != "node" or "${" in content)
    open_ended = quote == '"' and (
        "#{" in content if language == "ruby" else language in ("perl", "php") and ("$" in content or "@" in content)
    )
    return Token(RAW if raw or open_ended else STRING, text[start:at] if raw or open_ended else content, quote=quote), at


def _pattern_end(text: str, at: int) -> int:
    """Behind the closing slash of a pattern that begins at `at`, 0 when there is none on this line."""
    inside = False
    while at < len(text) and text[at] != "\n":
        if text[at] == "\\":
            at += 1
        elif text[at] == "[":
            inside = True
        elif text[at] == "]":
            inside = False
        elif text[at] == "/" and not inside:
            return at + 1
        at += 1
    return 0


def written(row: list[Token]) -> str:
    """The row as code again; strings in double quotes."""
    pieces: list[str] = []
    for token in row:
        pieces.append(token.lead)
        if token.kind == STRING:
            body = token.text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            pieces.append('"' + body + '"')
        else:
            pieces.append(token.text)
    return "".join(pieces)
