"""Shell scripts: `bash -n` always, shellcheck when it is installed or demanded."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from twelve.factors.gates import reports, versions
from twelve.factors.gates.kind import Job
from twelve.model.finding import Finding, Severity
from twelve.model.gate import Cost, GateSettings, Seed
from twelve.model.verdict import Outcome, Report
from twelve.system.processes import Execution

SUMMARY = "every shell script parses; shellcheck when it is installed"
COST = Cost.SYNTAX
TOOL = "bash"
INPUTS = ("*.sh", "*.bash", ".shellcheckrc", "shellcheckrc")
TIMEOUT_S = 120.0
PURE = True

_LINE = re.compile(r"^(?P<path>.+?): line (?P<line>\d+): (?P<message>.*)$")
_LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO, "style": Severity.INFO}
_OTHER_SHELLS = re.compile(rb"^#!.*\b(?:zsh|fish|csh|tcsh)\b")


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    shellcheck: str = "auto"
    """auto: when installed; on: must be installed; off: never."""
    fail_on: Severity = Severity.WARNING
    """The mildest shellcheck level that is red."""


def check(job: Job, options: Options) -> Report:
    """Parse every script, then shellcheck those that parse."""
    scripts = _scripts(job)
    if not scripts:
        return reports.nothing("no script for bash or sh", "correct the gate's inputs or remove the gate")
    findings: list[Finding] = []
    for path in scripts:
        ran = job.run(["bash", "-n", "--", path] if not path.startswith("-") else ["bash", "-n", f"./{path}"])
        if ran.outcome is Outcome.ERROR:
            return reports.broken(ran, tool="bash")
        if ran.outcome is Outcome.FAIL:
            findings.extend(_syntax(ran, path))
    good = f"{reports.counted(len(scripts), 'script')} parsed"
    if findings or options.shellcheck == "off":
        return reports.judged(findings, good, tool="bash")
    return _shellcheck(job, options, scripts, good)


def seed(job: Job, _options: Options) -> Seed | None:
    """An `if` that never ends."""
    scripts = _scripts(job)
    return Seed(file=scripts[0], append="\nif true; then\n", because="an if without its fi") if scripts else None


def programs(_root: object, _settings: GateSettings, options: Options) -> tuple[str, ...]:
    """shellcheck decides too unless it is off."""
    return () if options.shellcheck == "off" else ("shellcheck",)


def _scripts(job: Job) -> list[str]:
    """Input files without shellcheck's configuration and scripts of shells that bash cannot judge."""
    return [path for path in job.files if not path.endswith("shellcheckrc") and not _OTHER_SHELLS.match(_head(job, path))]


def _head(job: Job, path: str) -> bytes:
    try:
        with open(job.root / path, "rb") as script:
            return script.readline(200)
    except OSError:
        return b""


def _syntax(ran: Execution, path: str) -> list[Finding]:
    lines = ran.stderr.decode("utf-8", "replace").splitlines()
    matches = [match for line in lines if (match := _LINE.match(line)) and not match["message"].startswith("`")]
    if not matches:
        return [Finding(rule="shell-syntax", message=reports.last_line(ran) or "does not parse", path=path)]
    first = matches[0]
    return [Finding(rule="shell-syntax", message=first["message"], path=path, line=int(first["line"]), fix="correct this line")]


def _shellcheck(job: Job, options: Options, scripts: list[str], good: str) -> Report:
    if job.find("shellcheck") is None:
        if options.shellcheck == "on":
            return reports.missing(job, "shellcheck")
        return reports.passed(f"{good}; shellcheck is not installed, so only syntax was checked", tool="bash")
    findings: list[Finding] = []
    for some in versions.portions(scripts):
        ran = job.run(["shellcheck", "--format=json1", "--", *some])
        if ran.outcome is Outcome.ERROR or ran.exit_code not in (0, 1):
            return reports.broken(ran, tool="shellcheck")
        try:
            found = [_comment(comment, options) for comment in json.loads(ran.stdout)["comments"]]
        except (ValueError, KeyError, TypeError) as wrong:
            return reports.error("shellcheck's answer is unreadable", f"{type(wrong).__name__}: {wrong}", tool="shellcheck", ran=ran)
        if ran.exit_code and not found:
            return reports.error(
                "shellcheck is red but names no finding", reports.last_line(ran) or "no output", tool="shellcheck", ran=ran
            )
        findings.extend(found)
    return reports.judged(findings, f"{good}, shellcheck found nothing red", tool="shellcheck", version=versions.of(job, "shellcheck"))


def _comment(comment: dict[str, Any], options: Options) -> Finding:
    order = list(Severity)
    level = _LEVELS.get(comment["level"], Severity.WARNING)
    red = order.index(level) <= order.index(options.fail_on)
    return Finding(
        rule=f"SC{comment['code']}",
        message=str(comment["message"]),
        path=str(comment["file"]).removeprefix("./"),
        line=int(comment["line"]),
        severity=Severity.ERROR if red else level,
    )
