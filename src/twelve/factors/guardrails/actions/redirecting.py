"""Redirections: what a command reads from, and which files its output lands in."""

from __future__ import annotations

from twelve.factors.guardrails.actions.expanding import expanded, joined
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import Stream, silence
from twelve.system.shell.syntax import Redirect, Word

_INPUT = ("", "0")
_OUTPUT = ("", "1")


class Outlet:
    """A file that receives output; `main` when it is the standard output that goes there."""

    __slots__ = ("append", "main", "target")

    def __init__(self, target: Argument, *, append: bool, main: bool) -> None:
        self.target = target
        self.append = append
        self.main = main


def connect(redirects: tuple[Redirect, ...], state: State, stdin: Stream, program: str, source: str) -> tuple[Stream, list[Outlet]]:
    """The standard input after all redirections, and the outlets to be filled when the command has run."""
    outlets: list[Outlet] = []
    for redirect in redirects:
        operator = redirect.operator
        if operator in ("<<", "<<-", "<<<"):
            text = joined(redirect.target, state)
            ending = "\n" if operator == "<<<" else ""
            stream = Stream(text.text + ending, origin=text.origin, data=text.data)
            stdin = _put(redirect, stream, stdin, state)
        elif operator in ("<", "<>"):
            word = _target(redirect.target, state)
            stream = Invocation(program, [], state, stdin, source).read(word)
            stdin = _put(redirect, stream, stdin, state)
            if operator == "<>":
                outlets.append(Outlet(word, append=True, main=False))
        elif operator == "<&":
            known = state.files.get("/dev/fd/" + joined(redirect.target, state).text)
            stdin = _put(redirect, known, stdin, state) if known is not None else stdin
        else:
            _outlet(redirect, state, outlets)
    return stdin, outlets


def _target(word: Word, state: State) -> Argument:
    fields = expanded(word, state)
    return fields[0] if len(fields) == 1 else joined(word, state)


def _put(redirect: Redirect, stream: Stream, stdin: Stream, state: State) -> Stream:
    if redirect.descriptor in _INPUT:
        state.files["/dev/fd/0"] = stream
        return stream
    state.files["/dev/fd/" + redirect.descriptor] = stream
    return stdin


def _outlet(redirect: Redirect, state: State, outlets: list[Outlet]) -> None:
    operator = redirect.operator
    word = _target(redirect.target, state)
    if operator == ">&" and (word.text.rstrip("-").isdigit() or word.text == "-"):
        return
    main = operator in ("&>", "&>>") or redirect.descriptor in _OUTPUT
    outlets.append(Outlet(word, append=operator.endswith(">>"), main=main))


def deliver(outlets: list[Outlet], output: Stream, state: State, program: str, source: str) -> Stream:
    """Writes the outlets; what is left of the output for the next stage."""
    for outlet in outlets:
        content = output if outlet.main else Stream(None, origin=output.origin)
        call = Invocation(program, [], state, silence(), source)
        call.guessed(outlet.target)
        for place in call.places(outlet.target):
            before = _before(state, place.path) if outlet.append else ""
            text = None if before is None or content.text is None else before + content.text
            kept = Stream(text, origin=content.origin, data=content.data)
            if text is None and not outlet.append:
                kept.path, kept.later = content.path, content.later
            call.write_place(place, verb="append" if outlet.append else "write", content=kept)
    return silence() if any(outlet.main for outlet in outlets) else output


def _before(state: State, path: str) -> str | None:
    """What a file held before something is appended; of a file made outside this call only when it may be read."""
    if path in state.files:
        return state.files[path].text
    return state.text_of(Stream(None, path=path))
