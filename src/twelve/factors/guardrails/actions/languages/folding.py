"""Constants of code that is not parsed: variables that hold a text, texts put together, paths joined, the environment.

`const f = "package-lock.json"; fs.writeFileSync(f, x)` becomes `… fs.writeFileSync("package-lock.json", x)`. Nothing else of
the code changes, so whoever looks at literals and the calls around them sees more of them.
"""

from __future__ import annotations

from twelve.factors.guardrails.actions.languages.rows import LONGEST, Row
from twelve.factors.guardrails.actions.languages.tokens import NAME, RAW, SIGN, STRING, Token, tokens, written
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.state import State

CHOICES = 6
"""Members of a list that are followed one by one."""
ROUNDS = 8
"""Passes over the code: each may make new constants out of the former ones."""
_GLUE = {"node": "+", "ruby": "+", "perl": ".", "php": ".", "awk": ""}
_JOINING = {
    "join": "/",
    "resolve": "/",
    "catfile": "/",
    "catdir": "/",
    "normalize": "/",
    "expand_path": "/",
    "Number": "",
    "String": "",
    "parseInt": "",
    "realpathSync": "",
    "realpath": "",
    "Pathname": "",
    "URL": "",
}
_GLOBBING = ("glob", "globSync", "bsd_glob", "list.files")
_NAMES_IN = ("readdirSync", "readdir", "children", "each_child", "scandir", "readDirSync")
_APPLYING = ("array_map", "array_walk", "call_user_func", "call_user_func_array")
"""Functions whose first argument names the function that is called."""
_DECLARING = ("const", "let", "var", "my", "our", "local")
_ENDS = (",", ";", ")", "}", "")


class Folder(Row):
    """Folds one text. `words` are the arguments the code sees."""

    __slots__ = ("choice", "ends", "known", "lists", "most")

    def __init__(self, row: list[Token], state: State, words: list[Argument], language: str) -> None:
        super().__init__(row, state, words, language)
        self.known: dict[str, str] = {}
        self.choice, self.most = 0, 1
        self.ends: dict[int, list[str]] = {}
        self.lists: dict[str, list[str]] = {}

    def fold(self) -> None:
        """Until nothing changes any more."""
        for _ in range(ROUNDS):
            self.changed = False
            self.known = dict(self.known) if self.language == "awk" else {}
            self.lists = {}
            at = 0
            while at < len(self.row) and self.state.work.spend(0):
                at = self._at(at)
            if not self.changed:
                return

    def _at(self, at: int) -> int:
        token = self.row[at]
        for name in self.ends.pop(id(token), ()):
            self.known.pop(name, None)
        if token.kind == NAME:
            self.surrounded(at) or self._variable(at) or self._called(at)
        elif token.kind == RAW:
            self._template(at)
        elif token.kind == STRING:
            self._glued(at)
        elif token.text == "(" and self.text(at + 2) == ")" and len(self.strings(at + 1)) == 1:
            # A text in brackets of its own; behind a name they are those of a call.
            alone = at == 0 or (self.row[at - 1].kind == SIGN and self.text(at - 1) not in (")", "]"))
            if alone:
                self.put(at, 3, self.row[at + 1].text)
        return at + 1

    # Variables.

    def _variable(self, at: int) -> bool:
        name, following = self.text(at), self.text(at + 1)
        if following == "=" and self.text(at + 2) not in ("=", "~", ">"):
            self._assigned(at, name)
            return False
        if following in ("+", ".") and self.text(at + 2) == "=" and name in self.known:
            value = self.row[at + 3] if at + 3 < len(self.row) else Token(SIGN, "")
            if value.kind == STRING and self.text(at + 4) not in ("+", ".") and len(self.known[name]) < LONGEST:
                self.known[name] += value.text
                self.row[at].kind = RAW
            else:
                self.known.pop(name)
            return False
        member = f"{name}.{self.text(at + 2)}" if following == "." else ""
        if member in self.known and self.text(at - 1) != ".":
            return self.put(at, 3, self.known[member])
        if name in self.lists and self.text(at - 1) not in (".", *_DECLARING):
            return self._spread(at, self.lists[name])
        walked = self._walked(at, name)
        if self.text(at - 1) in (".", ":") and self.language != "perl":
            return walked
        if walked or name not in self.known or following in ("(", ":", "{") or self.text(at - 1) in _DECLARING:
            return walked
        return self.put(at, 1, self.known[name])

    def _assigned(self, at: int, name: str) -> None:
        value = self.row[at + 2] if at + 2 < len(self.row) else None
        after = self.row[at + 3] if at + 3 < len(self.row) else Token(SIGN, "")
        ends = after.kind != STRING and (after.text in _ENDS or "\n" in after.lead or self.language in ("lua", "r"))
        self._structured(at + 2, name)
        if value is not None and value.kind == STRING and ends and self.text(at - 1) != ".":
            self.known[name] = value.text
        elif name in self.known:
            # What is assigned may still be made of the former value.
            end = next((token for token in self.row[at + 2 : at + 40] if token.text in (";", ",") or "\n" in token.lead), None)
            self.ends.setdefault(id(end), []).append(name)

    def _structured(self, at: int, name: str) -> None:
        """A list of texts, or an object with texts as members."""
        self.lists.pop(name, None)
        found = self.strings(at + 1) if self.text(at) in ("[", "(") else []
        if found and self.text(at + 2 * len(found) + 1) != ".":
            self.lists[name] = found
        place = at + 1
        while self.text(at) == "{" and place < min(at + 80, len(self.row)) and self.text(place) != "}":
            if self.text(place + 1) == ":" and place + 2 < len(self.row) and self.row[place + 2].kind == STRING:
                self.known[f"{name}.{self.text(place)}"] = self.row[place + 2].text
            place += 1

    def _spread(self, at: int, texts: list[str]) -> bool:
        """A list in place of its name."""
        opening, closing = ("(", ")") if self.language == "perl" else ("[", "]")
        made = [Token(SIGN, opening, self.row[at].lead)]
        for text in texts[:CHOICES]:
            made += [Token(STRING, text), Token(SIGN, ",")]
        self.row[at : at + 1] = [*made[:-1], Token(SIGN, closing)]
        self.changed = self.ever = True
        return True

    def _chosen(self, at: int) -> str | None:
        """One of the texts that stand between brackets here, or the text that stands here alone."""
        if at < len(self.row) and self.row[at].kind == STRING:
            return self.row[at].text
        found = self.strings(at + 1) if self.text(at) in ("[", "(") else []
        self.most = max(self.most, min(len(found), CHOICES))
        return found[min(self.choice, len(found) - 1)] if found else None

    def _walked(self, at: int, name: str) -> bool:
        """`for (const f of "x")`, `for my $f ("x")`, `"x".each do |f|`, `"x".forEach(f =>`: the variable is each of them."""
        over = self._chosen(at + 2) if self.text(at + 1) in ("of", "in") else None
        if over is None and self.text(at - 1) in ("my", "foreach", "for") and self.text(at + 1) == "(":
            over = self._chosen(at + 1)
        if over is not None:
            self.known[name] = over
        elif name in ("for", "foreach") and self.text(at + 1) == "(" and self.strings(at + 2):
            self.known["$_"] = self._chosen(at + 1) or ""
        elif name in ("for", "foreach") and self.language == "perl" and at + 1 < len(self.row) and self.row[at + 1].kind == STRING:
            first = at - 1 if self.text(at - 1) == "$_" else at
            return self.put(first, at + 2 - first, self.row[at + 1].text)
        elif name in ("each", "forEach", "map", "each_entry") and self.text(at - 1) == "." and (value := self._before_dot(at)) is not None:
            parameter = next((place for place in range(at + 1, min(at + 6, len(self.row))) if self.row[place].kind == NAME and
                              self.text(place) not in ("do", "async", "function")), 0)  # fmt: skip
            if parameter:
                self.known[self.text(parameter)] = value
                self.row[parameter].kind = RAW
        return False

    def _before_dot(self, at: int) -> str | None:
        """What `x.each` walks over: a text, or one of a list of texts."""
        if at > 1 and self.row[at - 2].kind == STRING:
            return self.row[at - 2].text
        start = self.opening(at - 2) if self.text(at - 2) == "]" else -1
        return self._chosen(start) if start >= 0 else None

    # Texts put together.

    def _glued(self, at: int) -> None:
        glue = _GLUE.get(self.language)
        while glue is not None:
            if glue == "":
                step = 1 if "\n" not in (self.row[at + 1].lead if at + 1 < len(self.row) else "\n") else 0
            else:
                step = 2 if self.text(at + 1) == glue else 0
            if not step or at + step >= len(self.row) or self.row[at + step].kind != STRING:
                return
            if not self.put(at, step + 1, self.row[at].text + self.row[at + step].text):
                return

    def _called(self, at: int) -> bool:
        """Functions that make one text of several, or a pattern of a folder."""
        name = self.text(at)
        opened = self.text(at + 1) == "("
        given = self.strings(at + 2 if opened else at + 1) if opened else []
        if not opened and self.language in ("perl", "ruby") and at + 1 < len(self.row) and self.row[at + 1].kind == STRING:
            given = [self.row[at + 1].text]
        end = at + 2 + 2 * len(given) if opened else at + 2
        if name in _GLOBBING and given:
            text = given[0]
            return self._replaced(at, end, (self.state.home or "~") + text[1:] if text.startswith("~/") else text)
        if not opened:
            return False
        if name in _APPLYING and at + 3 < len(self.row) and self.row[at + 2].kind == STRING and self.text(at + 3) == ",":
            self.row[at : at + 4] = [Token(NAME, self.row[at + 2].text, self.row[at].lead), Token(SIGN, "(")]
            self.changed = self.ever = True
            return True
        if name in _NAMES_IN and at + 2 < len(self.row) and self.row[at + 2].kind == STRING:
            close = next((place for place in range(at + 3, min(at + 16, len(self.row))) if self.text(place) == ")"), 0)
            return bool(close) and self._replaced(at, close + 1, "*")
        if name not in _JOINING or not given:
            return False
        if self.text(at - 1) == "." and self.text(at - 2) == "]" and name == "join":
            start = self.opening(at - 2)
            return start >= 0 and self.put(start, end - start, given[0].join(self.strings(start + 1)))
        if name == "join" and self.language in ("perl", "php") and len(given) > 1:
            return self._replaced(at, end, given[0].join(given[1:]))
        if name == "expand_path":
            given = given[::-1]
        return self._replaced(at, end, _path(given, restarts=name in ("resolve", "expand_path")))

    def _replaced(self, at: int, end: int, text: str) -> bool:
        """The call with whatever it is taken from: `path.`, `require("path").`, `File::Spec->`."""
        while at > 1 and self.text(at - 1) in (".", ":", ">"):
            at -= 2 if self.text(at - 1) == "." or self.row[at - 2].kind == SIGN else 1
            if self.text(at) in ("-", ":") and at:
                at -= 1
            if self.text(at) == ")":
                at -= 3
        return self.put(max(at, 0), end - max(at, 0), text)

    # Texts with variables in them.

    def _template(self, at: int) -> None:
        token = self.row[at]
        if token.text[:1] not in ('"', "`") or (token.text[0] == "`" and self.language != "node"):
            return
        filled = self._filled(token.text[1:-1])
        if filled is not None:
            self.put(at, 1, filled)

    def _filled(self, text: str) -> str | None:
        """The text with every variable in it replaced, None when one of them is not known."""
        opening = "#{" if self.language == "ruby" else "${"
        pieces, at = "", 0
        while at < len(text):
            if text.startswith(opening, at):
                end = text.find("}", at)
                value = self._inside(text[at + 2 : end] if self.language != "perl" else "$" + text[at + 2 : end])
            elif text[at] in "$@" and self.language in ("perl", "php"):
                end = _name_end(text, at + 1)
                value = self._inside(text[at:end])
                end -= 1
            elif text[at] == "\\" and at + 1 < len(text):
                end, value = at + 1, {"n": "\n", "t": "\t"}.get(text[at + 1], text[at + 1])
            else:
                end, value = at, text[at]
            if value is None or end < at or len(pieces) > LONGEST:
                return None
            pieces += value
            at = end + 1
        return pieces

    def _inside(self, text: str) -> str | None:
        row = tokens(text, self.language)
        if not row:
            return None
        inner = Folder(row, self.state, self.words, self.language)
        for name, value in self.known.items():
            if text.strip() == name:
                return value
        inner.fold()
        return row[0].text if len(row) == 1 and row[0].kind == STRING else None


def _name_end(text: str, at: int) -> int:
    while at < len(text) and (text[at].isalnum() or text[at] == "_"):
        at += 1
    if text[at : at + 1] in ("{", "["):
        end = text.find("}" if text[at] == "{" else "]", at)
        return end + 1 if end > 0 else at
    return at


def _path(pieces: list[str], *, restarts: bool) -> str:
    result = ""
    for piece in pieces:
        starts = not result or (restarts and piece.startswith("/"))
        result = piece if starts else result.rstrip("/") + "/" + piece.lstrip("/")
    return result


def folded(text: str, state: State, words: list[Argument], language: str, variables: dict[str, str] | None = None) -> list[str]:
    """The code with its constants in place; as it was when it cannot be told apart. `variables` are known beforehand.

    More than one text where a loop walks over a list: one for each of its first members.
    """
    found: list[str] = []
    most = 1
    while len(found) < most:
        row = tokens(text, language)
        if not row:
            return [text]
        folder = Folder(row, state, words, language)
        folder.choice = len(found)
        folder.known.update(variables or {})
        folder.fold()
        most = folder.most
        found.append(written(row) if folder.ever else text)
    return found
