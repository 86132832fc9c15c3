"""Words as written become arguments: substitutions are followed and, where their output is known, folded in."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import ORIGIN_LOCAL, ORIGIN_NETWORK
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import REFERENCES, Stream, secret_variable, silence, union, worse
from twelve.system.shell.expansion import Field, assigned, expand
from twelve.system.shell.syntax import PROCESS, TEXT, VARIABLE, Part, Script, Word

TEXT_LIMIT = 200_000
"""Characters a folded text may have; a longer one counts as unknown."""
_OWN_NUMBERS = ("$", "!")
"""Process numbers: kept as written, because which process is meant matters more than its number."""


class _Provenance:
    """What is learnt about one word besides its text."""

    __slots__ = ("computed", "data", "followed", "origin", "patterns", "state", "stream")

    def __init__(self, state: State) -> None:
        self.state = state
        self.data: tuple[str, ...] = ()
        self.origin = ORIGIN_LOCAL
        self.followed: list[Script] = []
        self.patterns = self.computed = False
        self.stream: Stream | None = None

    def add(self, stream: Stream) -> None:
        self.data = union(self.data, stream.data)
        self.origin = worse(self.origin, stream.origin)
        self.stream = stream

    def printed(self, script: Script) -> str | None:
        """What a substitution prints; None when that is not known or comes from the network."""
        self.followed.append(script)
        stream = self.state.work.walk(script, self.state.child("$()"), silence())
        self.add(stream)
        self.patterns = self.patterns or stream.pattern
        text = None if stream.origin == ORIGIN_NETWORK else self.state.text_of(stream)
        if text is None or len(text) > TEXT_LIMIT:
            self.computed = REFERENCES not in stream.data
            return None
        return text


def arguments(words: tuple[Word, ...], state: State) -> list[Argument]:
    """The words after every expansion, in order."""
    found: list[Argument] = []
    for word in words:
        if not state.work.spend():
            break
        found += expanded(word, state)
    return found


def expanded(word: Word, state: State) -> list[Argument]:
    """One word: none, one or several arguments."""
    fields, about = _fields(word, state, single=False)
    return [_argument(field, about, word) for field in fields]


def joined(word: Word, state: State) -> Argument:
    """One word where the shell neither splits nor globs: assignments, here-documents, redirection targets."""
    fields, about = _fields(word, state, single=True)
    return _argument(fields[0], about, word)


def _fields(word: Word, state: State, *, single: bool) -> tuple[tuple[Field, ...], _Provenance]:
    about = _Provenance(state)
    prepared = Word(tuple(_prepared(part, state, about) for part in word.parts), word.raw)
    before, state.scope.run = state.scope.run, about.printed
    try:
        fields = (assigned(prepared, state.scope),) if single else expand(prepared, state.scope)
    finally:
        state.scope.run = before
    for field in fields:
        for script in field.scripts:
            if not any(script is known for known in about.followed):
                about.printed(script)
    return fields, about


def _argument(field: Field, about: _Provenance, word: Word) -> Argument:
    pattern = field.pattern or about.patterns
    known = Argument(field.text, exact=field.exact, pattern=pattern, origin=about.origin, data=about.data)
    known.stream = about.stream if len(word.parts) == 1 else None
    known.computed = about.computed and not field.exact
    return known


def _prepared(part: Part, state: State, about: _Provenance) -> Part:
    """Notes where a variable's value came from; gives process substitutions a name."""
    if part.kind == VARIABLE:
        name = part.text.partition("[")[0]
        if name in state.taints:
            about.add(state.taints[name])
        elif name in state.exported or name not in state.scope.variables:
            about.data = union(about.data, secret_variable(name))
        about.patterns = about.patterns or name in state.patterns
        about.computed = about.computed or name in state.computed
        return Part(TEXT, "$" + name, quoted=True) if name in _OWN_NUMBERS else part
    if part.kind == PROCESS and part.script is not None:
        about.followed.append(part.script)
        return Part(TEXT, _process(part, part.script, state, about), quoted=True)
    return part


def _process(part: Part, script: Script, state: State, about: _Provenance) -> str:
    """The name of the pipe; the process behind `<(…)` runs now, the one behind `>(…)` when something is written to it."""
    name = f"/dev/fd/{1000 + state.work.number()}"
    if part.text.startswith(">"):
        state.sinks[name] = script
    else:
        stream = state.work.walk(script, state.child("<()"), silence())
        state.files[name] = stream
        about.data = union(about.data, stream.data)
    return name
