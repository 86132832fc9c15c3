"""Commands that run on another machine or in a container: only what they do to this one, or to data, counts here."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DATABASE, DELETE, GIT, INFRA, READ, WRITE, Surroundings
from twelve.factors.guardrails.actions.invocation import Invocation
from twelve.factors.guardrails.actions.options import Argument
from twelve.factors.guardrails.actions.paths import Place
from twelve.factors.guardrails.actions.state import State, Work

_EVERYWHERE = (DATABASE, INFRA)
_MOUNTED = (READ, WRITE, DELETE, GIT)


def follow(call: Invocation, words: list[Argument], mounts: dict[str, str], cwd: str = "/") -> None:
    """Runs the words apart; keeps databases and clusters, and files below a mount under the name they have here."""
    if not words:
        return
    outer = call.state.work
    around = outer.surroundings
    work = Work(Surroundings(root="", cwd=cwd, home="/root", look=False))
    work.walk, work.run, work.left = outer.walk, outer.run, outer.left
    state = State(work, call.state.scope.child(), (Place(cwd),))
    state.via, state.depth = (*call.state.via, call.name), call.state.depth + 1
    work.run(words, state, call.stdin, call.source)
    outer.left = work.left
    for action in work.actions:
        if action.kind in _EVERYWHERE:
            outer.actions.append(action)
        elif action.kind in _MOUNTED and action.path:
            here = _here(action.path, mounts)
            if here:
                action.path = action.real = here
                outer.actions.append(action)
    outer.surroundings = around


def _here(path: str, mounts: dict[str, str]) -> str:
    for inside in sorted(mounts, key=len, reverse=True):
        if path == inside or path.startswith(inside.rstrip("/") + "/"):
            return (mounts[inside].rstrip("/") + path[len(inside.rstrip("/")) :]).rstrip("/") or "/"
        if inside.startswith(path.rstrip("/") + "/"):
            return mounts[inside]
    return ""
