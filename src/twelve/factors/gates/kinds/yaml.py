"""YAML files: syntax and duplicate keys; yamllint's rules too where the project configures it."""

from __future__ import annotations

import re

import msgspec

from twelve.factors.gates import reports, versions
from twelve.factors.gates.kind import Job
from twelve.model.finding import Finding, Severity
from twelve.model.gate import Cost, GateSettings, Seed
from twelve.model.verdict import Outcome, Report
from twelve.system import documents, files

SUMMARY = "every YAML file parses and has no duplicate key; yamllint when the project configures it"
COST = Cost.SYNTAX
TOOL = ""
INPUTS = ("*.yaml", "*.yml", "/.yamllint")
TIMEOUT_S = 60.0
PURE = True

_CONFIGS = (".yamllint", ".yamllint.yaml", ".yamllint.yml")
_LIMIT = 5_000_000
_LINE = re.compile(r"^(?P<path>.+?):(?P<line>\d+):\d+: \[(?P<level>error|warning)\] (?P<message>.*?)(?: \((?P<rule>[\w-]+)\))?$")


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    yamllint: str = "auto"
    """auto: when a .yamllint file is at the top; on: always; off: never."""


def check(job: Job, options: Options) -> Report:
    """Parse every file; then yamllint if wanted."""
    templates, wanted = _split(job.files)
    if not wanted:
        return reports.nothing("no YAML file but templates", "correct the gate's inputs or remove the gate")
    findings = [found for path in wanted if (found := _syntax(job, path))]
    skipped = f", {reports.counted(len(templates), 'Helm template')} left to helm" if templates else ""
    good = f"{reports.counted(len(wanted), 'file')} parsed{skipped}"
    if findings or not _lint_wanted(job, options):
        return reports.judged(findings, good, tool="twelve yaml")
    return _lint(job, wanted, good)


def seed(job: Job, _options: Options) -> Seed | None:
    """Two lines that no YAML parser accepts."""
    _, wanted = _split(job.files)
    if not wanted:
        return None
    return Seed(file=wanted[0], append="\ntwelve-seeded: 1\n twelve-seeded: [2\n", because="a broken indentation and an open list")


def programs(_root: object, _settings: GateSettings, options: Options) -> tuple[str, ...]:
    """yamllint decides too unless it is off."""
    return () if options.yamllint == "off" else ("yamllint",)


def _split(paths: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Helm templates are no YAML before they are rendered: (templates, the rest)."""
    charts = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] == "Chart.yaml"}
    folders = tuple(f"{chart}/templates/" if chart else "templates/" for chart in charts)
    templates = [path for path in paths if folders and path.startswith(folders)]
    return templates, [path for path in paths if path not in templates and path not in _CONFIGS[:1]]


def _syntax(job: Job, path: str) -> Finding | None:
    try:
        documents.load_yaml_all(files.read_text(job.root / path, _LIMIT), name=path, limit=_LIMIT, lenient=True)
    except documents.DocumentError as wrong:
        rule = "yaml-duplicate-key" if "occurs twice" in wrong.message else "yaml-syntax"
        return Finding(rule=rule, message=wrong.message, path=path, line=wrong.line, fix="correct this line")
    return None


def _lint_wanted(job: Job, options: Options) -> bool:
    if options.yamllint == "auto":
        return any((job.root / name).is_file() for name in _CONFIGS)
    return options.yamllint == "on"


def _lint(job: Job, paths: list[str], good: str) -> Report:
    if job.find("yamllint") is None:
        return reports.missing(job, "yamllint", "the project configures yamllint, which is not installed here; install it")
    findings: list[Finding] = []
    for some in versions.portions(paths):
        ran = job.run(["yamllint", "-f", "parsable", "--", *some])
        if ran.outcome is Outcome.ERROR or ran.exit_code not in (0, 1, 2):
            return reports.broken(ran, tool="yamllint")
        found = [_from_line(match) for line in ran.text.splitlines() if (match := _LINE.match(line))]
        if ran.exit_code and not found:
            return reports.error("yamllint did not judge", reports.last_line(ran) or "no output", tool="yamllint", ran=ran)
        findings.extend(found)
    return reports.judged(findings, f"{good}, yamllint found no error", tool="yamllint", version=versions.of(job, "yamllint"))


def _from_line(match: re.Match[str]) -> Finding:
    return Finding(
        rule=f"yamllint-{match['rule'] or 'syntax'}",
        message=match["message"],
        path=match["path"].removeprefix("./"),
        line=int(match["line"]),
        severity=Severity.ERROR if match["level"] == "error" else Severity.WARNING,
    )
