"""awk programs: `system()`, pipes from and to commands, output to files, getline from files."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.languages.literals import literals
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.state import State
from twelve.factors.guardrails.actions.streams import Stream


def follow(text: str, state: State, stdin: Stream, words: list[Argument], language: str) -> None:
    """Looks at what stands around string literals; a computed name or command is said to be unknown."""
    call = Invocation(language, words, state, stdin)
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
