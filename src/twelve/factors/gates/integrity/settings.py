"""Settings of test runners, linters, type checkers and coverage as flat keys, whatever file they stand in."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from typing import Any

from twelve.factors.gates.integrity import judged
from twelve.system import documents

_INI = frozenset((".ini", ".cfg", ".coveragerc", ".flake8", ".pylintrc", "pylintrc"))
_TOOL_OF_FILE = {
    ".coveragerc": "coverage",
    ".flake8": "flake8",
    "ruff.toml": "ruff",
    ".ruff.toml": "ruff",
    "mypy.ini": "mypy",
    ".mypy.ini": "mypy",
    ".pylintrc": "pylint",
    "pylintrc": "pylint",
    "pytest.ini": "pytest",
    ".nycrc": "nyc",
    ".nycrc.json": "nyc",
    ".c8rc.json": "c8",
    "biome.json": "biome",
    "jest.config.json": "jest",
    ".rubocop.yml": "rubocop",
    ".taprc": "tap",
    ".pre-commit-config.yaml": "pre-commit",
}
_SECTIONS = {"tool:pytest": "pytest", "coverage:report": "coverage", "coverage:run": "coverage", "report": "coverage", "run": "coverage"}
_LIMIT = re.compile(r"^\s*['\"]?(branches|functions|lines|statements)['\"]?\s*:\s*(\d+(?:\.\d+)?)\b", re.MULTILINE)
_LEVEL = re.compile(r"^\s*['\"]?([\w@/-]+)['\"]?\s*:\s*\[?\s*['\"](off|warn|error)['\"]", re.MULTILINE)
_LISTED = re.compile(r"[\s,;]+")


def flat(path: str, text: str) -> dict[tuple[str, str], Any]:
    """(tool, dotted key) -> value; lists become frozensets of texts. Empty for a file that cannot be read."""
    name = path.rpartition("/")[2]
    try:
        document = _document(name, text)
    except (documents.DocumentError, configparser.Error, ValueError):
        return {}
    return {_keyed(name, trail): value for trail, value in _leaves(document, ()) if trail}


def _document(name: str, text: str) -> Any:
    if judged.PROGRAM.fullmatch(name):
        return _written_out(text)
    if name.endswith(".toml"):
        return documents.load_toml(text, name=name)
    if name.endswith(".json") or name in (".eslintrc", ".nycrc"):
        return documents.load_json(_without_comments(text), name=name)
    if name.endswith((".yml", ".yaml")) or name == ".taprc":
        return documents.load_yaml(text, name=name, lenient=True)
    if any(name.endswith(suffix) for suffix in _INI):
        return _ini(text)
    return {}


def _written_out(text: str) -> dict[str, Any]:
    """Limits of coverage and levels of rules that stand in a program as plain values."""
    limits = {found[1]: float(found[2]) for found in _LIMIT.finditer(text)}
    rules = {found[1]: found[2] for found in _LEVEL.finditer(text)}
    return {"coverageThreshold": {"global": limits}, "rules": rules}


def _without_comments(text: str) -> str:
    """tsconfig and eslintrc allow comments and trailing commas."""
    bare = re.sub(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?\*/', lambda found: found[1] or "", text, flags=re.DOTALL)
    return re.sub(r",(\s*[}\]])", r"\1", bare)


def _ini(text: str) -> dict[str, dict[str, Any]]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, comment_prefixes=("#", ";"))
    parser.read_string(text)
    return {section: dict(parser.items(section)) for section in parser.sections()}


def _leaves(value: Any, trail: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*trail, str(key)))
    elif isinstance(value, list):
        if all(not isinstance(item, dict | list) for item in value):
            yield trail, frozenset(map(str, value))
        else:
            yield trail, frozenset(repr(item) for item in value)
    else:
        yield trail, value


def _keyed(name: str, trail: tuple[str, ...]) -> tuple[str, str]:
    """The tool a key belongs to, and the key below it."""
    parts = list(trail)
    tool = _TOOL_OF_FILE.get(name, "")
    if name == "pyproject.toml" and parts[:1] == ["tool"] and len(parts) > 1:
        tool, parts = parts[1], parts[2:]
    elif name.endswith((".cfg", ".ini")) and len(parts) > 1:
        section = parts[0]
        tool = _SECTIONS.get(section) or re.split(r"[:\-]", section.removeprefix("tool:"))[0]
        parts = [*([section] if ":" in section or "-" in section else []), *parts[1:]]
    elif name in (".coveragerc", ".flake8", ".pylintrc", "pylintrc", "pytest.ini"):
        parts = parts[1:] or parts
    elif name == "package.json":
        tool, parts = {"eslintConfig": "eslint"}.get(parts[0], parts[0]), parts[1:]
    elif name.startswith("tsconfig"):
        tool = "typescript"
    elif name.startswith(".eslintrc"):
        tool = "eslint"
    elif judged.PROGRAM.fullmatch(name):
        tool = "eslint" if "eslint" in name else "jest"
    elif "codecov" in name:
        tool = "codecov"
    elif "golangci" in name:
        tool = "golangci"
    return tool or name, ".".join(parts)


def items(value: Any) -> frozenset[str]:
    """A list setting as a set; a text is split the way INI files write lists."""
    if isinstance(value, frozenset):
        return value
    return frozenset(part for part in _LISTED.split(value) if part) if isinstance(value, str) else frozenset()


def number(value: Any) -> float | None:
    """A limit as a number; `90%` is 90."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    found = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*%?\s*", value) if isinstance(value, str) else None
    return float(found[1]) if found else None


def boolean(value: Any) -> bool | None:
    """A switch in any spelling; None when it is none."""
    if isinstance(value, bool):
        return value
    low = str(value).strip().lower()
    return True if low in ("true", "yes", "on") else False if low in ("false", "no", "off") else None
