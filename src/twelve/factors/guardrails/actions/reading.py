"""Entrance: a tool call or a command line becomes actions. Never raises; what cannot be told is an UNKNOWN action."""

from __future__ import annotations

from twelve.factors.guardrails.actions import code, dispatch, walking
from twelve.factors.guardrails.actions.action import UNKNOWN, Action, Surroundings
from twelve.factors.guardrails.actions.calls import Call
from twelve.factors.guardrails.actions.links import normal
from twelve.factors.guardrails.actions.loading import load
from twelve.factors.guardrails.actions.paths import Place
from twelve.factors.guardrails.actions.state import State, Work
from twelve.factors.guardrails.actions.streams import Stream, silence
from twelve.system.shell.scope import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from twelve.factors.guardrails.actions.options import Argument
    from twelve.system.shell.syntax import Script

LINE_LIMIT = 1_000_000
"""Characters of a command line that are looked at."""


def actions_of(call: Call, surroundings: Surroundings) -> tuple[Action, ...]:
    """What the call would do, in the order it would happen."""
    if call.kind == "shell":
        found = _read(call.command, None, call.cwd, surroundings)
        if call.silent:
            found += (Action(UNKNOWN, program=call.name, detail="reading the call failed (no command)", certain=False),)
        return found + _read("", _as_patch(call), call.cwd, surroundings) if call.text else found
    found = _read("", call, call.cwd, surroundings)
    line = call.kind == "patch" and "*** Begin Patch" in call.text and not call.text.lstrip().startswith("*** Begin Patch")
    return found + _read(call.text, None, call.cwd, surroundings) if line else found


def _as_patch(call: Call) -> Call:
    return Call("patch", call.name, text=call.text, arguments=call.arguments, cwd=call.cwd)


def line_actions(command: str, surroundings: Surroundings) -> tuple[Action, ...]:
    """What the command line would do, in the order it would happen."""
    return _read(command, None, "", surroundings)


def _read(command: str, call: Call | None, cwd: str, surroundings: Surroundings) -> tuple[Action, ...]:
    found: list[Action] = []
    try:
        state = _begin(surroundings, cwd)
        found = state.work.actions
        if call is None:
            _line(command, state)
        else:
            load("twelve.factors.guardrails.actions.tools", "follow")(call, state)
    except Exception as trouble:  # noqa: BLE001 - a guard that raises is a guard that is gone
        found.append(Action(UNKNOWN, detail=f"reading the call failed ({type(trouble).__name__})", source=command[:400], certain=False))
    return tuple(found)


def _walk(script: Script, state: State, stdin: Stream) -> Stream:
    """Named late: a module is loaded when something of it is used, and a file that is written needs no shell."""
    return walking.walk(script, state, stdin)


def _run(words: list[Argument], state: State, stdin: Stream, source: str = "") -> Stream:
    return dispatch.run(words, state, stdin, source)


def _begin(surroundings: Surroundings, cwd: str) -> State:
    work = Work(surroundings)
    work.walk = _walk
    work.run = _run
    variables: dict[str, str | None] = dict(surroundings.variables)
    variables.update({"PPID": "$PPID", "HOME": surroundings.home, "0": "bash"})
    here = normal(cwd if cwd.startswith("/") else surroundings.cwd + "/" + cwd)
    scope = Scope(variables, home=surroundings.home, positional=())
    state = State(work, scope, (Place(here),))
    state.exported.update(surroundings.variables)
    state.go((Place(here),))
    return state


def _line(command: str, state: State) -> None:
    if len(command) > LINE_LIMIT:
        state.work.actions.append(Action(UNKNOWN, detail="the command line is too long to be read", certain=False))
        return
    if "\0" in command:
        state.work.actions.append(Action(UNKNOWN, detail="reading the line failed (a sign no line can hold)", certain=False))
    code.shell_text(command, state, silence())
