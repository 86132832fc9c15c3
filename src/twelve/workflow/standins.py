"""Paths that are taken for something else than they look like: what a reader of the change does not see, or what runs in place
of a tool.

Only what a change adds or alters is looked at; what the target already holds was agreed to there.
"""

from __future__ import annotations

import posixpath
import sys
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping

from twelve.factors.approvals.record import FileChange
from twelve.model.gate import GateSettings
from twelve.system import git

ATTRIBUTES = ".gitattributes"
PLANTED = "programs there run in place of those that are meant"
ALIKE = "on some systems it is the same file as another one"
ELSEWHERE = "it stands for something else, a link or a submodule"
CONVERTED = "it decides what files look like in a diff, an archive or a work tree"
SHADOWS = "a gate's tools would load it in place of their own module"
_PROGRAMS = (".venv/", "venv/", "node_modules/")
"""Folders whose programs run instead of the ones that are meant; nobody commits them by accident alone."""
_TOOLS = frozenset(
    (
        *("_pytest", "coverage", "hypothesis", "iniconfig", "mypy", "nox", "packaging", "pip", "pkg_resources", "pluggy", "pytest"),
        *("pytest_cov", "ruff", "setuptools", "sitecustomize", "tox", "twelve", "usercustomize", "xdist", "yaml"),
    )
)
"""Modules that Python's own tools load by bare names, beside those of its library."""
_COMMON = frozenset(("test",))
"""Library modules no tool loads, whose names projects give to folders of their own; as folders they are left alone."""
_SUBMODULE, _LINK = ":160000", ":120000"


def find(repository: git.Repository, head: str, files: Iterable[FileChange], gates: Mapping[str, GateSettings]) -> dict[str, str]:
    """Changed path -> why a person has to look at it."""
    added = [item for item in files if item.after]
    known = repository.lines("ls-tree", "-r", "-z", "--name-only", "--full-tree", head)
    found: dict[str, str] = {}
    for reason, paths in (
        (SHADOWS, _shadows(added, gates)),
        (CONVERTED, (item.path for item in files if posixpath.basename(item.path).casefold() == ATTRIBUTES)),
        (ELSEWHERE, _elsewhere(files)),
        (ALIKE, _alike(added, known)),
        (PLANTED, (item.path for item in added if _in_programs(item.path))),
    ):
        found.update(dict.fromkeys(paths, reason))
    return found


def _in_programs(path: str) -> bool:
    return any(path.startswith(folder) or f"/{folder}" in path for folder in _PROGRAMS)


def _elsewhere(files: Iterable[FileChange]) -> Iterator[str]:
    """Submodules and links, however they change: what they stand for can change without them, or lie under another name."""
    for item in files:
        if item.before.endswith(_SUBMODULE) or item.after.endswith((_SUBMODULE, _LINK)) or item.path == ".gitmodules":
            yield item.path


def _alike(added: Iterable[FileChange], known: Iterable[str]) -> Iterator[str]:
    """Added paths that some file system cannot tell from another path, or from a folder on the way to one."""
    spelled: dict[str, set[str]] = {}
    for path in known:
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            place = "/".join(parts[:depth])
            spelled.setdefault(_folded(place), set()).add(place)
    for item in added:
        parts = item.path.split("/")
        if any(len(spelled.get(_folded("/".join(parts[:depth])), ())) > 1 for depth in range(1, len(parts) + 1)):
            yield item.path


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _shadows(added: Iterable[FileChange], gates: Mapping[str, GateSettings]) -> Iterator[str]:
    roots = {"", "src"} | {folder for gate in gates.values() for folder in _roots(gate)}
    names = set(sys.stdlib_module_names) | _TOOLS | {name for gate in gates.values() for name in _modules(gate)}
    for item in added:
        if item.before and not item.before.endswith((_LINK, _SUBMODULE)):
            continue
        if any(_is_module(item.path, root, names) for root in roots):
            yield item.path


def _roots(gate: GateSettings) -> Iterator[str]:
    """Folders Python searches first when this gate runs: where it starts, and where the script lies that it starts."""
    cwd = posixpath.normpath(gate.cwd)
    yield "" if cwd == "." else cwd
    for word in gate.command:
        if word.endswith(".py"):
            yield posixpath.dirname(posixpath.normpath(posixpath.join(cwd, word)))


def _modules(gate: GateSettings) -> Iterator[str]:
    yield from (posixpath.basename(word) for word in gate.command[:1])
    yield from (gate.command[place + 1].split(".")[0] for place, word in enumerate(gate.command[:-1]) if word == "-m")


def _is_module(path: str, root: str, names: Collection[str]) -> bool:
    """Whether Python, searching in `root`, would take this file for one of these modules or a part of it."""
    if root and not path.startswith(f"{root}/"):
        return False
    first, _, rest = path[len(root) + 1 if root else 0 :].partition("/")
    if rest:
        return first in names and first not in _COMMON and rest.startswith("__init__.")
    stem, _, ending = first.partition(".")
    return stem in names and (ending in ("py", "pyc", "so") or ending.endswith((".so", ".pyd")) or ending == "pyd")
