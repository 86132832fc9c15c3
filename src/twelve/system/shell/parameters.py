"""Expands the parts of a word: tilde, variables with their operators, arithmetic, substitutions."""

from __future__ import annotations

from twelve.system.shell import patterns
from twelve.system.shell.scope import UNKNOWN, Scope
from twelve.system.shell.splitting import BREAK, IFS, LITERAL, QUOTED, VALUE, Segment
from twelve.system.shell.syntax import ARITHMETIC, ARRAY, COMMAND, PROCESS, TEXT, Part, Script, Unparsable, Word

SPECIAL = frozenset("?$!-0_")
"""Parameters whose value only a running shell knows."""
ALTERNATIVES = frozenset((":-", ":+", ":=", ":?", "-", "+", "=", "?"))
CUTS = ("##", "#", "%%", "%")
CASES = ("^^", "^", ",,", ",")
REPLACEMENTS = ("//", "/#", "/%", "/")


class Expander:
    """Expands parts in `scope` and gathers the `scripts` that run meanwhile."""

    __slots__ = ("scope", "scripts")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.scripts: list[Script] = []

    def segments(self, parts: tuple[Part, ...], *, colons: bool = False) -> list[Segment]:
        """`colons`: the parts are an assigned value, where a tilde also counts after a colon."""
        out: list[Segment] = []
        for number, part in enumerate(parts):
            if part.kind == TEXT:
                self._text(out, part, number, parts, colons=colons)
            elif part.kind == COMMAND:
                self._command(out, part)
            elif part.kind == PROCESS:
                self._keep(part)
                out.append(Segment(UNKNOWN, QUOTED))
            elif part.kind == ARITHMETIC:
                self._value(out, self._arithmetic(part), quoted=part.quoted)
            elif part.kind == ARRAY:
                self._array(out, part)
            else:
                self._variable(out, part)
        return out

    def text(self, word: Word) -> str:
        """The word as one text, unsplit."""
        return "".join(segment.text for segment in self.segments(word.parts))

    # Text and tilde.

    def _text(self, out: list[Segment], part: Part, number: int, parts: tuple[Part, ...], *, colons: bool) -> None:
        if part.quoted:
            out.append(Segment(part.text, QUOTED))
            return
        text = part.text
        if "~" in text:
            last = number == len(parts) - 1
            for start in reversed(_tildes(text, first=number == 0, colons=colons)):
                text = self._tilde(out, text, start, whole=last)
        out.append(Segment(text, LITERAL))

    def _tilde(self, out: list[Segment], text: str, start: int, *, whole: bool) -> str:
        """`text` with the tilde at `start` replaced. A prefix that runs into another part is not one."""
        end = start + 1
        while end < len(text) and text[end] not in "/:":
            end += 1
        if end == len(text) and not whole:
            return text
        return text[:start] + self._home(text[start + 1 : end], text[start:end]) + text[end:]

    def _home(self, user: str, written: str) -> str:
        variables = self.scope.variables
        if user == "":
            return self._known("HOME", self.scope.home)
        if user == "+":
            return self._known("PWD", UNKNOWN)
        if user == "-":
            return self._known("OLDPWD", UNKNOWN)
        if user == variables.get("USER") or user == variables.get("LOGNAME"):
            return self.scope.home or UNKNOWN
        return UNKNOWN if user.replace("-", "").replace("_", "").replace(".", "").isalnum() else written

    def _known(self, name: str, otherwise: str) -> str:
        value = self.scope.variables.get(name, otherwise)
        return UNKNOWN if value is None else value or UNKNOWN

    # Substitutions.

    def _keep(self, part: Part) -> None:
        if part.script is not None:
            self.scripts.append(part.script)

    def _command(self, out: list[Segment], part: Part) -> None:
        self._keep(part)
        answer = self.scope.run(part.script) if self.scope.run and part.script is not None else None
        self._value(out, UNKNOWN if answer is None else answer.rstrip("\n"), quoted=part.quoted)

    def _array(self, out: list[Segment], part: Part) -> None:
        for word in part.words:
            self.text(word)
        out.append(Segment(UNKNOWN, QUOTED))

    def _arithmetic(self, part: Part) -> str:
        """Plain integers only. A variable whose value would run code when it is evaluated is refused."""
        text = "".join(self.text(word) for word in part.words).strip(IFS)
        self._runs_nothing(text)
        digits = text[1:] if text[:1] == "-" else text
        plain = digits.isascii() and digits.isdigit() and (digits == "0" or digits[0] != "0")
        return text if plain and len(digits) < 19 else UNKNOWN

    def _runs_nothing(self, text: str) -> None:
        for value in (text, *self.scope.variables.values()):
            if value and ("$(" in value or "`" in value) and "[" in value and any(sign.isalpha() for sign in text):
                raise Unparsable("arithmetic over a value that holds code")

    def _value(self, out: list[Segment], text: str, *, quoted: bool) -> None:
        if quoted:
            out.append(Segment(text, QUOTED))
        elif _certain(self.scope.variables.get("IFS", IFS)):
            out.append(Segment(text, VALUE))
        elif text:
            out.append(Segment(UNKNOWN, VALUE))

    # Variables.

    def _variable(self, out: list[Segment], part: Part) -> None:
        many = self._many(part.text)
        if many is not None and (part.text.startswith("@") or part.text.endswith("[@]") or not part.quoted) and not part.operator:
            self._elements(out, many, quoted=part.quoted)
            return
        value = self.value(part.text)
        operator = part.operator
        if operator == "":
            self._value(out, "" if value is None else value, quoted=part.quoted)
        elif operator[0] in ":-+=?" and _sign(operator, ALTERNATIVES):
            self._alternative(out, part, value)
        else:
            self._value(out, self._operated(part, value), quoted=part.quoted)

    def _many(self, name: str) -> tuple[str, ...] | None:
        if name in ("@", "*"):
            return self.scope.positional
        if name.endswith(("[@]", "[*]")):
            return self.scope.arrays.get(name[:-3])
        return None

    def _elements(self, out: list[Segment], elements: tuple[str, ...], *, quoted: bool) -> None:
        for number, element in enumerate(elements):
            if number:
                out.append(Segment("", BREAK))
            self._value(out, element, quoted=quoted)

    def value(self, name: str) -> str | None:
        """The value of a parameter, UNKNOWN when it cannot be known, None when it is unset."""
        scope = self.scope
        many = self._many(name)
        if many is not None:
            return " ".join(many)
        if name == "0" and "0" in scope.variables:
            return scope.variables["0"]
        if name in ("@", "*") or name in SPECIAL or "[" in name:
            return self._element(name)
        if name == "#" or name.isdigit():
            return self._positional(name)
        if name in scope.variables:
            value = scope.variables[name]
            return UNKNOWN if value is None else value
        if name == "HOME" and scope.home:
            return scope.home
        return None if scope.complete and name not in scope.arrays else UNKNOWN

    def _element(self, name: str) -> str | None:
        base, _bracket, index = name.removesuffix("]").partition("[")
        elements = self.scope.arrays.get(base)
        if not index.isdigit() or elements is None:
            return UNKNOWN
        return elements[int(index)] if int(index) < len(elements) else None

    def _positional(self, name: str) -> str | None:
        given = self.scope.positional
        if given is None:
            return UNKNOWN
        if name == "#":
            return str(len(given))
        return given[int(name) - 1] if 0 < int(name) <= len(given) else None

    def _alternative(self, out: list[Segment], part: Part, value: str | None) -> None:
        """`:-`, `:=`, `:+`, `:?` and the same without the colon, which only asks whether the name is set."""
        sign = _sign(part.operator, ALTERNATIVES)
        if sign[-1] in "-=" and part.text.isidentifier() and part.text not in self.scope.variables and part.text != "HOME":
            # Nobody knows this name, so it is most likely not set; whoever wrote the alternative expected that.
            value = None
        if value is not None and UNKNOWN in value:
            for word in part.words:
                self.text(word)
            self._assign(part, sign, None)
            self._value(out, UNKNOWN, quoted=part.quoted)
            return
        given = value is not None and (value != "" or ":" not in sign)
        if sign[-1] == "+":
            out.extend(self._operand(part) if given else [Segment("", QUOTED if part.quoted else LITERAL)])
        elif given:
            self._value(out, value or "", quoted=part.quoted)
        elif sign[-1] == "?":
            self._value(out, UNKNOWN, quoted=part.quoted)
            self._operand(part)
        else:
            segments = self._operand(part)
            self._assign(part, sign, "".join(segment.text for segment in segments))
            out.extend(segments)

    def _assign(self, part: Part, sign: str, value: str | None) -> None:
        if sign[-1] == "=":
            self.scope.variables[part.text] = value if value is not None and UNKNOWN not in value else None

    def _operand(self, part: Part) -> list[Segment]:
        """Literal text of an operand splits like a value when the whole is not quoted."""
        segments = [segment for word in part.words for segment in self.segments(word.parts)]
        if part.quoted and not segments:
            return [Segment("", QUOTED)]
        if not part.quoted:
            for segment in segments:
                segment.mode = VALUE if segment.mode == LITERAL else segment.mode
        return segments

    def _operated(self, part: Part, value: str | None) -> str:
        """Length, indirection, cutting, replacing, case and substrings of a known value; UNKNOWN for the rest."""
        operands = [self._pieces(word) for word in part.words]
        operator = part.operator
        if operator in ("#", "!") and not part.words:
            return self._prefixed(part.text, operator, value)
        if value is None:
            return ""
        if any(UNKNOWN in text for text in [value, *(text for pieces in operands for text, _quoted in pieces)]):
            return UNKNOWN
        if len(value) > patterns.MOST or (operator[0] in "#!" and not operands):
            return UNKNOWN
        return _applied(operator, value, operands)

    def _prefixed(self, name: str, operator: str, value: str | None) -> str:
        if value is not None and UNKNOWN in value:
            return UNKNOWN
        if operator == "#":
            many = self._many(name)
            return str(len(many)) if many is not None else str(len(value or ""))
        pointed = self.value(value) if value and value.isidentifier() else UNKNOWN
        return pointed or ""

    def _pieces(self, word: Word) -> list[tuple[str, bool]]:
        return [(segment.text, segment.mode == QUOTED) for segment in self.segments(word.parts)]


def _tildes(text: str, *, first: bool, colons: bool) -> list[int]:
    """Where a tilde may begin a prefix: first in a word, and in what looks assigned behind its equals sign and every colon."""
    places = [0] if first and text.startswith("~") else []
    if first and not colons:
        name, equals, _value = text.partition("=")
        bare = name.removesuffix("+")
        colons = bool(equals) and bare.isidentifier() and bare.isascii()
        if colons and text.startswith("~", len(name) + 1):
            places.append(len(name) + 1)
    if colons:
        places.extend(place + 1 for place in range(len(text) - 1) if text[place] == ":" and text[place + 1] == "~")
    return places


def _sign(operator: str, signs: frozenset[str]) -> str:
    for length in (2, 1):
        if operator[:length] in signs and len(operator) >= length:
            return operator[:length]
    return ""


def _applied(operator: str, value: str, operands: list[list[tuple[str, bool]]]) -> str:
    for sign in REPLACEMENTS:
        if operator.startswith(sign):
            return _replaced(sign, value, operands)
    for sign in CUTS:
        if operator.startswith(sign):
            tokens = patterns.compiled(operands[0])
            return UNKNOWN if tokens is None else patterns.cut(tokens, value, sign)
    for sign in CASES:
        if operator.startswith(sign):
            return _cased(sign, value, operands[0])
    return _substring(value, operands) if operator[0] == ":" else UNKNOWN


def _replaced(sign: str, value: str, operands: list[list[tuple[str, bool]]]) -> str:
    tokens = patterns.compiled(operands[0])
    replacement = operands[1] if len(operands) > 1 else []
    if tokens is None or any("&" in text and not quoted for text, quoted in replacement):
        return UNKNOWN
    return patterns.replaced(tokens, value, sign, "".join(text for text, _quoted in replacement))


def _cased(sign: str, value: str, pattern: list[tuple[str, bool]]) -> str:
    if pattern or not value.isascii():
        return UNKNOWN
    changed = value.upper() if sign[0] == "^" else value.lower()
    return changed if len(sign) == 2 else changed[:1] + value[1:]


def _substring(value: str, operands: list[list[tuple[str, bool]]]) -> str:
    numbers = "".join(text for text, _quoted in operands[0]).split(":")
    offset, length = _integer(numbers[0]), _integer(numbers[1]) if len(numbers) > 1 else len(value)
    if offset is None or length is None or len(numbers) > 2:
        return UNKNOWN
    start = offset if offset >= 0 else len(value) + offset
    if start < 0 or start > len(value):
        return ""
    end = start + length if length >= 0 else len(value) + length
    return value[start:end] if end >= start else UNKNOWN


def _integer(text: str) -> int | None:
    text = text.strip(IFS)
    if text == "":
        return 0
    digits = text[1:] if text[0] == "-" else text
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 and (digits[0] != "0" or digits == "0") else None


def _certain(text: str | None) -> bool:
    return text is not None and UNKNOWN not in text
