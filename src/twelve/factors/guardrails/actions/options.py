"""Reads a program's arguments: clusters, abbreviations and values of options, and what is left as operands."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import ORIGIN_LOCAL
from twelve.factors.guardrails.actions.paths import UNKNOWN
from twelve.factors.guardrails.actions.streams import Stream


class Argument:
    """One resolved word. `text` holds UNKNOWN where it is not `exact`; `origin` and `data` say where its value came from.

    `stream` is set when the word is nothing but the output of one substitution or variable. `computed`: a part that is not known
    is what a program prints while the call runs, and not merely a variable that is set elsewhere.
    """

    __slots__ = ("computed", "data", "exact", "origin", "pattern", "stream", "text")

    def __init__(
        self, text: str, *, exact: bool = True, pattern: bool = False, origin: str = ORIGIN_LOCAL, data: tuple[str, ...] = ()
    ) -> None:
        self.text = text
        self.exact = exact
        self.pattern = pattern
        self.origin = origin
        self.data = data
        self.stream: Stream | None = None
        self.computed = False

    def cut(self, start: int, end: int | None = None) -> Argument:
        """A piece of this word, with its provenance."""
        text = self.text[start:end]
        piece = Argument(text, exact=UNKNOWN not in text, pattern=self.pattern, origin=self.origin, data=self.data)
        piece.computed = self.computed and not piece.exact
        return piece


def plain(*texts: str) -> list[Argument]:
    """Words that are known to the letter."""
    return [Argument(text) for text in texts]


def split(word: Argument) -> list[Argument]:
    """The words of a text where blanks separate and quotes group, as `env -S`, xargs and git read them."""
    pieces: list[str] = []
    current, quote, started = "", "", False
    for sign in word.text:
        if quote:
            current, quote = (current, "") if sign == quote else (current + sign, quote)
        elif sign in "'\"":
            quote, started = sign, True
        elif sign in " \t\n":
            if current or started:
                pieces.append(current)
            current, started = "", False
        else:
            current += sign
    if current or started:
        pieces.append(current)
    return [Argument(piece, exact=UNKNOWN not in piece, origin=word.origin, data=word.data) for piece in pieces]


class Spec:
    """The options a program has. Written as words: `f|force`, `o|output=` (takes a value), `color=?` (only attached), `x`.

    Names of one letter are short options, longer ones long; the last name of a word is the one `Options` reports. When an
    abbreviation fits several long names the first written wins, so the dangerous ones stand first.
    """

    __slots__ = ("long", "names", "short", "valued")

    def __init__(self, text: str) -> None:
        self.short: dict[str, str] = {}
        self.long: dict[str, str] = {}
        self.valued: dict[str, str] = {}
        for word in text.split():
            body, sign, mode = word.partition("=")
            names = body.split("|")
            chosen = ("--" if len(names[-1]) > 1 else "-") + names[-1]
            for name in names:
                (self.long if len(name) > 1 else self.short)[name] = chosen
            if sign:
                self.valued[chosen] = mode or "="

    def expand(self, name: str) -> str:
        """The full name of a long option that may be abbreviated; unknown names stay as they are."""
        if name in self.long:
            return self.long[name]
        for full, chosen in self.long.items():
            if full.startswith(name):
                return chosen
        return "--" + name


class Options:
    """What was given: `flags` in the order written, `values` with the argument given to a name, `operands` the rest.

    `given` are all arguments as they came, `rest` those behind `--`.
    `unsure` is set when a word that cannot be known stands where an option could.
    """

    __slots__ = ("flags", "given", "operands", "rest", "unsure", "values")

    def __init__(self) -> None:
        self.flags: list[str] = []
        self.given: list[Argument] = []
        self.values: list[tuple[str, Argument]] = []
        self.operands: list[Argument] = []
        self.rest: list[Argument] = []
        self.unsure = False

    def has(self, *names: str) -> bool:
        """Whether one of these was given."""
        return any(name in self.flags for name in names)

    def value(self, *names: str) -> Argument | None:
        """The last value given to one of these."""
        found = self.all(*names)
        return found[-1] if found else None

    def all(self, *names: str) -> list[Argument]:
        """Every value given to one of these."""
        return [value for name, value in self.values if name in names]


_KNOWN: dict[str, Spec] = {}


def read(arguments: list[Argument], spec: str = "", *, permute: bool = True, single: bool = False) -> Options:
    """`permute` off: the first operand ends the options (`env`, `sudo`). `single`: long names after one dash (`terraform`)."""
    known = _KNOWN.get(spec) or _KNOWN.setdefault(spec, Spec(spec))
    found = Options()
    found.given = arguments
    queue = list(arguments)
    while queue:
        word = queue.pop(0)
        text = word.text
        if text == "--" and not single:
            found.rest = queue
            found.operands += queue
            break
        if (text.startswith("--") and len(text) > 2) or (single and text.startswith("-") and len(text) > 2):
            _long(word, known, found, queue)
        elif text.startswith("-") and len(text) > 1:
            _cluster(word, known, found, queue)
        else:
            found.unsure = found.unsure or text.startswith(UNKNOWN)
            found.operands.append(word)
            if not permute:
                found.operands += queue
                found.rest = found.operands
                break
    return found


def _long(word: Argument, known: Spec, found: Options, queue: list[Argument]) -> None:
    start = 2 if word.text.startswith("--") else 1
    end = word.text.find("=")
    name = known.expand(word.text[start:end] if end > 0 else word.text[start:])
    found.flags.append(name)
    if end > 0:
        found.values.append((name, word.cut(end + 1)))
    elif known.valued.get(name) == "=" and queue:
        found.values.append((name, queue.pop(0)))


def _cluster(word: Argument, known: Spec, found: Options, queue: list[Argument]) -> None:
    at = 1
    while at < len(word.text):
        letter = word.text[at]
        at += 1
        name = known.short.get(letter, "-" + letter)
        found.flags.append(name)
        mode = known.valued.get(name)
        if mode and at < len(word.text):
            found.values.append((name, word.cut(at)))
            return
        if mode == "=" and queue:
            found.values.append((name, queue.pop(0)))
