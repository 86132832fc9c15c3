"""Files that judge the work although no plan names them: tests that are there already, and what decides how tests run.

A pinned test proves nothing once a `conftest.py` beside it rewrites its results, a `pytest.ini` only collects, or a
`unittest.py` in the tree stands before the real one. Such files are compared with the run's base; a change is an
oracle's change: red until it is put back or a person approved it. A plan that means to change one lists it under
`creates_oracles` and `oracles`, in a step before the work it judges.
"""

from __future__ import annotations

import configparser
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from twelve.model.errors import TwelveError
from twelve.system import documents, files, git
from twelve.workflow import oracles
from twelve.workflow.machine import OracleFacts
from twelve.workflow.phases import wording

TEST = "an existing test"
RUNNER = "it decides how tests or gates run"
SHADOW = "it stands before a module the test runner imports"

_LIMIT = 2_000_000
"""Largest file of the base that is compared, bytes; tests and settings of tools are far smaller (ours)."""
_TEST_FOLDERS = frozenset({"tests", "test", "__tests__", "testdata", "__snapshots__"})
_SETTINGS = re.compile(
    r"(conftest\.py|\.?pytest\.(ini|toml)|\.coveragerc|noxfile\.py|(site|user)customize\.py|[^/]+\.pth"
    r"|(jest|vitest|vite|playwright|karma|cypress)\.config\.[a-z]+|\.mocharc\.[a-z]+|\.rspec|phpunit\.xml(\.dist)?"
    r"|(GNU)?[Mm]akefile|[^/]+\.mk|[Jj]ustfile|Taskfile\.ya?ml|twelve\.toml|\.pre-commit-config\.ya?ml"
    r"|\.?ruff\.toml|\.?mypy\.ini|\.yamllint(\.ya?ml)?|\.shellcheckrc|\.secrets\.baseline|\.flake8|\.eslintrc[^/]*)"
)
_SHARED = frozenset({"pyproject.toml", "setup.cfg", "tox.ini", "package.json"})
"""Files that hold more than settings of checkers; only that part of them counts."""
_TABLES = ("pytest", "coverage", "ruff", "mypy", "tox", "nox", "hatch")
_SECTIONS = ("tool:pytest", "pytest", "mypy", "coverage", "flake8", "testenv", "tox", "unittest")
_KEYS = ("scripts", "jest", "mocha", "ava", "nyc", "c8", "vitest", "eslintConfig")
_IMPORT_FOLDERS = frozenset({"src", "lib", *_TEST_FOLDERS})
_RUNNERS = frozenset({"pytest", "_pytest", "pluggy", "iniconfig", "coverage", "hypothesis", "nose2", "xdist"})
_OWN_NAMES = frozenset({"test", "site"})
"""Names of the standard library that projects use for folders of their own and no runner imports from the path."""
_MODULES = (sys.stdlib_module_names | _RUNNERS) - _OWN_NAMES


def role(path: str, base: Collection[str]) -> str:
    """Why a file judges the work, in words; "" when it does not. `base`: files the run started from."""
    parts = PurePosixPath(path).parts
    if not parts:
        return ""
    if _SETTINGS.fullmatch(parts[-1]) or parts[-1] in _SHARED:
        return RUNNER
    if path in base and (wording.judging_path(path) or _TEST_FOLDERS.intersection(parts[:-1])):
        return TEST
    if parts[-1] == "__init__.py" and _TEST_FOLDERS.intersection(parts[:-1]):
        return RUNNER
    return SHADOW if path not in base and _shadows(parts) else ""


def watched(tree: git.Repository, base: str, files_of: Collection[str], changed: Iterable[str]) -> tuple[OracleFacts, ...]:
    """The files of this kind that are not what they were in `base`, ignored ones included. Raises GitError."""
    return tuple(_compared(tree, base, files_of, sorted({*changed, *_ignored(tree)})))


def _compared(tree: git.Repository, base: str, files_of: Collection[str], paths: Iterable[str]) -> Iterator[OracleFacts]:
    for path in paths:
        why = role(path, files_of)
        if not why:
            continue
        before = _before(tree, base, path) if path in files_of else None
        seen = oracles.look(tree.root, path)
        violation = _violation(tree, path, before, seen)
        if violation:
            pinned = files.digest_bytes(before) if before is not None else "missing"
            yield OracleFacts(path=path, exists=seen.regular, pinned=pinned, current=seen.current, violation=violation, role=why)


def _violation(tree: git.Repository, path: str, before: bytes | None, seen: oracles.Look) -> str:
    if not seen.regular:
        return "" if before is None and seen.current == "missing" else seen.current
    now = _read(tree, path)
    if now is None:
        return "too large"
    name = PurePosixPath(path).name
    if name in _SHARED:
        return "" if _part(name, before or b"") == _part(name, now) else "changed where it configures checks"
    if before is None:
        return "" if name == "__init__.py" and not now.strip() else "created"
    return "" if before == now else "changed"


def _before(tree: git.Repository, base: str, path: str) -> bytes:
    """The base's content; for one too large to compare a text that equals no file."""
    try:
        return tree.show(base, path, _LIMIT) or b""
    except git.GitError:
        return f"too large in {base}".encode()


def _read(tree: git.Repository, path: str) -> bytes | None:
    try:
        return files.read_bounded(files.confined(tree.root, path), _LIMIT)
    except TwelveError:
        return None


def _ignored(tree: git.Repository) -> Iterator[str]:
    """Ignored files and folders outside of ignored folders: in no commit, and still read by a test runner."""
    for line in tree.lines("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", "--no-empty-directory"):
        yield line.rstrip("/")


def _shadows(parts: tuple[str, ...]) -> bool:
    """Whether a module can stand before one of the standard library or of a test runner: from a folder Python imports from."""
    inner = parts[1:] if len(parts) > 1 and parts[0] in _IMPORT_FOLDERS else parts
    name, _, suffix = inner[0].partition(".")
    if name not in _MODULES or len(inner) > 2:
        return False
    # A folder alone is a namespace package, which never comes before a regular module of that name.
    start, _, suffix = inner[1].partition(".") if len(inner) > 1 else ("__init__", "", suffix)
    return start == "__init__" and (suffix in ("", "py", "pyc") or suffix.endswith("so"))


def _part(name: str, data: bytes) -> Any:
    """What in a shared file configures checks; the whole when it cannot be read as what it should be."""
    text = data.decode("utf-8", "replace")
    try:
        if name == "pyproject.toml":
            tools = documents.load_toml(text, name=name).get("tool", {})
            return {table: tools[table] for table in _TABLES if table in tools} if isinstance(tools, dict) else tools
        if name == "package.json":
            top = documents.load_json(text, name=name) if text.strip() else {}
            return {key: top[key] for key in _KEYS if key in top} if isinstance(top, dict) else top
        parser = configparser.RawConfigParser(strict=False)
        parser.read_string(text)
        return {section: dict(parser[section]) for section in parser.sections() if section.startswith(_SECTIONS)}
    except (TwelveError, configparser.Error):
        return text
