"""JSON files: syntax, duplicate keys, nothing that is not JSON (NaN, comments)."""

from __future__ import annotations

import msgspec

from twelve.factors.gates import reports
from twelve.factors.gates.kind import Job
from twelve.model.finding import Finding
from twelve.model.gate import Cost, Seed
from twelve.model.verdict import Report
from twelve.system import documents, files

SUMMARY = "every JSON file parses and has no duplicate key"
COST = Cost.SYNTAX
TOOL = ""
INPUTS = ("*.json", "!tsconfig*.json", "!/.vscode/**", "!/.devcontainer/**")
"""Without the well-known files that are JSON with comments."""
TIMEOUT_S = 60.0
PURE = True

_LIMIT = 50_000_000


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """None."""


def check(job: Job, _options: Options) -> Report:
    """Parse every file."""
    findings = [found for path in job.files if (found := _syntax(job, path))]
    return reports.judged(findings, f"{reports.counted(len(job.files), 'file')} parsed", tool="twelve json")


def seed(job: Job, _options: Options) -> Seed | None:
    """Text after the end of the value."""
    return Seed(file=job.files[0], append='\n{"twelve-seeded": }\n', because="a member without a value") if job.files else None


def _syntax(job: Job, path: str) -> Finding | None:
    try:
        documents.load_json(files.read_text(job.root / path, _LIMIT), name=path, limit=_LIMIT)
    except documents.DocumentError as wrong:
        rule = "json-duplicate-key" if "occurs twice" in wrong.message else "json-syntax"
        return Finding(rule=rule, message=wrong.message, path=path, line=wrong.line, fix="correct this line")
    return None
