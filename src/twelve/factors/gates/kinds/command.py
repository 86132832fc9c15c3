"""Any program: its exit code decides, or the report it writes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from twelve.factors.gates import reports
from twelve.factors.gates.kind import Job
from twelve.factors.gates.parsers import cobertura, junit, regex, sarif
from twelve.model.errors import TwelveError
from twelve.model.finding import Finding, Severity
from twelve.model.gate import Cost, GateSettings, Parser, Seed
from twelve.model.verdict import Outcome, Report
from twelve.system import files
from twelve.system.processes import Execution

SUMMARY = "run a command; its exit code or the report it writes decides"
COST = Cost.INTEGRATION
TOOL = ""
INPUTS = ("**",)
TIMEOUT_S = 300.0
PURE = True
COMMAND = True

_SCRATCH = "{scratch}"
_REPORT_LIMIT = 50_000_000
_CANNOT_RUN = {126: "a program was found but could not be executed (exit code 126)", 127: "a program was not found (exit code 127)"}


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Only for parsers."""

    threshold: float = 0
    """Parser cobertura: percent of lines that must be covered."""
    fail_on: Severity = Severity.WARNING
    """Parser sarif: the mildest level that is red."""


def check(job: Job, options: Options) -> Report:
    """Run the command and read its answer."""
    report_path = _report_path(job)
    before = _signature(report_path)
    ran = job.run(list(job.settings.command))
    name = os.path.basename(job.settings.command[0])
    if ran.outcome is Outcome.ERROR:
        return reports.broken(ran, tool=name)
    if ran.exit_code in _CANNOT_RUN:
        return reports.error(f"{name} could not do its work", _CANNOT_RUN[ran.exit_code], tool=name, ran=ran)
    if job.settings.parser is Parser.EXIT:
        return _by_exit(job, ran, name)
    if job.settings.parser is Parser.REGEX:
        return _by_regex(job, ran, name)
    if report_path is None or _signature(report_path) in (None, before):
        why = "it was there before and was not written again" if before else "the command did not write it"
        return reports.error("no report", f"{job.settings.report}: {why}", tool=name, ran=ran)
    return _READERS[job.settings.parser](job, options, ran, files.read_bounded(report_path, _REPORT_LIMIT))


def seed(_job: Job, _options: Options) -> Seed | None:
    """Nobody but its author knows what a command should see: `prove` of the gate says it."""
    return None


def _by_exit(job: Job, ran: Execution, name: str) -> Report:
    if ran.outcome is Outcome.PASS:
        return reports.passed(f"{name} succeeded", tool=name, ran=ran)
    said = reports.last_line(ran)
    finding = Finding(rule="command-failed", message=f"exit code {ran.exit_code}{f': {said}' if said else ''}", anchor=job.gate)
    return reports.failed(f"{name} failed with exit code {ran.exit_code}", findings=(finding,), tool=name, ran=ran)


def _by_regex(job: Job, ran: Execution, name: str) -> Report:
    findings = regex.parse(reports.output(ran), job.settings.pattern, job.gate)
    if not findings:
        return _by_exit(job, ran, name)
    if ran.outcome is Outcome.FAIL:
        return reports.failed(reports.counted(len(findings), "finding"), findings=findings, tool=name, ran=ran)
    return reports.judged(findings, f"{name} found nothing wrong", tool=name, ran=ran)


def _by_junit(job: Job, _options: Options, ran: Execution, data: bytes) -> Report:
    name = os.path.basename(job.settings.command[0])
    result = junit.parse(data, job.settings.report, job.root)
    if not result.ran:
        skipped = f", {result.skipped} skipped" if result.skipped else ""
        return reports.error("no test ran", f"0 tests were executed{skipped}; check which ones the command selects", tool=name, ran=ran)
    return _agreed(job, ran, name, result.findings, reports.counted(result.ran, "test") + " passed")


def _by_sarif(job: Job, options: Options, ran: Execution, data: bytes) -> Report:
    scan = sarif.parse(data, job.settings.report, job.root)
    name = scan.tool or os.path.basename(job.settings.command[0])
    if scan.trouble:
        return reports.error(f"{name} did not finish", scan.trouble, tool=name, version=scan.version, ran=ran)
    order = list(Severity)
    red = [found for found in scan.findings if order.index(found.severity) <= order.index(options.fail_on)]
    if red:
        return reports.failed(reports.counted(len(red), "finding"), findings=scan.findings, tool=name, version=scan.version, ran=ran)
    # Scanners differ in whether findings set the exit code; with findings present the report decides.
    if ran.outcome is Outcome.FAIL and not scan.findings:
        return _by_exit(job, ran, name)
    return reports.passed(f"{name} found nothing red", findings=scan.findings, tool=name, version=scan.version, ran=ran)


def _by_cobertura(job: Job, options: Options, ran: Execution, data: bytes) -> Report:
    name = os.path.basename(job.settings.command[0])
    coverage = cobertura.parse(data, job.settings.report)
    if not coverage.lines:
        return reports.error("nothing was measured", "the report has no lines; check what the command measures", tool=name, ran=ran)
    return _agreed(job, ran, name, cobertura.below(coverage, options.threshold), f"{coverage.percent:.1f} % of lines covered")


def _agreed(job: Job, ran: Execution, name: str, findings: tuple[Finding, ...], good: str) -> Report:
    """The report and the exit code must both be good."""
    if not findings and ran.outcome is Outcome.FAIL:
        return _by_exit(job, ran, name)
    return reports.judged(findings, good, tool=name, ran=ran)


_READERS: dict[Parser, Callable[[Job, Options, Execution, bytes], Report]] = {
    Parser.JUNIT: _by_junit,
    Parser.SARIF: _by_sarif,
    Parser.COBERTURA: _by_cobertura,
}


def _report_path(job: Job) -> Path | None:
    report = job.settings.report
    if not report:
        return None
    if report.startswith(f"{_SCRATCH}/"):
        return files.confined(job.scratch, report.removeprefix(f"{_SCRATCH}/"))
    if os.path.isabs(report):
        raise TwelveError(f"report {report} is outside the tree", next=f"use a path inside the repository or {_SCRATCH}/NAME")
    return files.confined(job.root, os.path.normpath(os.path.join(job.settings.cwd, report)))


def _signature(path: Path | None) -> tuple[int, int, int, int] | None:
    """Changes whenever a file is written, even with the same bytes."""
    try:
        seen = os.stat(path) if path else None
    except OSError:
        return None
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns) if seen else None


def programs(_root: Path, settings: GateSettings, _options: Options) -> tuple[str, ...]:
    """The command itself, also when `tool` names something else."""
    return settings.command[:1]
