"""TOML files: syntax and duplicate keys."""

from __future__ import annotations

import msgspec

from twelve.factors.gates import reports
from twelve.factors.gates.kind import Job
from twelve.model.finding import Finding
from twelve.model.gate import Cost, Seed
from twelve.model.verdict import Report
from twelve.system import documents, files

SUMMARY = "every TOML file parses and has no duplicate key"
COST = Cost.SYNTAX
TOOL = ""
INPUTS = ("*.toml",)
TIMEOUT_S = 60.0
PURE = True

_LIMIT = 5_000_000


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """None."""


def check(job: Job, _options: Options) -> Report:
    """Parse every file."""
    findings = [found for path in job.files if (found := _syntax(job, path))]
    return reports.judged(findings, f"{reports.counted(len(job.files), 'file')} parsed", tool="twelve toml")


def seed(job: Job, _options: Options) -> Seed | None:
    """A key without a value."""
    return Seed(file=job.files[0], append="\ntwelve-seeded =\n", because="a key without a value") if job.files else None


def _syntax(job: Job, path: str) -> Finding | None:
    try:
        documents.load_toml(files.read_text(job.root / path, _LIMIT), name=path, limit=_LIMIT)
    except documents.DocumentError as wrong:
        rule = "toml-duplicate-key" if "overwrite" in wrong.message or "twice" in wrong.message else "toml-syntax"
        return Finding(rule=rule, message=wrong.message, path=path, line=wrong.line, fix="correct this line")
    return None
