"""The policy of one work tree turned into that of another, and what only the running process can know added to it.

One bundle serves all work trees of a repository; it was compiled for one of them.
"""

from __future__ import annotations

import posix

from twelve.factors.guardrails.actions import links
from twelve.factors.guardrails.actions.action import KILL
from twelve.interfaces.hooks import occasion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action
    from twelve.interfaces.hooks.entry import Site

    Pattern = tuple[str, tuple[str, ...]]

GENERATIONS = 12
"""How far up the processes above are followed (ours)."""


def policy(root: str, actions: tuple[Action, ...], site: Site) -> dict[str, Any]:
    """The policy for a call in the work tree at `root`."""
    compiled = site.policy
    if root != site.config["root"]:
        compiled = moved(compiled, root)
    if extra := _temporary(compiled):
        compiled = {**compiled, "temp": (*compiled["temp"], *extra)}
    if any(action.kind == KILL for action in actions):
        compiled = {**compiled, "parents": _parents()}
    return compiled


def _temporary(compiled: dict[str, Any]) -> tuple[str, ...]:
    """The session's own folder for passing things, unless it holds the tree or a home and so would open everything."""
    folder = occasion.variable("TMPDIR")
    folder = links.normal(folder) if folder[:1] == "/" else "/"
    forms = tuple(dict.fromkeys((folder, links.real(folder))))
    held = (*compiled["roots"], *compiled["homes"], *compiled["common"])
    whole = folder == "/" or any(_inside(place, form) for place in held for form in forms)
    return () if whole or folder[:1] != "/" else forms


def moved(compiled: dict[str, Any], root: str) -> dict[str, Any]:
    """What is protected in the first tree is protected in this one and still in that one; only this one is the tree."""
    places = {id: _group(group, compiled["roots"], root) for id, group in compiled["places"].items()}
    return {**compiled, "roots": tuple(dict.fromkeys((root, links.real(root)))), "places": places}


def _group(group: dict[str, Any], roots: tuple[str, ...], root: str) -> dict[str, Any]:
    within = (*group["within"], root) if group["within"] else ()
    # a tree that is a work tree of ours is not itself our state, wherever it lies
    excepted = _both(group["except"], roots, root)
    paths = tuple(pattern for pattern in _both(group["paths"], roots, root) if not _holds(pattern, root))
    return {**group, "paths": paths, "except": excepted, "within": within}


def _both(patterns: tuple[Pattern, ...], roots: tuple[str, ...], root: str) -> tuple[Pattern, ...]:
    return (*patterns, *(((root + folder[len(old) :], rest)) for folder, rest in patterns for old in roots if _inside(folder, old)))


def _holds(pattern: Pattern, root: str) -> bool:
    """Whether a pattern covers everything below a folder the work tree lies in."""
    folder, rest = pattern
    return rest == ("**",) and root.startswith(folder + "/")


def _inside(folder: str, root: str) -> bool:
    return folder == root or folder.startswith(root + "/")


def _parents() -> tuple[str, ...]:
    """Numbers of this process and those above it, the client among them."""
    found = [str(posix.getpid()), str(posix.getppid())]
    while len(found) < GENERATIONS and found[-1] not in ("0", "1"):
        try:
            descriptor = posix.open(f"/proc/{found[-1]}/stat", posix.O_RDONLY | posix.O_CLOEXEC)
        except OSError:
            break
        try:
            # the name in parentheses may hold blanks and parentheses itself
            found.append(posix.read(descriptor, 4096).rpartition(b")")[2].split()[1].decode())
        except (OSError, IndexError):
            break
        finally:
            posix.close(descriptor)
    return tuple(found)
