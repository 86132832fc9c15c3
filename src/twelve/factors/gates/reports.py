"""Building reports: the handful of answers every gate kind gives, worded alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from twelve.factors.gates.kind import Job
from twelve.model.finding import Finding, Severity
from twelve.model.gate import Need
from twelve.model.verdict import Outcome, Report
from twelve.system.processes import Execution

NOTHING = "nothing to check"
"""Summary of a gate whose inputs match no file."""
LOG_CHARACTERS = 8_000
"""How much of a tool's output is kept with a verdict."""
FINDINGS_KEPT = 500
"""More findings than this are counted, not listed."""


def passed(summary: str, *, findings: Sequence[Finding] = (), tool: str = "", version: str = "", ran: Execution | None = None) -> Report:
    """Green; findings may only be warnings and remarks."""
    return _report(Outcome.PASS, summary, findings=findings, tool=tool, version=version, ran=ran)


def failed(summary: str, *, findings: Sequence[Finding] = (), tool: str = "", version: str = "", ran: Execution | None = None) -> Report:
    """Red: the content is wrong."""
    return _report(Outcome.FAIL, summary, findings=findings, tool=tool, version=version, ran=ran)


def judged(findings: Sequence[Finding], good: str, *, tool: str = "", version: str = "", ran: Execution | None = None) -> Report:
    """PASS with summary `good` when no finding is an error, FAIL with a count otherwise."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if not errors:
        return passed(good, findings=findings, tool=tool, version=version, ran=ran)
    return failed(counted(errors, "finding"), findings=findings, tool=tool, version=version, ran=ran)


def error(summary: str, reason: str, *, tool: str = "", version: str = "", ran: Execution | None = None) -> Report:
    """Nobody knows: the check itself did not work. Blocks like red."""
    return _report(Outcome.ERROR, summary, reason=reason, tool=tool, version=version, ran=ran)


def broken(ran: Execution, *, tool: str) -> Report:
    """The tool crashed, timed out, was killed or could not start."""
    return error(f"{tool} did not finish", ran.reason or f"it ended with exit code {ran.exit_code}", tool=tool, ran=ran)


def missing(job: Job, tool: str, why: str = "") -> Report:
    """A program is not here: ERROR when the gate is required, SKIP when it is optional (fail closed)."""
    reason = why or f"{tool} is not installed here; install it and run the gate again"
    if job.settings.need is Need.OPTIONAL:
        return Report(outcome=Outcome.SKIP, summary=f"{tool} is missing", reason=reason, tool=tool)
    return error(f"{tool} is missing", reason, tool=tool)


def nothing(what: str, next: str) -> Report:
    """Nothing to check: an empty check must not look like a passed one."""
    return error(NOTHING, f"{what}; {next}")


def tail(text: str) -> str:
    """The end of an output, cut at a line end."""
    if len(text) <= LOG_CHARACTERS:
        return text
    cut = text[-LOG_CHARACTERS:]
    return "[...]\n" + cut[cut.find("\n") + 1 :]


def output(ran: Execution) -> str:
    """Both streams of a process as text, stdout first."""
    streams = (ran.stdout.decode("utf-8", "replace"), ran.stderr.decode("utf-8", "replace"))
    return "\n".join(stream.rstrip("\n") for stream in streams if stream)


def last_line(ran: Execution) -> str:
    """The last line that says something, shortened."""
    for line in reversed(output(ran).splitlines()):
        if line.strip():
            return line.strip()[:200]
    return ""


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in a stable order, so that the same content gives the same bytes."""
    return tuple(sorted(set(findings), key=lambda found: (found.path, found.line, found.rule, found.message)))


def counted(number: int, noun: str) -> str:
    """`1 file`, `3 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _report(
    outcome: Outcome, summary: str, *, findings: Sequence[Finding] = (), reason: str = "", tool: str, version: str, ran: Execution | None
) -> Report:
    kept = ordered(findings)
    more = f" (first {FINDINGS_KEPT} of {len(kept)} kept)" if len(kept) > FINDINGS_KEPT else ""
    return Report(
        outcome=outcome,
        summary=summary + more,
        findings=kept[:FINDINGS_KEPT],
        reason=reason,
        argv=tuple(ran.argv) if ran else (),
        tool=tool,
        tool_version=version,
        log=tail(output(ran)) if ran else "",
        transient=ran.transient if ran else False,
    )
