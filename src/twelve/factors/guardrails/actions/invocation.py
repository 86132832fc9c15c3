"""One program about to run, and the words in which program tables say what it does."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, EXECUTE, NETWORK, READ, UNKNOWN, WRITE, Action
from twelve.factors.guardrails.actions.options import Argument, Options, plain, read
from twelve.factors.guardrails.actions.paths import Place, content, is_device, matches, socket_target
from twelve.factors.guardrails.actions.programs.table import family_of
from twelve.factors.guardrails.actions.streams import Stream, silence, union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.state import State


class Invocation:
    """`name` is the program's own name without folder and version, `words` its arguments, `stdin` what it would read.

    A program's function adds actions and may set `output` to what the program prints; by default that is unknown and
    carries everything read or received.
    """

    __slots__ = ("name", "output", "source", "state", "stdin", "words")

    def __init__(self, name: str, words: list[Argument], state: State, stdin: Stream, source: str = "") -> None:
        self.name = name
        self.words = words
        self.state = state
        self.stdin = stdin
        self.source = source
        self.output: Stream | None = None

    def options(self, spec: str = "", *, permute: bool = True, single: bool = False) -> Options:
        """The arguments read by `spec`; see options.Spec."""
        return read(self.words, spec, permute=permute, single=single)

    @property
    def texts(self) -> tuple[str, ...]:
        """The arguments as text."""
        return tuple(word.text for word in self.words)

    def add(
        self,
        kind: str,
        *,
        options: Options | None = None,
        place: Place | None = None,
        certain: bool = True,
        words: tuple[str, ...] | None = None,
        program: str = "",
        **fields: Any,
    ) -> Action:
        """One action of this program, with everything about it that is the same for all of its actions."""
        operands = options.operands if options else self.words
        action = Action(
            kind,
            program=program or self.name,
            words=tuple(word.text for word in operands) if words is None else words,
            flags=tuple(options.flags) if options else (),
            values=tuple((name, value.text) for name, value in options.values) if options else (),
            path=place.path if place else "",
            real=place.real if place else "",
            glob=place.glob if place else False,
            partial=place.partial if place else False,
            certain=certain and (not place.partial if place else all(word.exact for word in operands)),
            source=self.source,
            via=self.state.via,
            **fields,
        )
        if self.state.work.spend():
            self.state.work.actions.append(action)
        return action

    def places(self, word: Argument) -> list[Place]:
        """Where the word points, its matches in the file system included when it is a pattern and looking is allowed."""
        found = self.state.places(word.text, pattern=word.pattern)
        if self.state.look:
            for place in list(found):
                if place.glob and not place.partial:
                    found += [known for path in matches(place.path) for known in self.state.places(path)]
        return found

    def read(self, word: Argument, *, options: Options | None = None, verb: str = "read", recursive: bool = False) -> Stream:
        """The content of a file becomes visible; what it holds."""
        if word.text == "-":
            return self.stdin
        target = socket_target(word.text)
        if target:
            self.add(NETWORK, options=options, target=target, verb="fetch")
            return Stream(None, origin="network")
        found = self.places(word)
        for place in found:
            if not is_device(place.path):
                self.add(READ, options=options, place=place, verb=verb, recursive=recursive)
        first = self.state.stream_of(found[0])
        if first.path or first.text is not None or first.members:
            return first
        return Stream(None, origin=first.origin, data=tuple(place.path for place in found if place.path))

    def write(
        self,
        word: Argument,
        *,
        options: Options | None = None,
        verb: str = "write",
        recursive: bool = False,
        content: Stream | None = None,
        target: str = "",
    ) -> None:
        """A path is created or changed; `content` is what it holds afterwards."""
        self.guessed(word)
        for place in self.places(word):
            self.write_place(place, options=options, verb=verb, recursive=recursive, content=content, target=target)

    def write_place(
        self,
        place: Place,
        *,
        options: Options | None = None,
        verb: str = "write",
        recursive: bool = False,
        content: Stream | None = None,
        target: str = "",
    ) -> None:
        """`write` for a place that is known already."""
        if place.path.startswith(("/dev/tcp/", "/dev/udp/")):
            self.add(
                NETWORK, options=options, target=socket_target(place.path), verb="send", data=content.data if content else self.stdin.data
            )
            return
        if place.path in self.state.sinks:
            self.state.work.walk(self.state.sinks[place.path], self.state.child(), content or self.stdin)
            return
        if is_device(place.path):
            for behind in self._behind(place.path):
                self.add(WRITE, options=options, place=behind, verb=verb, recursive=recursive, target=target)
            return
        for one in [place, *self.state.twins(place)]:
            self.add(WRITE, options=options, place=one, verb=verb, recursive=recursive, target=target)
        if not place.partial and not place.glob:
            self.state.files[place.path] = content or Stream(None, origin=self.stdin.origin, data=self.stdin.data)

    def guessed(self, word: Argument) -> None:
        """Of a path with a hole in it the rest still says which places it may be."""
        if word.exact or word.text.startswith("\0"):
            return
        for place in self.state.places(word.text.replace("\0", "*"), pattern=True):
            if place.glob and not place.partial:
                self.add(UNKNOWN, place=place, detail="a path of which a part cannot be known", certain=False)

    def _behind(self, path: str) -> list[Place]:
        """The file a descriptor was opened for; opened again under the descriptor's name it can be written."""
        number = "0" if path == "/dev/stdin" else path.rpartition("/")[2]
        stream = self.stdin if number == "0" and (self.stdin.path or self.stdin.data) else self.state.files.get("/dev/fd/" + number)
        name = "" if stream is None else stream.path or next((item for item in stream.data if item.startswith("/")), "")
        return self.state.places(name) if name else []

    def delete(
        self, word: Argument, *, options: Options | None = None, verb: str = "delete", recursive: bool = False, target: str = ""
    ) -> None:
        """A path goes away."""
        self.guessed(word)
        for place in self.places(word):
            self.add(DELETE, options=options, place=place, verb=verb, recursive=recursive, target=target)

    def execute(self, *, options: Options | None = None, certain: bool = True, **fields: Any) -> Action:
        """The program runs and no finer word fits."""
        return self.add(EXECUTE, options=options, certain=certain, **fields)

    def unknown(self, detail: str, word: Argument | None = None, *, below: bool = False) -> None:
        """Something runs that cannot be told from here; near `word` when that is a path, `below`: anywhere in that folder."""
        if word is None:
            self.add(UNKNOWN, detail=detail, certain=False)
            return
        for place in self.places(word):
            place.partial = place.partial or below
            self.add(UNKNOWN, place=place, detail=detail, certain=False)

    def run(self, words: list[Argument], *, stdin: Stream | None = None, state: State | None = None, via: str | None = None) -> Stream:
        """Runs another program on behalf of this one and passes its output on."""
        name = via or self.name
        inner = state or (self.state.child() if self.state.via[-1:] == (name,) else self.state.child(name))
        self.output = self.state.work.run(words, inner, self.stdin if stdin is None else stdin, self.source)
        return self.output

    def run_texts(self, *texts: str, stdin: Stream | None = None) -> Stream:
        """`run` for words known to the letter."""
        return self.run(plain(*texts), stdin=stdin)

    def text_of(self, word: Argument) -> str | None:
        """The content of the file the word names, when it can be known."""
        return self.state.text_of(self.state.stream_of(self.places(word)[0]))

    def looked_at(self, path: str) -> str | None:
        """A file of the surroundings (not one of this call), when looking is allowed."""
        return content(path) if self.state.look else None

    def found(self, word: Argument) -> None:
        """The program prints where another one lies: of a known one, a usual place."""
        if word.exact and "/" not in word.text and family_of(word.text) not in ("", "builtins"):
            self.output = Stream(f"/usr/bin/{word.text}\n")

    def quiet(self) -> None:
        """The program prints nothing that matters."""
        self.output = silence()

    def provenance(self) -> tuple[str, ...]:
        """Every file whose content is in the arguments or the standard input."""
        data = self.stdin.data
        for word in self.words:
            data = union(data, word.data)
        return data
