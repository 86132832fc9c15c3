"""sed scripts: the `w` and `e` commands and flags write files and run programs."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import Stream


def follow(text: str, state: State, stdin: Stream, words: list[Argument], language: str) -> None:
    """Commands one by one: address, letter, operands. Anything not understood ends the line."""
    call = Invocation(language, words, state, stdin)
    for line in text.split("\n"):
        at = 0
        while at < len(line):
            at = _command(call, line, at)


def _command(call: Invocation, line: str, at: int) -> int:
    at = _address(line, at)
    letter = line[at : at + 1]
    if letter in ("s", "y") and at + 1 < len(line):
        return _substitution(call, line, at)
    if letter in ("w", "W", "r", "R"):
        name = line[at + 1 :].strip()
        if name and letter in "wW":
            call.write(Argument(name), verb="write")
        elif name:
            call.read(Argument(name))
        return len(line)
    if letter == "e":
        command = line[at + 1 :].strip().rstrip("}")
        _runs(call, command or None)
        return len(line)
    if letter in ("a", "i", "c", "b", "t", "T", ":", "#"):
        return len(line)
    return at + 1


def _runs(call: Invocation, command: str | None) -> None:
    inner = call.state.child("sed")
    code.run("shell", command, inner, origin="local", stdin=call.stdin, words=[], program="sh")


def _address(line: str, at: int) -> int:
    """Skips numbers, `$`, `/re/`, `\\cREc`, ranges, blanks, `!` and braces."""
    while at < len(line):
        sign = line[at]
        if sign == "/" or (sign == "\\" and at + 1 < len(line)):
            close = "/" if sign == "/" else line[at + 1]
            at = _until(line, at + (1 if sign == "/" else 2), close)
            while at < len(line) and line[at] in "IM":
                at += 1
        elif sign in "0123456789$,~+! \t;{}":
            at += 1
        else:
            break
    return at


def _until(line: str, at: int, close: str) -> int:
    while at < len(line) and line[at] != close:
        at += 2 if line[at] == "\\" else 1
    return at + 1


def _substitution(call: Invocation, line: str, at: int) -> int:
    kind, close = line[at], line[at + 1]
    end = _until(line, _until(line, at + 2, close), close)
    if kind == "y":
        return end
    while end < len(line) and line[end] not in "};":
        if line[end] == "w":
            call.write(Argument(line[end + 1 :].strip()), verb="write")
            return len(line)
        if line[end] == "e":
            _runs(call, line[_until(line, at + 2, close) : _until(line, _until(line, at + 2, close), close) - 1].replace("\\", ""))
            call.unknown("sed runs what a substitution made")
        end += 1
    return end
