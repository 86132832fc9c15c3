"""Ruff: lint findings with rule, file and line; formatting on demand."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import msgspec

from twelve.factors.gates import reports, versions
from twelve.factors.gates.kind import Job
from twelve.model.finding import Finding
from twelve.model.gate import Cost, Seed
from twelve.model.verdict import Outcome, Report

SUMMARY = "ruff finds nothing in the Python files"
COST = Cost.SYNTAX
TOOL = "ruff"
INPUTS = ("*.py", "*.pyi", "pyproject.toml", "ruff.toml", ".ruff.toml")
TIMEOUT_S = 60.0
PURE = True

_SUFFIXES = (".py", ".pyi")
_NOTHING = "No Python files found"
_UNFORMATTED = re.compile(r"^Would reformat: (?P<old>.+)$|^unformatted: .*\n\s*--> (?P<new>.+):\d+:\d+$", re.MULTILINE)
"""What older and newer versions write about a file they would change."""


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: bool = False
    """Also require that `ruff format` would change nothing."""


def check(job: Job, options: Options) -> Report:
    """Lint, then compare the formatting if wanted. Ruff's own configuration decides which rules apply."""
    paths = [path for path in job.files if path.endswith(_SUFFIXES)]
    if not paths:
        return reports.nothing("no Python file", "correct the gate's inputs or remove the gate")
    findings: list[Finding] = []
    for portion in versions.portions(paths):
        answer = _lint(job, portion)
        if isinstance(answer, Report):
            return answer
        findings.extend(answer)
        answer = _format(job, portion) if options.format else []
        if isinstance(answer, Report):
            return answer
        findings.extend(answer)
    good = f"{reports.counted(len(paths), 'file')} clean"
    return reports.judged(findings, good, tool="ruff", version=versions.of(job, "ruff"))


def seed(job: Job, _options: Options) -> Seed | None:
    """Something that does not parse: red whatever rules are selected."""
    paths = [path for path in job.files if path.endswith(".py")]
    return Seed(file=paths[0], append="\ndef twelve_seeded(:\n", because="a function whose parameters never close") if paths else None


def _lint(job: Job, paths: list[str]) -> list[Finding] | Report:
    ran = job.run(["ruff", "check", "--no-cache", "--force-exclude", "--output-format=json", "--", *paths])
    if ran.outcome is Outcome.ERROR or ran.exit_code not in (0, 1):
        return reports.broken(ran, tool="ruff") if ran.outcome is Outcome.ERROR else _refused(ran.exit_code, reports.last_line(ran))
    if _NOTHING in ran.stderr.decode("utf-8", "replace"):
        return reports.nothing("ruff's configuration excludes every file", "correct exclude or the gate's inputs")
    try:
        findings = [_finding(job, item) for item in json.loads(ran.stdout)]
    except (ValueError, KeyError, TypeError) as wrong:
        return reports.error("ruff's answer is unreadable", f"{type(wrong).__name__}: {wrong}", tool="ruff", ran=ran)
    return findings if findings or not ran.exit_code else _refused(ran.exit_code, "red, but it names no finding")


def _format(job: Job, paths: list[str]) -> list[Finding] | Report:
    ran = job.run(["ruff", "format", "--no-cache", "--force-exclude", "--check", "--", *paths])
    if ran.outcome is Outcome.ERROR:
        return reports.broken(ran, tool="ruff")
    names = sorted({found["old"] or found["new"] for found in _UNFORMATTED.finditer(ran.text)})
    # Exit code 2 also means a file that does not parse, which is already a finding of the linter.
    if ran.exit_code and not names and b"yntax" not in ran.stderr + ran.stdout and b"Failed to parse" not in ran.stderr:
        return _refused(ran.exit_code, reports.last_line(ran))
    return [
        Finding(rule="ruff-format", message="is not formatted", path=_inside(job, name), fix=f"run ruff format on {name}") for name in names
    ]


def _refused(code: int | None, said: str) -> Report:
    return reports.error("ruff could not judge", said or f"it ended with exit code {code}", tool="ruff")


def _finding(job: Job, item: dict[str, Any]) -> Finding:
    fix = item.get("fix") or {}
    return Finding(
        rule=str(item.get("code") or "syntax-error"),
        message=str(item["message"]),
        path=_inside(job, str(item["filename"])),
        line=int(item["location"]["row"]),
        fix=str(fix.get("message") or ""),
    )


def _inside(job: Job, path: str) -> str:
    return os.path.relpath(job.root.resolve() / path, job.root.resolve())
