"""What must and must not be in named files: presence, text, size, and values in YAML, JSON and TOML."""

from __future__ import annotations

import re
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from twelve.factors.gates import globs, reports
from twelve.factors.gates.kind import Job
from twelve.factors.gates.reading import lookup
from twelve.model.errors import TwelveError
from twelve.model.finding import Finding
from twelve.model.gate import Cost, Seed
from twelve.model.verdict import Report
from twelve.system import documents, files

SUMMARY = "named files exist, say what they must and nothing they must not"
COST = Cost.SYNTAX
TOOL = ""
INPUTS: tuple[str, ...] = ("**",)
TIMEOUT_S = 60.0


class Value(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One value in a structured file; `at` is written as `lookup` explains."""

    at: str
    equals: Any = UNSET
    absent: bool = False


class Assertion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What must hold for one file, or for every file a glob matches."""

    path: str
    """Repository-relative path, or a glob."""
    exists: bool = True
    """False: no file may match."""
    contains: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    """Python regular expressions, searched line-wise (MULTILINE)."""
    not_matches: tuple[str, ...] = ()
    max_lines: int | UnsetType = UNSET
    values: tuple[Value, ...] = ()
    reason: str = ""
    """Why this must hold; shown with the finding."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gates.<id>.options]` of the kind `file_assertions`."""

    assertions: tuple[Assertion, ...] = ()
    """Tables. Which files: `path`, exact or a glob. What must hold: `exists = false`, `contains`, `not_contains`, `matches`,
    `not_matches` (lists), `max_lines`, and `values`: tables of `at` with `equals` or `absent = true` in YAML, JSON, TOML and
    Markdown frontmatter, where `at` is a path such as `project.version`, `jobs[0].name`, `jobs[name=test].steps[*].run` or
    `labels["example.com/team"]`. `reason` is shown with the finding."""
    max_bytes: int = 2_000_000
    """Largest file that is read, bytes (ours)."""


def check(job: Job, options: Options) -> Report:
    """Judge every assertion. A bad regular expression or path is ERROR, not FAIL."""
    if not options.assertions:
        return reports.nothing("the gate has no assertions", f"add [[gates.{job.gate}.options.assertions]]")
    try:
        findings = [finding for assertion in options.assertions for finding in _judge(job, assertion, options.max_bytes)]
    except re.error as error:
        return reports.error("a regular expression cannot be read", str(error))
    return reports.judged(findings, f"{reports.counted(len(options.assertions), 'assertion')} held")


def seed(job: Job, options: Options) -> Seed | None:
    """Remove a file that must exist, add a text that must not be there, or create a file that must not exist."""
    for assertion in options.assertions:
        targets = _targets(job, assertion.path)
        if assertion.exists and len(targets) == 1:
            return Seed(file=targets[0], delete=True, because=f"{targets[0]} must exist")
        if targets and assertion.exists and assertion.not_contains:
            return Seed(file=targets[0], append=f"\n{assertion.not_contains[0]}\n", because=f"contains {assertion.not_contains[0]!r}")
        if not assertion.exists and not _is_glob(assertion.path):
            return Seed(file=assertion.path, write="seeded\n", because=f"{assertion.path} must not exist")
    return None


def _judge(job: Job, assertion: Assertion, limit: int) -> list[Finding]:
    targets = _targets(job, assertion.path)
    if not assertion.exists:
        return [_finding("file-forbidden", path, "must not exist", assertion, "remove it") for path in targets]
    if not targets:
        return [_finding("file-missing", assertion.path, "does not exist", assertion, "create it")]
    return [finding for path in targets for finding in _judge_file(job, path, assertion, limit)]


def _targets(job: Job, pattern: str) -> list[str]:
    if _is_glob(pattern):
        return list(globs.select((pattern,), job.files))
    target = files.confined(job.root, pattern)
    return [pattern] if target.is_file() else []


def _is_glob(pattern: str) -> bool:
    return any(sign in pattern for sign in "*?[{")


def _judge_file(job: Job, path: str, assertion: Assertion, limit: int) -> list[Finding]:
    wants_text = assertion.contains or assertion.not_contains or assertion.matches or assertion.not_matches or assertion.values
    if not wants_text and assertion.max_lines is UNSET:
        return []
    try:
        text = files.read_text(files.confined(job.root, path), limit)
    except TwelveError as error:
        return [_finding("file-unreadable", path, error.what, assertion, error.next)]
    return [*_judge_text(path, text, assertion), *_judge_values(path, text, assertion)]


def _judge_text(path: str, text: str, assertion: Assertion) -> list[Finding]:
    findings = [
        _finding("text-missing", path, f"does not contain {lookup.shown(wanted)!r}", assertion, "add it")
        for wanted in assertion.contains
        if wanted not in text
    ]
    for unwanted in assertion.not_contains:
        if (at := text.find(unwanted)) >= 0:
            findings.append(
                _finding(
                    "text-forbidden", path, f"contains {lookup.shown(unwanted)!r}", assertion, "remove it", text.count("\n", 0, at) + 1
                )
            )
    for pattern in assertion.matches:
        if not re.search(pattern, text, re.MULTILINE):
            findings.append(_finding("pattern-missing", path, f"nothing matches {lookup.shown(pattern)!r}", assertion, "add it"))
    for pattern in assertion.not_matches:
        if match := re.search(pattern, text, re.MULTILINE):
            line = text.count("\n", 0, match.start()) + 1
            findings.append(_finding("pattern-forbidden", path, f"matches {lookup.shown(pattern)!r}", assertion, "change that line", line))
    lines = text.count("\n") + (not text.endswith("\n") and bool(text))
    if assertion.max_lines is not UNSET and lines > assertion.max_lines:
        findings.append(_finding("file-too-long", path, f"{lines} lines, more than {assertion.max_lines}", assertion, "split it"))
    return findings


def _judge_values(path: str, text: str, assertion: Assertion) -> list[Finding]:
    if not assertion.values:
        return []
    try:
        document = _parse(path, text)
    except TwelveError as error:
        return [_finding("file-unparsable", path, error.what, assertion, error.next)]
    return [finding for value in assertion.values for finding in _judge_value(path, document, value, assertion)]


def _judge_value(path: str, document: Any, value: Value, assertion: Assertion) -> list[Finding]:
    found = lookup.find(document, value.at)
    if value.absent:
        return [_finding("value-forbidden", path, f"{value.at} must be absent", assertion, "remove it", anchor=value.at)] if found else []
    if not found:
        return [_finding("value-missing", path, f"{value.at} is absent", assertion, "add it", anchor=value.at)]
    if value.equals is UNSET:
        return []
    return [
        _finding(
            "value-wrong",
            path,
            f"{value.at} is {lookup.shown(item)}, not {lookup.shown(value.equals)}",
            assertion,
            "correct it",
            anchor=value.at,
        )
        for item in found
        if not lookup.same(item, value.equals)
    ]


def _parse(path: str, text: str) -> Any:
    suffix = path.rsplit(".", 1)[-1].lower()
    match suffix:
        case "json":
            return documents.load_json(text, name=path)
        case "toml":
            return documents.load_toml(text, name=path)
        case "yaml" | "yml":
            return documents.load_yaml(text, name=path)
        case "md":
            return documents.parse_document(text, name=path).meta
        case _:
            raise TwelveError(
                f"values cannot be read from a .{suffix} file", next="use a .yaml, .json, .toml or .md file (its frontmatter)"
            )


def _finding(rule: str, path: str, message: str, assertion: Assertion, fix: str, line: int = 0, *, anchor: str = "") -> Finding:
    said = f"{message} ({assertion.reason})" if assertion.reason else message
    return Finding(rule=rule, path=path, line=line, message=said, fix=fix, anchor=anchor or message)
