"""awk programs: `system()`, pipes from and to commands, output to files, getline from files, and what is printed."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.languages.folding import folded
from twelve.factors.guardrails.actions.languages.literals import literals
from twelve.factors.guardrails.actions.languages.tokens import STRING, tokens
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.paths import UNKNOWN
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import PROCESS, Stream

FILES = 8
"""Files of one program that are followed by name."""


def of_program(text: str, state: State, stdin: Stream, words: list[Argument], variables: dict[str, str]) -> Stream:
    """Adds what the program does to each file it is given; answers what it prints. `variables` are those given with `-v`."""
    files = [word for word in words if "=" not in word.text.split("/", 1)[0]]
    rounds = files[:FILES] if "FILENAME" in text and files else [None]
    for file in rounds:
        for piece in folded(text, state, [file] if file else words, "awk", variables):
            _follow(piece, state, stdin, words)
    known = bool(not files and any(name.startswith(PROCESS) for name in stdin.data))
    data = _searched(text, stdin.data) if known else stdin.data
    for word in files:
        data += tuple(place.path for place in state.places(word.text) if place.path and place.path not in data)
    return Stream(_printed(text) if known else None, origin=stdin.origin, data=data)


def follow(text: str, state: State, stdin: Stream, words: list[Argument], _language: str) -> Stream:
    """A script that names awk as its interpreter."""
    return of_program(text, state, stdin, words, {})


def _follow(text: str, state: State, stdin: Stream, words: list[Argument]) -> None:
    """Looks at what stands around string literals; a computed name or command is said to be unknown."""
    call = Invocation("awk", words, state, stdin)
    pieces = literals(text, "\"/'")
    for before, content, after in pieces:
        left, right = before.rstrip(), after.lstrip()
        if left.endswith(("system(", "|", "|&")) or (right.startswith("|") and not right.startswith("||")):
            _runs(call, content)
        elif left.endswith(">"):
            call.write(Argument(content), verb="write")
        elif left.endswith("<") and "getline" in left:
            call.read(Argument(content))
    bare = "".join(before for before, _content, _after in pieces) + (pieces[-1][2] if pieces else text)
    compact = bare.replace(" ", "")
    if ">ARGV" in compact or ">FILENAME" in compact or ">$" in compact.replace(">$(", ""):
        for word in words[:FILES] if ">$" not in compact else ():
            call.write(word, verb="write")
    if "system(" in compact and not any(before.rstrip().endswith("system(") for before, _, _ in pieces):
        call.unknown("awk runs a command that cannot be known from here")
    if "print|" in compact or "print$0|" in compact:
        _piped(call, pieces)


def _piped(call: Invocation, pieces: list[tuple[str, str, str]]) -> None:
    """`print | "sh"`: the lines become code."""
    for before, content, _after in pieces:
        if before.rstrip().endswith("|") and content.strip() in ("sh", "bash", "/bin/sh", "/bin/bash", "zsh"):
            call.unknown("awk hands lines to a shell")


def _runs(call: Invocation, text: str) -> None:
    inner = call.state.child("awk")
    code.run("shell", text, inner, origin="local", stdin=call.stdin, words=[], program="sh")


def _searched(text: str, data: tuple[str, ...]) -> tuple[str, ...]:
    """A list of processes, narrowed by name: the patterns and texts that are compared stand for the processes that fit."""
    names: list[str] = []
    for before, content, _after in literals(text, "\"/'"):
        left = before.rstrip()
        if content.strip() and (left[-1:] in ("", "/", "~", "{", "&", "|", "(", ";", "}", "!") or left.endswith("==")):
            names.append(content)
    return (*data, *(PROCESS + name for name in names if any(sign.isalpha() for sign in name)))


def _printed(text: str) -> str | None:
    """What `print` writes: texts as they are, anything else unknown; None without a `print` that says anything."""
    row = tokens(text, "awk") or []
    lines: list[str] = []
    current: str | None = None
    for token in row:
        if token.text == "print" and token.kind != STRING:
            current = ""
        elif current is not None and token.kind != STRING and token.text in ("}", ";", ">", "|", ""):
            lines.append(current)
            current = None
        elif current is not None:
            current += token.text if token.kind == STRING else " " if token.text == "," else UNKNOWN
    lines += [current] if current is not None else []
    found = [line.replace(UNKNOWN + UNKNOWN, UNKNOWN) for line in lines]
    return "".join(line + "\n" for line in found) if any(line.strip(UNKNOWN) for line in found) else None
