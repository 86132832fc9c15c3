"""mypy: type errors with code, file and line."""

from __future__ import annotations

import re

import msgspec

from twelve.factors.gates import reports, versions
from twelve.factors.gates.kind import Job
from twelve.model.errors import TwelveError
from twelve.model.finding import Finding, Severity
from twelve.model.gate import Cost, Seed
from twelve.model.verdict import Outcome, Report
from twelve.system import documents, files

SUMMARY = "mypy finds no type error"
COST = Cost.UNIT
TOOL = "mypy"
INPUTS = ("*.py", "*.pyi", "py.typed", "pyproject.toml", "mypy.ini", ".mypy.ini", "setup.cfg")
TIMEOUT_S = 300.0
PURE = True

_LINE = re.compile(r"^(?P<path>[^:\n]+):(?P<line>\d+): (?P<level>error|warning|note): (?P<message>.*?)(?:  \[(?P<rule>[\w-]+)\])?$")
_CHECKED = re.compile(r"\b(?:in|checked) (\d+) source files?\b")


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    paths: tuple[str, ...] = ()
    """What to check; empty: `files` of mypy's own configuration, or the whole tree without one."""
    args: tuple[str, ...] = ()
    """Further arguments, e.g. --strict."""


def check(job: Job, options: Options) -> Report:
    """Run mypy once over its paths."""
    if not any(path.endswith((".py", ".pyi")) for path in job.files):
        return reports.nothing("no Python file", "correct the gate's inputs or remove the gate")
    targets = options.paths or (() if _configured(job) else (".",))
    # The cache stays outside the tree: an ignore file for .mypy_cache is not something every project has.
    argv = ["mypy", "--no-color-output", "--no-pretty", "--hide-error-context", "--show-error-codes", f"--cache-dir={job.scratch / 'mypy'}"]
    ran = job.run([*argv, *options.args, *(["--", *targets] if targets else [])])
    if ran.outcome is Outcome.ERROR:
        return reports.broken(ran, tool="mypy")
    findings = [_finding(match) for line in ran.text.splitlines() if (match := _LINE.match(line)) and match["level"] != "note"]
    if ran.exit_code and not any(found.severity is Severity.ERROR for found in findings):
        said = reports.last_line(ran) or f"it ended with exit code {ran.exit_code}"
        return reports.error("mypy could not judge", said, tool="mypy", ran=ran)
    counted = _CHECKED.search(ran.text)
    good = f"{reports.counted(int(counted[1]), 'file')} checked" if counted else "no type error"
    return reports.judged(findings, good, tool="mypy", version=versions.of(job, "mypy"), ran=ran)


def seed(job: Job, options: Options) -> Seed | None:
    """An integer that is given a text, in the first file mypy looks at."""
    starts = options.paths or _configured(job)
    paths = [path for path in job.files if path.endswith(".py") and not path.endswith("setup.py")]
    chosen = [path for path in paths if any(path == start or path.startswith(f"{start.rstrip('/')}/") for start in starts)] or paths
    if not chosen:
        return None
    return Seed(file=chosen[0], append='\ntwelve_seeded: int = "not a number"\n', because="a text assigned to an integer")


def _configured(job: Job) -> tuple[str, ...]:
    """`files` or `packages` of mypy's configuration; one word when an ini file may hold them."""
    for name in ("mypy.ini", ".mypy.ini", "setup.cfg"):
        if name in job.files and re.search(r"^(?:files|packages|modules)\s*=", files.read_text(job.root / name), re.MULTILINE):
            return (name,)
    if "pyproject.toml" not in job.files:
        return ()
    try:
        table = documents.load_toml(files.read_text(job.root / "pyproject.toml")).get("tool", {}).get("mypy", {})
    except TwelveError:
        return ()
    wanted = next((table[key] for key in ("files", "packages", "modules") if table.get(key)), ())
    return tuple(wanted.split(",")) if isinstance(wanted, str) else tuple(str(item) for item in wanted)


def _finding(match: re.Match[str]) -> Finding:
    return Finding(
        rule=match["rule"] or "mypy",
        message=match["message"],
        path=match["path"].removeprefix("./"),
        line=int(match["line"]),
        severity=Severity.ERROR if match["level"] == "error" else Severity.WARNING,
    )
