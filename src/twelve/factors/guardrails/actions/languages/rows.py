"""A row of tokens that is rewritten in place, and what the surroundings of the code put into it."""

from __future__ import annotations

from twelve.factors.guardrails.actions.languages.tokens import NAME, NUMBER, STRING, Token
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.paths import UNKNOWN
from twelve.factors.guardrails.actions.state import State

LONGEST = 4_096
"""Characters of a text that is put together: constants made of constants double with every step."""
_ENV, _CALLED, _ARGUMENT, _HOME, _HERE, _FOLDER, _FILE, _PARENT, _TEMP = range(9)
_PATTERNS = {
    "node": (
        (("process", ".", "env", ".", NAME), _ENV), (("process", ".", "env", "[", STRING, "]"), _ENV),
        (("Bun", ".", "env", ".", NAME), _ENV),
        (("Deno", ".", "env", ".", "get", "(", STRING, ")"), _ENV), (("process", ".", "argv", "[", NUMBER, "]"), _ARGUMENT),
        (("Deno", ".", "args", "[", NUMBER, "]"), _CALLED), (("process", ".", "cwd", "(", ")"), _HERE),
        (("Deno", ".", "cwd", "(", ")"), _HERE),
        (("os", ".", "homedir", "(", ")"), _HOME), (("require", "(", STRING, ")", ".", "homedir", "(", ")"), _HOME),
        (("homedir", "(", ")"), _HOME), (("os", ".", "tmpdir", "(", ")"), _TEMP), (("process", ".", "ppid"), _PARENT),
        (("import", ".", "meta", ".", "dirname"), _FOLDER), (("import", ".", "meta", ".", "filename"), _FILE), (("__dirname",), _FOLDER),
        (("__filename",), _FILE),
    ),
    "perl": (
        (("$ENV", "{", NAME, "}"), _ENV), (("$ENV", "{", STRING, "}"), _ENV), (("$ARGV", "[", NUMBER, "]"), _CALLED),
        (("getppid", "(", ")"), _PARENT), (("getppid",), _PARENT), (("cwd", "(", ")"), _HERE), (("getcwd", "(", ")"), _HERE),
        (("__FILE__",), _FILE), (("$FindBin", ":", ":", "Bin"), _FOLDER),
    ),
    "ruby": (
        (("ENV", "[", STRING, "]"), _ENV), (("ENV", ".", "fetch", "(", STRING, ")"), _ENV), (("ARGV", "[", NUMBER, "]"), _CALLED),
        (("Dir", ".", "home"), _HOME), (("Dir", ".", "pwd"), _HERE), (("__dir__",), _FOLDER), (("__FILE__",), _FILE),
        (("Process", ".", "ppid"), _PARENT),
    ),
    "php": (
        (("getenv", "(", STRING, ")"), _ENV), (("$_SERVER", "[", STRING, "]"), _ENV), (("$_ENV", "[", STRING, "]"), _ENV),
        (("$argv", "[", NUMBER, "]"), _ARGUMENT), (("__DIR__",), _FOLDER), (("__FILE__",), _FILE), (("getcwd", "(", ")"), _HERE),
        (("posix_getppid", "(", ")"), _PARENT),
    ),
    "awk": ((("ENVIRON", "[", STRING, "]"), _ENV), (("FILENAME",), _CALLED)),
    "lua": ((("os", ".", "getenv", "(", STRING, ")"), _ENV),),
    "r": ((("Sys", ".", "getenv", "(", STRING, ")"), _ENV),),
}  # fmt: skip


class Row:
    """`row` is the code, `words` the arguments it sees. `changed` since the last pass began, `ever` at all."""

    __slots__ = ("changed", "ever", "language", "row", "state", "words")

    def __init__(self, row: list[Token], state: State, words: list[Argument], language: str) -> None:
        self.row = row
        self.state = state
        self.words = words
        self.language = language
        self.changed = self.ever = False

    def put(self, at: int, count: int, text: str) -> bool:
        """A string in place of `count` tokens; not one that grew beyond what a name or a command needs."""
        if len(text) > LONGEST:
            return False
        self.row[at : at + count] = [Token(STRING, text, self.row[at].lead)]
        self.changed = self.ever = True
        return True

    def text(self, at: int) -> str:
        """The spelling of a token that is no string, "" of anything else."""
        return self.row[at].text if 0 <= at < len(self.row) and self.row[at].kind != STRING else ""

    def strings(self, at: int) -> list[str]:
        """The strings between here and the closing bracket, with nothing but commas among them; [] otherwise."""
        found: list[str] = []
        while sum(map(len, found)) <= LONGEST and at < len(self.row) and self.row[at].kind == STRING:
            found.append(self.row[at].text)
            if self.text(at + 1) in (")", "]"):
                return found
            if self.text(at + 1) != ",":
                return []
            at += 2
        return []

    def opening(self, at: int) -> int:
        """Where the list that closes here begins, -1 when there is anything but texts in it."""
        start = at - 1
        while start > 0 and (self.row[start].kind == STRING or self.text(start) == ","):
            start -= 1
        return start if start >= 0 and self.text(start) == "[" else -1

    def surrounded(self, at: int) -> bool:
        if self.text(at - 1) == "." and self.language != "perl":
            return False
        for shape, meaning in _PATTERNS.get(self.language, ()):
            if self._fits(shape, at):
                inside = next(
                    (self.row[at + place].text for place, part in enumerate(shape) if place and part in (STRING, NAME, NUMBER)), ""
                )
                value = self._meaning(meaning, inside)
                return value is not None and self.put(at, len(shape), value)
        return False

    def _fits(self, shape: tuple[str, ...], at: int) -> bool:
        if self.text(at) != shape[0] or at + len(shape) > len(self.row):
            return False
        for place, part in enumerate(shape):
            token = self.row[at + place]
            if token.kind != part if part in (STRING, NAME, NUMBER) else (token.kind == STRING or token.text != part):
                return False
        return True

    def _meaning(self, meaning: int, inside: str) -> str | None:
        state = self.state
        if meaning == _ENV:
            return state.scope.variables.get(inside)
        if meaning in (_ARGUMENT, _CALLED):
            number = int(inside) if inside.isdigit() else 0
            if meaning == _ARGUMENT:
                number -= 2 if state.script else 1
            word = self.words[number].text if 0 <= number < len(self.words) else UNKNOWN
            return None if UNKNOWN in word else word
        script = state.script
        return {
            _HOME: state.home,
            _HERE: None if state.cwd.partial else state.cwd.path,
            _FOLDER: (script.rpartition("/")[0] or "/") if script else state.cwd.path or None,
            _FILE: script or None,
            _PARENT: "$PPID",
            _TEMP: "/tmp",  # noqa: S108 - where the real function points
        }[meaning]
