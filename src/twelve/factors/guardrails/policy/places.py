"""Which protected place, if any, an action reaches. Both the path as written and the path behind all links count."""

from __future__ import annotations

from twelve.factors.guardrails.actions.action import DELETE, PRIVILEGE, READ, WRITE
from twelve.factors.guardrails.policy.globs import HIT, MISS, NEAR, SIGNS, meets, overlap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from twelve.factors.guardrails.actions.action import Action

CHANGING = (WRITE, DELETE, PRIVILEGE)
"""Kinds of action that change what a path holds, where it is, or who may use it."""
LEFTOVERS = (
    "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox", ".hypothesis", ".ipynb_checkpoints", "node_modules",
    ".next", ".turbo", ".parcel-cache", ".gradle", ".terraform", "target", "dist", "build", "coverage", "htmlcov", ".coverage",
    ".DS_Store", "Thumbs.db",
)  # fmt: skip
LEFT_ENDINGS = (".pyc", ".pyo", ".orig", ".rej", ".bak", ".tmp", ".log", ".swp", ".swo", "~", ".o", ".class", ".map", ".egg-info")
_EVERYWHERE = (".json", ".yaml", ".yml", ".toml", ".js", ".cjs", ".mjs", ".txt", ".conf", ".cfg", ".md", ".ts")
"""Endings that say nothing about a file."""
LINKS = ("link", "hardlink", "symlink")


def reaches(action: Action, group: dict[str, Any], policy: dict[str, Any]) -> str:
    """The protected path the action reaches, "" when it reaches none. `group` is one rule's compiled places."""
    below = action.recursive or action.partial
    for path in _both(action):
        found = _match(path, group, policy, glob=action.glob, below=below)
        if found == HIT or (found == NEAR and _counts(action, path, policy)):
            return path
    return _linked(action, group, policy)


def near(action: Action, group: dict[str, Any], policy: dict[str, Any]) -> str:
    """The folder above a protected place that the action may reach into, "" when there is none."""
    for path in _both(action):
        if _match(path, group, policy, glob=action.glob, below=True) != MISS:
            return path
    return ""


def inside(path: str, folders: tuple[str, ...]) -> str:
    """The longest of the folders that is or holds `path`, "" when none does."""
    best = ""
    for folder in folders:
        if (path == folder or path.startswith(folder.rstrip("/") + "/")) and len(folder) > len(best):
            best = folder
    return best


def holds(path: str, folders: tuple[str, ...]) -> bool:
    """Whether `path` is one of the folders or lies above one."""
    return any(folder == path or path == "/" or folder.startswith(path + "/") for folder in folders)


def outside(path: str, policy: dict[str, Any]) -> bool:
    """Whether a path belongs neither to the tree nor to a folder that may be written. The nearest folder decides."""
    own = inside(path, policy["roots"] + policy["writable"] + policy["temp"])
    return not own or len(own) < len(inside(path, policy["homes"]))


def excepted(path: str, group: dict[str, Any], policy: dict[str, Any]) -> bool:
    """Whether the policy says that a rule leaves this path alone."""
    path = path.lower() if policy["fold"] else path
    return _left_alone(path, path[path.rfind("/") + 1 :], group)


def _both(action: Action) -> tuple[str, ...]:
    if not action.path:
        return ()
    return (action.path,) if action.real == action.path else (action.path, action.real)


def _counts(action: Action, path: str, policy: dict[str, Any]) -> bool:
    """A folder above a protected place counts when it goes away, or when what changes is no larger than a part of the tree."""
    if action.kind == READ:
        return action.recursive and not inside(path, policy["roots"])
    if action.kind == DELETE and action.recursive:
        return True
    return not holds(path, policy["roots"] + policy["homes"])


def _linked(action: Action, group: dict[str, Any], policy: dict[str, Any]) -> str:
    """A second name for a protected file is a way to change it later under that name."""
    if action.kind != WRITE or action.verb not in LINKS or not action.target.startswith("/"):
        return ""
    found = _match(action.target, group, policy, glob=False, below=action.recursive)
    return action.target if found == HIT or (found == NEAR and action.recursive) else ""


def _match(path: str, group: dict[str, Any], policy: dict[str, Any], *, glob: bool, below: bool) -> int:
    if policy["fold"]:
        path = path.lower()
    name = path[path.rfind("/") + 1 :]
    if glob and _leftover(path, name):
        return MISS
    found = _by_name(path, name, group, glob=glob and any(sign in name for sign in SIGNS))
    if found != HIT:
        whole = not glob and not below
        for pattern in group["paths"]:
            if whole and not path.startswith(pattern[0]):
                continue
            found = max(found, meets(path, pattern, glob=glob, below=below))
            if found == HIT:
                break
    return MISS if found and not glob and _left_alone(path, name, group) else found


def _leftover(path: str, name: str) -> bool:
    """A search through every folder for what tools leave behind finds nothing that is protected."""
    return "/**/" in path and (name in LEFTOVERS or name.endswith(LEFT_ENDINGS))


def _by_name(path: str, name: str, group: dict[str, Any], *, glob: bool) -> int:
    if group["within"] and not inside(path, group["within"]):
        return MISS
    if name in group["names"] or any(folder in path + "/" for folder in group["folders"]):
        return HIT
    if glob:
        return _by_pattern(name, group)
    return HIT if any(overlap(name, known) for known in group["globs"]) else MISS


def _by_pattern(name: str, group: dict[str, Any]) -> int:
    """A pattern such as `*` or `*.json` would reach every name there is; what it finds in the folder is an action of its own.

    So it counts when it says something of its own: how the name begins, or an end that few other files have.
    """
    begins = not any(sign in name[:2] for sign in SIGNS)
    if begins and any(overlap(name, known, glob=True) for known in group["names"]):
        return HIT
    tail = name[1:] if name[0] == "*" else ""
    if tail and tail not in _EVERYWHERE and any(known.endswith(tail) for known in group["names"]):
        return HIT
    for known in group["globs"]:
        if known[0] == "*":
            if not any(sign in known[1:] for sign in SIGNS) and name.endswith(known[1:]):
                return HIT
        elif begins and overlap(name, known, glob=True):
            return HIT
    return MISS


def _left_alone(path: str, name: str, group: dict[str, Any]) -> bool:
    if any(overlap(name, known) for known in group["spared"]):
        return True
    return any(meets(path, pattern) == HIT for pattern in group["except"])


def means(path: str, group: dict[str, Any], policy: dict[str, Any]) -> bool:
    """Whether this one path is protected."""
    return _match(path, group, policy, glob=False, below=False) == HIT
