"""Which paths are under watch right now: lists from the policy, with what the folders among them hold at this moment."""

from __future__ import annotations

import posix

from twelve.factors.guardrails.policy import places
from twelve.interfaces.hooks import contents, occasion, relocating, trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from twelve.interfaces.hooks.entry import Site

MOST = 900
"""Paths compared after a call (ours: each costs a few microseconds)."""
FOLDER_MOST = 150
"""Entries of one watched folder, with all that lies below it (ours)."""
DEPTH = 5
TREES = 20
"""Further work trees looked at (ours)."""
STEPS = 6_000
"""Entries of a tree looked through for protected names when a session begins (ours)."""
ALIVE_S = 3_600
"""A work tree whose own seals were looked at so lately has a session of its own that watches it."""
RECORDS = frozenset(("runs", "bundles", "patterns", "lessons", "backlog", "decisions", "memory"))
"""Folders of `.twelve/` that hold what the loop writes; the rest of it decides something."""
PASSING = (".new", ".tmp", ".lock", ".sample", "~")
"""Ends of files that are there for a moment, or for show."""
BARREN = frozenset((".git", "node_modules", ".venv", "venv", "__pycache__", ".tox", ".mypy_cache", ".ruff_cache", ".pytest_cache", "target", "dist", "build", "vendor"))  # fmt: skip  # noqa: E501
GROUPS = ("protect-policy", "protect-ci")


class Watched:
    """Absolute paths, the work trees they were listed for, and how many were left out because there are too many.

    `loose` are those that this session's environment adds: another session of the same tree may not know them.
    """

    __slots__ = ("loose", "over", "paths", "roots")

    def __init__(self, site: Site, root: str) -> None:
        sealed = site.config["sealed"]
        self.over = 0
        self.roots = roots(site, root)
        self.loose = frozenset(_chosen(site.config["home"], sealed["files"]))
        found: dict[str, None] = {}
        for name in self._all(site, sealed, root):
            found[name] = None
        self.over += max(0, len(found) - MOST)
        self.paths = tuple(found)[:MOST]

    def _all(self, site: Site, sealed: dict[str, Any], root: str) -> Iterator[str]:
        state = site.state
        yield from (f"{state}/{name}" for name in sealed["state"])
        for name in sealed["kept"]:
            yield from self._below(f"{state}/{name}", 2)
        yield from sealed["files"]
        for folder in sealed["trees"]:
            yield from self._below(folder, DEPTH)
        yield from self.loose
        for place in self.roots:
            yield from self._tree(sealed, place)

    def _tree(self, sealed: dict[str, Any], root: str) -> Iterator[str]:
        yield from (f"{root}/{name}" for name in sealed["tree"])
        for name in sealed["folders"]:
            yield from self._below(f"{root}/{name}", DEPTH)
        folder = gitdir(root)
        if folder:
            yield from (f"{folder}/{name}" for name in sealed["gitdir"])

    def _below(self, folder: str, depth: int) -> Iterator[str]:
        """Files and links in a folder and its folders."""
        names = _listed(folder)
        self.over += max(0, len(names) - FOLDER_MOST)
        for name, is_folder in names[:FOLDER_MOST]:
            if not is_folder:
                yield f"{folder}/{name}"
            elif depth > 1 and not (name in RECORDS and folder.endswith("/.twelve")):
                yield from self._below(f"{folder}/{name}", depth - 1)
            elif depth <= 1:
                self.over += 1


def _listed(folder: str) -> list[tuple[str, bool]]:
    try:
        with posix.scandir(folder) as found:
            names = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in found if not entry.name.endswith(PASSING)]
    except OSError:
        return []
    names.sort()
    return names


def _chosen(home: str, names: tuple[str, ...]) -> Iterator[str]:
    """Settings at a place the person's environment names."""
    if (folder := occasion.variable("HOME"))[:1] == "/" and folder != home:
        yield from (folder + name[len(home) :] for name in names if name.startswith(home + "/"))
    for variable, names in (("CLAUDE_CONFIG_DIR", ("settings.json",)), ("CODEX_HOME", ("config.toml", "hooks.json"))):
        folder = occasion.variable(variable)
        if folder[:1] == "/":
            yield from (f"{folder}/{name}" for name in names)
    if (folder := occasion.variable("XDG_CONFIG_HOME"))[:1] == "/":
        yield f"{folder}/git/config"


def roots(site: Site, root: str) -> tuple[str, ...]:
    """The session's own work tree, and the others of the repository that no other session watches."""
    common = site.config["common"]
    found = [root]
    for name, is_folder in _listed(f"{common}/worktrees")[:TREES]:
        place = _first_line(f"{common}/worktrees/{name}/gitdir") if is_folder else ""
        if place.endswith("/.git"):
            found.append(place[:-5])
    if common.endswith("/.git"):
        found.append(common[:-5])
    return tuple(dict.fromkeys(place for place in found if place == root or not _watched_elsewhere(site.state, place)))


def _watched_elsewhere(state: str, root: str) -> bool:
    return not trail.older(seals(state, root), ALIVE_S)


def seals(state: str, root: str) -> str:
    """The file of one project folder's seals."""
    return f"{state}/seals/{trail.short(root)}.json"


def gitdir(root: str) -> str:
    """The git folder of one work tree; "" when it cannot be told."""
    named = _first_line(f"{root}/.git")
    if named.startswith("gitdir: "):
        return named[8:] if named[8:9] == "/" else ""
    return f"{root}/.git"


def _first_line(path: str) -> str:
    try:
        return contents.read(path)[:4096].decode("utf-8", "surrogateescape").partition("\n")[0].strip()
    except OSError:
        return ""


def deeper(site: Site, root: str) -> tuple[tuple[str, ...], int]:
    """Protected files anywhere in the tree, and how many entries were not looked at. Asked once, when a session begins."""
    policy = relocating.policy(root, (), site)
    groups = [policy["places"][name] for name in GROUPS]
    found: list[str] = []
    waiting = [root]
    steps = 0
    while waiting and steps < STEPS:
        folder = waiting.pop()
        for name, is_folder in _listed(folder):
            steps += 1
            path = f"{folder}/{name}"
            if is_folder and name not in BARREN and not (folder == root and name == ".twelve"):
                waiting.append(path)
            elif not is_folder and any(places.means(path, group, policy) for group in groups):
                found.append(path)
    return tuple(found[:FOLDER_MOST]), len(waiting) + max(0, len(found) - FOLDER_MOST)
