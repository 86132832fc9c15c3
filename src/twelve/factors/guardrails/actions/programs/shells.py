"""Shells: code from `-c`, from a file, from standard input."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.action import ORIGIN_LOCAL
from twelve.factors.guardrails.actions.dispatch import run_file
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.paths import Place
from twelve.factors.guardrails.actions.spelling import fitting
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import Stream

_VALUED_LONG = ("--rcfile", "--init-file", "--command", "--init-command")


def shell(call: Invocation) -> None:
    """`bash`: options come in clusters where any letter may be `c`, `o` and `O` take a value, `+x` counts as well."""
    words = list(call.words)
    command = login = from_stdin = False
    given: set[str] = set()
    while words and words[0].text[:1] in ("-", "+") and len(words[0].text) > 1:
        word = words.pop(0)
        if word.text == "--":
            break
        if word.text.startswith("--"):
            login = login or word.text == "--login"
            _long(call, word, words)
            command = command or word.text == "--command"
            continue
        letters = word.text[1:]
        command = command or "c" in letters
        if word.text[0] == "-":
            given.update(letters)
        else:
            given.difference_update(letters)
        from_stdin = from_stdin or "s" in letters
        for _ in range(letters.count("o") + letters.count("O")):
            given.update({"n"} if word.text[0] == "-" and words[:1] and words[0].text == "noexec" else ())
            words = words[1:]
    if words and words[0].text == "-":
        words.pop(0)
    if "n" in given and "i" not in given and not command:
        _checked(call, words)
        return
    if command:
        _command(call, words)
    elif words and not from_stdin:
        _file(call, words)
    elif call.stdin.piped:
        _stdin(call, words)


def _checked(call: Invocation, words: list[Argument]) -> None:
    """`-n` reads the code and runs nothing; an interactive shell does not heed it."""
    for word in words[:1]:
        call.read(word)
    call.quiet()


def _long(call: Invocation, word: Argument, words: list[Argument]) -> None:
    if word.text in ("--rcfile", "--init-file") and words:
        value = words.pop(0)
        call.read(value)
        _file(call, [value])


def _command(call: Invocation, words: list[Argument]) -> None:
    if not words:
        return
    inner = _fresh(call)
    if len(words) > 1:
        inner.scope.variables["0"] = words[1].text
    call.output = code.run(
        "shell",
        text_of(call, words[0]),
        inner,
        origin=words[0].origin,
        stdin=call.stdin,
        words=words[2:],
        program=call.name,
        data=words[0].data,
    )


def _fresh(call: Invocation) -> State:
    """A shell of its own: it sees what was exported, not what was only set."""
    inner = call.state.child(call.name)
    inner.forget_unexported()
    return inner


def text_of(call: Invocation, word: Argument) -> str | None:
    """The code in a word; of a word that is nothing but a file's content (`"$(cat x)"`), that content."""
    if not word.exact and word.stream is not None:
        return call.state.text_of(word.stream)
    return word.text


def _file(call: Invocation, words: list[Argument]) -> None:
    found = call.places(words[0])
    place = found[0]
    if place.glob and call.state.look:
        for path in fitting(words[0].text, call.state)[:8]:
            known = Place(path)
            run_file(known, call.state.stream_of(known), words[1:], _fresh(call), call.stdin, call.source, "shell")
        return
    if words[0].text in ("/dev/stdin", "/proc/self/fd/0", "/dev/fd/0"):
        _stdin(call, words[1:])
        return
    stream = call.state.stream_of(place)
    call.output = run_file(place, stream, words[1:], _fresh(call), call.stdin, call.source, "shell")


def _stdin(call: Invocation, words: list[Argument]) -> None:
    stream = call.stdin
    text = call.state.text_of(stream)
    inner = _fresh(call)
    if stream.data:
        inner.taints[code.UNSEEN] = Stream(None, origin=stream.origin, data=stream.data)
    call.output = code.run("shell", text, inner, origin=stream.origin, stdin=Stream(None), words=words, program=call.name, data=stream.data)


def source(call: Invocation) -> None:
    """`. file` runs in this very shell: what it sets stays set."""
    words = [word for word in call.words if word.text != "--"]
    if not words:
        return
    place = call.places(words[0])[0]
    stream = call.stdin if words[0].text == "/dev/stdin" else call.state.stream_of(place)
    before = call.state.via, call.state.depth
    call.state.via, call.state.depth = (*before[0], "source"), before[1] + 1
    call.output = run_file(place, stream, words[1:], call.state, call.stdin, call.source, "shell")
    call.state.via, call.state.depth = before


def evaluate(call: Invocation) -> None:
    """`eval` joins its words and runs them in this very shell."""
    words = [word for word in call.words if word.text != "--"]
    texts = [text_of(call, word) for word in words]
    origin = next((word.origin for word in words if word.origin != ORIGIN_LOCAL), ORIGIN_LOCAL)
    before = call.state.via, call.state.depth, call.state.scope.positional
    call.state.via, call.state.depth = (*before[0], "eval"), before[1] + 1
    text = None if None in texts else " ".join(text or "" for text in texts)
    call.output = code.run("shell", text, call.state, origin=origin, stdin=call.stdin, words=[], program="eval",
                           data=tuple(name for word in words for name in word.data))  # fmt: skip
    call.state.via, call.state.depth, call.state.scope.positional = before


PROGRAMS = dict.fromkeys(["sh", "bash", "dash", "zsh", "ksh", "mksh", "ash", "rbash", "fish", "shells"], shell)
