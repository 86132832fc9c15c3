"""Python tests with pytest or unittest: every failed test with its place, and coverage when a threshold is set."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from twelve.factors.gates import globs, reports
from twelve.factors.gates.kind import Job
from twelve.factors.gates.parsers import cobertura, junit
from twelve.model.finding import Finding
from twelve.model.gate import Cost, GateSettings, Seed
from twelve.model.verdict import Outcome, Report
from twelve.system import files
from twelve.system.processes import Execution

SUMMARY = "the Python tests pass"
COST = Cost.UNIT
TOOL = ""
INPUTS = ("**",)
TIMEOUT_S = 600.0
PURE = True

_TEST_FILES = ("test_*.py", "*_test.py", "tests.py", "/tests/**/*.py")
_NO_TESTS = ("conftest.py", "__init__.py")
_CONFIGS = ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", "conftest.py")
_REPORT_LIMIT = 50_000_000
_RAN = re.compile(r"^Ran (\d+) tests? in", re.MULTILINE)
_SKIPPED = re.compile(r"\bskipped=(\d+)")
_BLOCK = re.compile(r"^(?P<kind>FAIL|ERROR): (?P<test>.+?)\n(?:.*\n)?-{20,}\n(?P<text>(?s:.*?))(?=^={20,}$|^-{20,}$|\Z)", re.MULTILINE)
_FRAME = re.compile(r'File "(?P<path>[^"\n]{1,500})", line (?P<line>\d{1,7})')
_RAISED = re.compile(r"^[A-Za-z_][\w.]*(?::.*)?$", re.MULTILINE)
_PYTEST_SIGNS = re.compile(
    rb"^\s*(?:import|from) pytest\b|^(?:async )?def test_\w*\(|^\[tool\.pytest|^\[pytest\]|^\[tool:pytest\]", re.MULTILINE
)
_PROBE = "import sys; from importlib.metadata import version; print(*[version(name) for name in sys.argv[1:]])"


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    runner: Literal["auto", "pytest", "unittest"] = "auto"
    """auto: pytest when a test file or a configuration speaks of it, otherwise unittest."""
    python: str = ""
    """Interpreter; empty: .venv or venv of the project, otherwise python3 on PATH."""
    paths: tuple[str, ...] = ()
    """Files or folders for the runner; for unittest, folders to discover in."""
    args: tuple[str, ...] = ()
    """Further arguments for the runner."""
    coverage_min: float = 0
    """Percent of lines the tests must reach; 0: not measured. Needs the coverage package."""
    source: tuple[str, ...] = ()
    """Folders or packages whose coverage counts; empty: coverage's own configuration."""


def check(job: Job, options: Options) -> Report:
    """Run the tests, count them, and read the coverage if a threshold is set."""
    python = _python(job, options)
    if not python:
        return reports.missing(job, options.python or "python3")
    runner = _runner(job, options)
    packages = [*(["pytest"] if runner == "pytest" else []), *(["coverage"] if options.coverage_min else [])]
    version = ""
    if packages:
        probe = job.run([python, "-c", _PROBE, *packages], timeout_s=60)
        if probe.outcome is not Outcome.PASS:
            return reports.missing(job, runner, f"{python} has no {' or '.join(packages)}; install it there or name another interpreter")
        version = probe.text.split()[0]
    # Appending starts from nothing, as the data file is in the scratch folder, and lets several discoveries add up.
    measured = ["-m", "coverage", "run", "--append", *_sources(options)] if options.coverage_min else []
    return (_by_pytest if runner == "pytest" else _by_unittest)(job, options, [python, *measured], version)


def seed(job: Job, options: Options) -> Seed | None:
    """A test that fails, appended to a test file."""
    tests = [path for path in globs.select(_TEST_FILES, job.files) if path.endswith(".py") and not path.endswith(_NO_TESTS)]
    inside = [path for path in tests if any(path == start or path.startswith(f"{start.rstrip('/')}/") for start in options.paths)]
    # A module that skips itself would also skip the planted test.
    chosen = sorted(inside or tests, key=lambda path: b"skip" in _bytes(job.root / path))
    if not chosen:
        return None
    lines = ("", "", "import unittest as twelve_seeded", "", "", "class TwelveSeededTest(twelve_seeded.TestCase):")
    body = ("    def test_seeded_defect(self):", '        self.fail("a planted defect")', "")
    return Seed(file=chosen[0], append="\n".join((*lines, *body)), because="a test that fails")


def programs(_root: Path, _settings: GateSettings, options: Options) -> tuple[str, ...]:
    """The interpreter and, by its environment's time, the packages in it."""
    return (options.python or "python3",)


def _by_pytest(job: Job, options: Options, start: list[str], version: str) -> Report:
    report = job.scratch / "junit.xml"
    argv = [*start, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "junit_family=xunit1", f"--junitxml={report}"]
    ran = job.run([*argv, *options.args, *options.paths], env=_environment(job))
    if ran.outcome is Outcome.ERROR:
        return reports.broken(ran, tool="pytest")
    if ran.exit_code == 5:
        why = "pytest collected nothing; check paths, names and configuration"
        return reports.error("no test ran", why, tool="pytest", version=version, ran=ran)
    if ran.exit_code not in (0, 1, 2) or not report.is_file():
        why = reports.last_line(ran) or f"pytest ended with exit code {ran.exit_code}"
        return reports.error("pytest could not judge", why, tool="pytest", ran=ran)
    result = junit.parse(files.read_bounded(report, _REPORT_LIMIT), "junit.xml", job.root)
    if ran.exit_code == 2 and not result.findings:
        return reports.error("pytest could not judge", reports.last_line(ran), tool="pytest", version=version, ran=ran)
    return _conclude(job, options, ran, "pytest", version, result.ran, result.skipped, list(result.findings))


def _by_unittest(job: Job, options: Options, start: list[str], version: str) -> Report:
    findings: list[Finding] = []
    tests = skipped = 0
    for folder in options.paths or (".",):
        ran = job.run([*start, "-m", "unittest", "discover", "-s", folder, *options.args], env=_environment(job))
        if ran.outcome is Outcome.ERROR:
            return reports.broken(ran, tool="unittest")
        said = ran.stderr.decode("utf-8", "replace")
        counted = _RAN.findall(said)
        if not counted:
            return reports.error("unittest could not judge", reports.last_line(ran) or "no summary", tool="unittest", ran=ran)
        tests += int(counted[-1])
        skipped += sum(int(number) for number in _SKIPPED.findall(said)[-1:])
        found = [_from_block(match, job) for match in _BLOCK.finditer(said)]
        if ran.exit_code and int(counted[-1]) and not found:
            found = [Finding(rule="test-failed", message=f"exit code {ran.exit_code}: {reports.last_line(ran)}", anchor=job.gate)]
        findings.extend(found)
    return _conclude(job, options, ran, "unittest", version, tests - skipped, skipped, findings)


def _conclude(
    job: Job, options: Options, ran: Execution, tool: str, version: str, tests: int, skipped: int, findings: list[Finding]
) -> Report:
    """Counts, failures, exit code and coverage must all be good."""
    aside = f", {skipped} skipped" if skipped else ""
    if not tests and not findings:
        return reports.error("no test ran", f"0 tests were executed{aside}; check paths and names", tool=tool, version=version, ran=ran)
    if not findings and ran.outcome is Outcome.FAIL:
        findings = [Finding(rule="test-run-failed", message=f"exit code {ran.exit_code}: {reports.last_line(ran)}", anchor=job.gate)]
    if findings:
        summary = f"{len(findings)} of {reports.counted(max(tests, len(findings)), 'test')} failed{aside}"
        return reports.failed(summary, findings=findings, tool=tool, version=version, ran=ran)
    good = f"{reports.counted(tests, 'test')} passed{aside}"
    if not options.coverage_min:
        return reports.passed(good, tool=tool, version=version, ran=ran)
    return _covered(job, options, ran, f"{good}", tool, version)


def _covered(job: Job, options: Options, ran: Execution, good: str, tool: str, version: str) -> Report:
    report = job.scratch / "coverage.xml"
    wrote = job.run([ran.argv[0], "-m", "coverage", "xml", "-q", "-o", str(report)], env=_environment(job))
    if wrote.outcome is not Outcome.PASS or not report.is_file():
        return reports.error("no coverage report", reports.last_line(wrote) or wrote.reason, tool=tool, version=version, ran=wrote)
    coverage = cobertura.parse(files.read_bounded(report, _REPORT_LIMIT), "coverage.xml")
    if not coverage.lines:
        return reports.error("nothing was measured", "no line of the source counts; check `source`", tool=tool, version=version, ran=wrote)
    findings = cobertura.below(coverage, options.coverage_min)
    return reports.judged(findings, f"{good}, {coverage.percent:.1f} % of lines covered", tool=tool, version=version, ran=ran)


def _python(job: Job, options: Options) -> str | None:
    return job.find(options.python or "python3") or (None if options.python else job.find("python"))


def _runner(job: Job, options: Options) -> str:
    if options.runner != "auto":
        return options.runner
    signs = globs.select((*_CONFIGS, *_TEST_FILES), job.files)
    said = any(path.endswith(("pytest.ini", "conftest.py")) or _PYTEST_SIGNS.search(_bytes(job.root / path)) for path in signs)
    return "pytest" if said else "unittest"


def _environment(job: Job) -> Mapping[str, str]:
    """The judged tree comes first on the path: an editable installation may point at another checkout."""
    root = job.root / job.settings.cwd
    inner = [str(path) for path in (root / "src", root) if path.is_dir()]
    outer = job.settings.env.get("PYTHONPATH", "") or os.environ.get("PYTHONPATH", "")
    return {"PYTHONPATH": os.pathsep.join([*inner, *([outer] if outer else [])]), "COVERAGE_FILE": str(job.scratch / "coverage.data")}


def _sources(options: Options) -> list[str]:
    return [f"--source={','.join(options.source)}"] if options.source else []


def _from_block(match: re.Match[str], job: Job) -> Finding:
    frames = [(os.path.relpath(frame["path"], job.root), int(frame["line"])) for frame in _FRAME.finditer(match["text"])]
    inside = [frame for frame in frames if not frame[0].startswith("..")]
    path, line = inside[-1] if inside else ("", 0)
    rule = "test-failed" if match["kind"] == "FAIL" else "test-error"
    return Finding(rule=rule, message=f"{match['test']}: {_said(match['text'])[:300]}", path=path, line=line, anchor=match["test"])


def _said(text: str) -> str:
    """The line that names the exception: below it may stand a diff or what the test printed."""
    below = max((frame.end() for frame in _FRAME.finditer(text)), default=0)
    if raised := _RAISED.search(text, below):
        return raised.group(0)
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "failed")


def _bytes(path: Path) -> bytes:
    try:
        with open(path, "rb") as source:
            return source.read(200_000)
    except OSError:
        return b""
