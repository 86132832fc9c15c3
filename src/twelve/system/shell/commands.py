"""Reads commands: words, assignments and redirections, pipelines and lists of them, here-documents included."""

from __future__ import annotations

from twelve.system.shell.heredocs import Pending, read_body
from twelve.system.shell.pieces import Pieces
from twelve.system.shell.syntax import ARRAY, TEXT, Compound, Part, Pipeline, Redirect, Script, Simple, Unparsable, Word
from twelve.system.shell.words import DEEPEST, DIGITS, LETTERS, META, NAME, PLAIN_ENDS, Words

BLANKS = " \t"
REDIRECTIONS = ("&>>", "<<<", "<<-", "&>", ">>", ">|", ">&", "<<", "<&", "<>", ">", "<")
RESERVED = frozenset(
    (
        *("if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "select", "function"),
        *("{", "}", "!", "[[", "coproc"),
    )
)
AFTER_NAME = frozenset("=+[")
CLOSING = frozenset(("then", "elif", "else", "fi", "do", "done", "esac", "}"))
DECLARING = frozenset(("declare", "typeset", "local", "export", "readonly"))
"""Builtins whose arguments may be array assignments."""


class Commands(Words):
    """Reads simple commands, pipelines, lists, subshells and groups. What begins with another keyword is `compound`'s."""

    __slots__ = ("pending",)

    def __init__(self, text: str, depth: int = 0) -> None:
        super().__init__(text, depth)
        self.pending: list[Pending] = []

    def compound(self, keyword: str) -> Compound:
        """The compound command that begins with `keyword`, cursor before it."""
        raise Unparsable(f"{keyword} is not read here")

    # Scripts.

    def whole(self) -> Script:
        """The script the text is, all of it."""
        script = self.sequence(())
        if self.at < self.size:
            raise Unparsable(f"{self.here()} is not expected")
        self.bodies()
        return script

    def embedded(self, text: str) -> Script:
        return type(self)(text, self.depth + 1).whole()

    def nested(self) -> Script:
        script = self.deeper(())
        self.close(")")
        return script

    def deeper(self, enders: tuple[str, ...]) -> Script:
        """A list one level down. Here-documents begun inside must end inside."""
        inner = type(self)(self.text, self.depth + 1)
        inner.at = self.at
        script = inner.sequence(enders)
        if inner.pending or (self.pending and "\n" in self.text[self.at : inner.at]):
            raise Unparsable("a here-document and a nested script overlap")
        self.at = inner.at
        return script

    def sequence(self, enders: tuple[str, ...]) -> Script:
        """Pipelines up to a closing parenthesis, `;;`, the end of the text or one of the keywords `enders`."""
        pipelines: list[Pipeline] = []
        self.lines()
        while not self.ends(enders):
            pipelines.append(self.pipeline())
            self.separator(pipelines)
        return Script(tuple(pipelines))

    def ends(self, enders: tuple[str, ...]) -> bool:
        sign = self.here()
        return sign in ("", ")") or (sign == ";" and self.here(1) in (";", "&")) or (bool(enders) and self.plain() in enders)

    def separator(self, pipelines: list[Pipeline]) -> None:
        """What stands between two pipelines: `;`, `&`, `&&`, `||` or a newline."""
        self.blanks()
        if self.sees("&&") or self.sees("||"):
            self.at += 2
            self.lines()
            if self.here() in ("", ")", ";", "&", "|"):
                raise Unparsable("a command is missing")
            return
        if self.here() == "&":
            self.at += 1
            pipelines[-1].background = True
        elif self.here() == ";" and self.here(1) not in (";", "&"):
            self.at += 1
        elif self.here() not in ("", "\n", ")", ";") and not self.closes(pipelines[-1]):
            raise Unparsable(f"{self.here()} is not expected")
        self.lines()

    def closes(self, pipeline: Pipeline) -> bool:
        """Behind a compound command a keyword may follow without a separator: `(a) then`, `{ a; } fi`."""
        return isinstance(pipeline.stages[-1], Compound) and self.plain() in CLOSING

    def pipeline(self) -> Pipeline:
        self.prefixes()
        stages = [self.command()]
        self.blanks()
        while self.here() == "|" and self.here(1) != "|":
            self.at += 2 if self.here(1) == "&" else 1
            self.lines()
            stages.append(self.command())
            self.blanks()
        return Pipeline(tuple(stages))

    def prefixes(self) -> None:
        """`!` and `time` change nothing about what runs. Behind a bar the first is an error and the second a program."""
        while (keyword := self.plain()) in ("!", "time"):
            self.at += len(keyword)
            self.blanks()
            for option in ("-p", "--"):
                if keyword == "time" and self.plain() == option:
                    self.at += 2
                    self.blanks()

    def command(self) -> Simple | Compound:
        keyword = self.plain()
        if self.here() == "(":
            return self.redirected(self.parentheses())
        if keyword == "{":
            return self.redirected(self.group())
        if keyword in RESERVED:
            return self.redirected(self.compound(keyword))
        return self.simple()

    def parentheses(self) -> Compound:
        if self.here(1) == "(":
            return self.compound("((")
        self.at += 1
        return Compound("subshell", (self.nested(),))

    def group(self) -> Compound:
        self.at += 1
        return Compound("group", (self.part("}"),))

    def part(self, *enders: str) -> Script:
        """A list inside a compound command up to one of the keywords `enders`, which is consumed."""
        script = self.inner(enders)
        self.at += len(self.plain())
        return script

    def inner(self, enders: tuple[str, ...]) -> Script:
        """The same, in front of the keyword. Unlike a nested script it shares its here-documents with the lines around it."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unparsable("nested too deeply")
        script = self.sequence(enders)
        self.depth -= 1
        if self.plain() not in enders:
            raise Unparsable(f"{' or '.join(enders)} is missing")
        return script

    def redirected(self, compound: Compound) -> Compound:
        redirects: list[Redirect] = []
        self.blanks()
        while self.redirection(redirects):
            self.blanks()
        compound.redirects = tuple(redirects)
        return compound

    # Simple commands.

    def simple(self) -> Simple | Compound:
        words: list[Word] = []
        assignments: list[tuple[str, Word]] = []
        redirects: list[Redirect] = []
        while True:
            self.blanks()
            if self.redirection(redirects):
                continue
            sign = self.here()
            if sign == "(":
                return self.function(words, bool(assignments or redirects))
            if not sign or (sign in META and not self.substitutes()):
                break
            self.item(words, assignments)
        if not (words or assignments or redirects):
            raise Unparsable("a command is missing")
        return Simple(tuple(words), tuple(assignments), tuple(redirects))

    def item(self, words: list[Word], assignments: list[tuple[str, Word]]) -> None:
        """One word or assignment."""
        start, head = self.at, ""
        declaring = bool(words) and plain_text(words[0]) in DECLARING
        if not words or declaring:
            head = self.assignment_head()
        if not head:
            word = self.word()
            if not words and plain_text(word) in RESERVED:
                raise Unparsable("a keyword that does not stand where it may")
            if self.here() in ("<", ">") and descriptive(word):
                raise Unparsable("a line goes on inside a descriptor")
            words.append(word)
            return
        value = self.array() if self.here() == "(" else self.word()
        if declaring:
            words.append(Word((Part(TEXT, head), *value.parts), self.text[start : self.at]))
        else:
            assignments.append((head[:-1], value))

    def substitutes(self) -> bool:
        """A process substitution stands at the cursor, which begins or goes on a word though it begins with `<` or `>`."""
        return self.sees("<(") or self.sees(">(")

    def assignment_head(self) -> str:
        """`NAME=`, `NAME+=` or `NAME[…]=` at the cursor, consumed; "" when there is none."""
        start, name = self.at, self.name_end()
        if name == start:
            return ""
        place = self.past_subscript(name) if self.text.startswith("[", name) else name
        if self.goes_on(place, AFTER_NAME) or ("\n" in self.text[start:name] and self.text[place : place + 1] in AFTER_NAME):
            raise Unparsable("a line goes on inside a name")
        if self.text.startswith("+\\\n", place):
            raise Unparsable("a line goes on inside an operator")
        if self.text.startswith("+=", place):
            place += 1
        if self.text.startswith("=", place):
            self.at = place + 1
            return self.text[start : self.at]
        if any(sign in META for sign in self.text[name:place]):
            raise Unparsable("a blank inside a subscript")
        return ""

    def name_end(self) -> int:
        """Behind the name at the cursor, continued lines inside it included; the cursor's own place when there is none."""
        place = self.at
        if self.here() not in LETTERS:
            return place
        while place < self.size and self.text[place] in NAME:
            place += 1
            while self.goes_on(place, NAME):
                place += 2
        return place

    def past_subscript(self, place: int) -> int:
        self.at, start = place, self.at
        inside = self.subscript()
        self.at = start
        return place + len(inside)

    def array(self) -> Word:
        """`(…)` with its elements."""
        start = self.at
        self.at += 1
        elements: list[Word] = []
        self.lines()
        while self.here() != ")":
            if not self.here() or (self.here() in META and not self.substitutes()):
                raise Unparsable("an array is not closed")
            elements.append(self.element())
            self.lines()
        self.at += 1
        return Word((Part(ARRAY, words=tuple(elements)),), self.text[start : self.at])

    def element(self) -> Word:
        """One element; a bracket at its beginning reaches to the one that closes it, blanks included."""
        start = self.at
        pieces = Pieces()
        if self.here() == "[":
            pieces.text(self.subscript())
        self.unquoted(pieces, META)
        return Word(pieces.parts(), self.text[start : self.at])

    def function(self, words: list[Word], other: bool) -> Compound:
        """`name ( ) compound`, cursor before the parenthesis."""
        self.at += 1
        self.blanks()
        if other or len(words) != 1 or self.here() != ")":
            raise Unparsable("a parenthesis is not expected")
        self.at += 1
        return self.function_body(words[0])

    def function_body(self, name: Word) -> Compound:
        self.lines()
        body = self.command()
        if isinstance(body, Simple):
            raise Unparsable("a function without a body")
        return Compound("function", (Script((Pipeline((body,)),)),), name=name.raw)

    # Redirections.

    def redirection(self, redirects: list[Redirect]) -> bool:
        """One redirection with its descriptor, when there is one at the cursor."""
        place = self.past_descriptor()
        operator = self.operator_at(place)
        if not operator:
            return False
        descriptor = self.text[self.at : place]
        if operator.startswith("&") and descriptor:
            return False
        self.at = place + len(operator)
        if self.sees("\\\n"):
            raise Unparsable("a line goes on inside an operator")
        self.blanks()
        if operator in ("<<", "<<-"):
            redirects.append(self.here_document(operator, descriptor))
            return True
        target = self.word()
        if not target.raw:
            raise Unparsable("a redirection without a target")
        redirects.append(Redirect(operator, target, descriptor))
        return True

    def operator_at(self, place: int) -> str:
        if place >= self.size or self.text[place] not in "<>&" or self.text[place : place + 2] in ("<(", ">("):
            return ""
        for operator in REDIRECTIONS:
            if self.text.startswith(operator, place):
                return operator
        return ""

    def past_descriptor(self) -> int:
        """Behind `2` or `{name}` when a redirection follows it at once, otherwise where the cursor is."""
        place = self.at
        if self.here() == "{":
            place += 1
            while place < self.size and self.text[place] in NAME:
                place += 1
            place = place + 1 if self.text.startswith("}", place) and place > self.at + 1 else self.at
        else:
            while place < self.size and self.text[place] in DIGITS:
                place += 1
        return place if place < self.size and self.text[place] in "<>" else self.at

    def here_document(self, operator: str, descriptor: str) -> Redirect:
        word = self.word()
        if not word.raw or any(part.kind != TEXT for part in word.parts):
            raise Unparsable("the delimiter of a here-document is not plain")
        redirect = Redirect(operator, Word(()), descriptor)
        quoted = any(part.quoted for part in word.parts)
        self.pending.append(Pending(redirect, "".join(part.text for part in word.parts), quoted=quoted))
        return redirect

    # Blanks, comments, newlines.

    def blanks(self) -> None:
        """Past blanks, continued lines and a comment."""
        while self.at < self.size:
            sign = self.text[self.at]
            if sign in BLANKS:
                self.at += 1
            elif sign == "\\" and self.here(1) == "\n":
                self.at += 2
            else:
                break
        if self.here() == "#":
            end = self.text.find("\n", self.at)
            self.at = end if end >= 0 else self.size

    def lines(self) -> None:
        """Past blanks, comments and newlines, here-documents that wait for the newline included."""
        self.blanks()
        while self.here() == "\n":
            self.at += 1
            self.bodies()
            self.blanks()

    def bodies(self) -> None:
        waiting, self.pending = self.pending, []
        for pending in waiting:
            body, self.at = read_body(self.text, self.at, pending)
            pending.redirect.target = self.quoted_body(body) if pending.quoted else self.expanding_body(body)

    def expanding_body(self, body: str) -> Word:
        return type(self)(body, self.depth + 1).body()

    def quoted_body(self, body: str) -> Word:
        pieces = Pieces()
        pieces.text(body, quoted=True)
        return Word(pieces.parts(), body)

    def plain(self) -> str:
        """The word at the cursor when nothing in it is quoted or expanded, "" otherwise. Does not move the cursor."""
        place = self.at
        while place < self.size and self.text[place] not in PLAIN_ENDS:
            place += 1
        return self.text[self.at : place] if place == self.size or self.text[place] in META else ""


def plain_text(word: Word) -> str:
    """The word's text when it is written without any quote or expansion, otherwise ""."""
    return word.parts[0].text if len(word.parts) == 1 and word.parts[0].kind == TEXT and not word.parts[0].quoted else ""


def descriptive(word: Word) -> bool:
    """The word would be a descriptor if a redirection followed it."""
    text = plain_text(word)
    return text.isdigit() or (text.startswith("{") and text.endswith("}"))
