"""Short words for tests about actions: what a line does, told as tuples a person can read."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import Action, Surroundings
from twelve.factors.guardrails.actions.reading import line_actions

ROOT = "/repo"
HOME = "/home/ann"


def surroundings(*, cwd: str = ROOT, root: str = ROOT, look: bool = False, **variables: str) -> Surroundings:
    return Surroundings(root=root, cwd=cwd, home=HOME, variables=dict(variables), look=look)


def actions(line: str, at: Surroundings | None = None) -> tuple[Action, ...]:
    return line_actions(line, at or surroundings())


def paths(line: str, kind: str, at: Surroundings | None = None) -> list[str]:
    """Paths of the actions of one kind, in order."""
    return [action.path for action in actions(line, at) if action.kind == kind]


def first(line: str, kind: str, at: Surroundings | None = None) -> Action:
    """The first action of one kind."""
    return next(action for action in actions(line, at) if action.kind == kind)


def kinds(line: str, at: Surroundings | None = None) -> set[str]:
    return {action.kind for action in actions(line, at)}
