"""Limits and rules of coverage, linters and type checkers that became weaker, by the values before and after."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from twelve.factors.gates.integrity import judged, settings
from twelve.factors.gates.integrity.rules import finding
from twelve.model.finding import Finding, Severity

_Key = tuple[str, str]
_Flat = dict[_Key, tuple[str, Any]]
"""(tool, key) -> (path, value)."""

_AT_LEAST = re.compile(
    r"(?:^|\.)(?:fail[_-]under|cov[_-]fail[_-]under|minimum[_-]coverage|min[_-]coverage|score|min[_-]similarity[_-]lines|jobs_target)$"
    r"|(?:coverageThreshold|thresholds?|check-coverage)\..*(?:lines|branches|functions|statements)$|^(?:lines|branches|functions|statements)$|(?:^|\.)target$"
)
_AT_MOST = re.compile(
    r"(?:^|\.)(?:max[_-]?complexity|max[_-](?:args|arguments|branches|returns|statements|locals|nested[_-]blocks|public[_-]methods|module[_-]lines|warnings|lines)"
    r"|min-complexity|gocyclo\.min-complexity|cyclop\.max-complexity|funlen\.(?:lines|statements)"
    r"|max-issues-per-linter|max-same-issues|threshold)$"
)
_GROWS = re.compile(
    r"(?:^|\.)(?:ignore|extend[_-]ignore|per[_-]file[_-]ignores(?:\..*)?|extend-per-file-ignores(?:\..*)?|disable|disable[_-]error[_-]code|omit|exclude[_-]lines|exclude[_-]also"
    r"|norecursedirs|collect[_-]ignore|coveragePathIgnorePatterns|testPathIgnorePatterns|ignorePatterns|skips|linters\.disable|disable-all|exclude-rules"
    r"|exclude-files|exclude-dirs|extend-exclude|exclude|ignore[_-]paths|Exclude|deselect|ignore_codes|ignorePaths)$"
)
_SHRINKS = re.compile(
    r"(?:^|\.)(?:select|extend[_-]select|enable|linters\.enable|testpaths|enable[_-]error[_-]code|files|testMatch|rules_enabled|python_files|python_functions|python_classes|extends)$"
)
_STRICT = re.compile(
    r"(?:^|\.)(?:strict|strict_\w+|strict[A-Z]\w*|disallow_\w+|warn_\w+|check_untyped_defs|no_implicit_\w+|noImplicit\w+|noUnused\w+|noUnchecked\w+|exactOptional\w+|xfail_strict"
    r"|branch|check-coverage|checkCoverage|all"
    r"|alwaysStrict|enable_all|enable-all|typeCheckingMode|empty_parameter_set_mark|forbidOnly|extra_checks|local_partial_types)$"
)
_IMPLIED = re.compile(
    r"(?:^|\.)(?:disallow_\w+|check_untyped_defs|no_implicit_\w+|warn_(?:redundant_casts|unused_ignores|unused_configs|return_any)|extra_checks"
    r"|strict_\w+|noImplicit(?:Any|This)|strict[A-Z]\w*|alwaysStrict)$"
)
"""What `strict` switches on by itself (manuals of mypy and TypeScript)."""
_LENIENT = re.compile(
    r"(?:^|\.)(?:ignore_errors|ignore_missing_imports|passWithNoTests|allow_untyped_\w+|allow_redefinition|allowJs_unused|disable-all|disable_all|exit-zero|exit_zero|noEmitOnError_off|skip_covered_fail|informational)$"
)
_ADDOPTS = re.compile(r"--cov-fail-under[= ](\d+(?:\.\d+)?)")
_WEAKER_OPTIONS = re.compile(
    r"(?<![\w-])(?:-k[ =]?(?=\S)|--ignore(?:-glob)?[= ]\S+|--deselect[= ]\S+|--no-cov\b|-m[ =]?[\"']?not |-p no:\S+"
    r"|--disable-warnings\b|-W[ =]?ignore)"
)
_STRONGER_OPTIONS = re.compile(
    r"(?<![\w-])(?:--strict-markers|--strict-config|--strict|-W[ =]?error|--cov(?:=\S+)?(?= |$)|--doctest-modules|--cov-branch)"
)
_RULE = re.compile(r"(?:^|\.)rules\.(?P<name>.+)$")
_LEVELS = {"off": 0, "0": 0, "none": 0, "warn": 1, "1": 1, "warning": 1, "info": 1, "error": 2, "2": 2}
_CODE = re.compile(r"[A-Z]+\d*|[a-z]+(?:-[a-z]+)+")
_CHECKERS = frozenset(
    [
        "pytest",
        "coverage",
        "ruff",
        "flake8",
        "mypy",
        "pylint",
        "eslint",
        "jest",
        "nyc",
        "c8",
        "typescript",
        "codecov",
        "golangci",
        "biome",
        "bandit",
        "pyright",
        "rubocop",
        "isort",
        "xo",
        "ava",
        "tap",
        "vitest",
        "black",
        "pydocstyle",
    ]
)


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Finding]:
    """Findings about settings over the whole change: a setting that moved to another file is the same one."""
    old, new = _merged(before), _merged(after)
    strict = {tool for (tool, key), (_path, value) in new.items() if key.rpartition(".")[2] == "strict" and settings.boolean(value)}
    tools = {tool for tool, _key in new}
    for (tool, key), (path, value) in sorted(old.items(), key=lambda entry: entry[0]):
        if tool not in _CHECKERS and not tool.startswith("mypy"):
            continue
        place, now = new.get((tool, key), _elsewhere(new, key) or (path, None))
        if now != value and not (tool in strict and _IMPLIED.search(key) and now is None):
            yield from _judged(tool, key, place, value, now, gone=tool not in tools)
    for (tool, key), (path, value) in sorted(new.items(), key=lambda entry: entry[0]):
        known = any(other == tool for other, _key in old)
        if (tool, key) not in old and known and tool in _CHECKERS and _elsewhere(old, key) is None:
            yield from _judged(tool, key, path, None, value, gone=False)


def _merged(texts: Mapping[str, str]) -> _Flat:
    found: _Flat = {}
    for path, text in sorted(texts.items()):
        if judged.is_settings(path) and not path.startswith(("examples/", "playground/", "packages/create-")):
            for key, value in settings.flat(path, text).items():
                found.setdefault(key, (path, value))
    return found


def _elsewhere(side: _Flat, key: str) -> tuple[str, Any] | None:
    """The same last word of a key under another tool or section: flake8's `ignore` that became ruff's."""
    last = key.rpartition(".")[2].replace("-", "_")
    return next(
        (found for (tool, other), found in side.items() if other.rpartition(".")[2].replace("-", "_") == last and tool in _CHECKERS), None
    )


def _judged(tool: str, key: str, path: str, old: Any, new: Any, *, gone: bool) -> Iterator[Finding]:
    if gone and not (_AT_LEAST.search(key) and settings.number(old) is not None):
        return
    said = _limit(key, old, new) or _lists(key, old, new) or _switch(key, old, new) or _level(key, old, new) or _options(key, old, new)
    if said:
        rule, message, severity = said
        yield finding(rule, path, f"{tool} {key}: {message}", anchor=f"{tool} {key}", severity=severity)


_Said = tuple[str, str, Severity] | None


def _limit(key: str, old: Any, new: Any) -> _Said:
    was, now = settings.number(old), settings.number(new)
    if was is None or (now is None and new is not None):
        return None
    if _AT_LEAST.search(key) and (now is None or now < was):
        return "threshold-lowered", f"{was:g} became {'nothing' if now is None else f'{now:g}'}", Severity.ERROR
    if _AT_MOST.search(key) and (now is None or now > was):
        return "threshold-lowered", f"{was:g} became {'nothing' if now is None else f'{now:g}'}", Severity.ERROR
    return None


def _lists(key: str, old: Any, new: Any) -> _Said:
    if _GROWS.search(key):
        more = settings.items(new) - settings.items(old)
        if "per" in key:
            more = frozenset(item for item in more if _CODE.fullmatch(item.rstrip(",")))
        if more and not (old is None and "per" in key):
            wide = re.search(r"(?:^|\.)(?:exclude|extend-exclude|norecursedirs|exclude_lines|exclude_also|omit)$", key)
            return "lint-disabled", f"also leaves out {_listed(more)}", Severity.WARNING if wide else Severity.ERROR
        return ("lint-disabled", f"also leaves out {_listed(more)}", Severity.WARNING) if more else None
    if _SHRINKS.search(key) and isinstance(old, frozenset | str):
        fewer = settings.items(old) - settings.items(new)
        more = settings.items(new) - settings.items(old)
        if fewer and not more and "ALL" not in settings.items(new):
            return "lint-disabled", f"no longer has {_listed(fewer)}", Severity.ERROR
    return None


def _switch(key: str, old: Any, new: Any) -> _Said:
    was, now = settings.boolean(old), settings.boolean(new)
    if _STRICT.search(key) and was is True and now is not True:
        return "lint-disabled", "is switched off", Severity.ERROR
    if _LENIENT.search(key) and now is True and was is not True:
        return "lint-disabled", "is switched on", Severity.WARNING if "-" in key or ":" in key else Severity.ERROR
    return None


def _level(key: str, old: Any, new: Any) -> _Said:
    found = _RULE.search(key)
    if not found or new is None:
        return None
    if re.match(r"complexity|max-", found["name"]) and (limit := _raised(old, new)):
        return "threshold-lowered", limit, Severity.ERROR
    was, now = _rank(old), _rank(new)
    if now is None or now >= (2 if was is None else was):
        return None
    severity = Severity.WARNING if old is None else Severity.ERROR
    return "lint-disabled", f"is {_levelled(now)} instead of {_levelled(2 if was is None else was)}", severity


def _raised(old: Any, new: Any) -> str:
    was = next((float(item) for item in settings.items(old) if item.isdigit() and int(item) > 2), None)
    now = next((float(item) for item in settings.items(new) if item.isdigit() and int(item) > 2), None)
    return f"{was:g} became {now:g}" if was is not None and now is not None and now > was else ""


def _rank(value: Any) -> int | None:
    if isinstance(value, frozenset):
        return next((_LEVELS[item] for item in sorted(value) if item in _LEVELS), None)
    return _LEVELS.get(str(value).strip().lower()) if value is not None and not isinstance(value, bool) else None


def _levelled(rank: int) -> str:
    return ("off", "a warning", "an error")[rank]


def _options(key: str, old: Any, new: Any) -> _Said:
    if not key.endswith("addopts") and not key.endswith("filterwarnings"):
        return None
    was, now = _joined(old), _joined(new)
    before, after = _ADDOPTS.search(was), _ADDOPTS.search(now)
    if before and (not after or float(after[1]) < float(before[1])):
        return "threshold-lowered", f"--cov-fail-under {before[1]} became {after[1] if after else 'nothing'}", Severity.ERROR
    fresh = [found[0] for found in _WEAKER_OPTIONS.finditer(now) if found[0] not in was]
    if fresh:
        return "check-narrowed", f"runs less ({', '.join(fresh)})", Severity.ERROR
    dropped = [found[0] for found in _STRONGER_OPTIONS.finditer(was) if found[0] not in now]
    if key.endswith("filterwarnings") and "error" in was.split() and "error" not in now.split():
        dropped.append("error")
    return ("lint-disabled", f"no longer has {', '.join(dropped)}", Severity.WARNING) if dropped else None


def _joined(value: Any) -> str:
    return " ".join(sorted(value)) if isinstance(value, frozenset) else " ".join(str(value or "").split())


def _listed(items: frozenset[str]) -> str:
    shown = sorted(items)
    return ", ".join(item[:60] for item in shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")
