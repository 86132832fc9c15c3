"""What the plan wanted to be able to see can be seen: its check ran now, ended well and printed what it should.

The check comes from the plan (`facts["observability"]`) or, without one, from the policy. A plan without an
observability section fails. Where the thing observed needs something that is not here, `available` says so and
the gate SKIPs; it never passes unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from twelve.factors.gates import reports
from twelve.factors.gates.kind import Job
from twelve.model.finding import Finding
from twelve.model.gate import Cost, Need, Seed
from twelve.model.verdict import Outcome, Report
from twelve.system import files, redact

SUMMARY = "the plan's observability check runs and shows what it should"
COST = Cost.INTEGRATION
TOOL = ""
INPUTS: tuple[str, ...] = ()
TIMEOUT_S = 120.0

_LOG_LIMIT = 4_000_000
"""Bytes of a log file that are read (ours)."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gates.<id>.options]` of the kind `observability`."""

    check: tuple[str, ...] = ()
    """argv used when no plan is handed in."""
    available: tuple[str, ...] = ()
    """argv that succeeds where the thing observed is reachable; otherwise the gate SKIPs with the reason."""
    must_match: tuple[str, ...] = ()
    """Regular expressions that must occur in the output or the log."""
    must_not_match: tuple[str, ...] = (r"\b(?:ERROR|FATAL|CRITICAL|PANIC)\b",)
    """Regular expressions that must not occur in the output or the log."""
    log: str = ""
    """Repository-relative log file the check writes or a service keeps; read as well."""


def check(job: Job, options: Options) -> Report:
    """Run the check and read what it printed."""
    planned = job.facts.get("observability")
    if not planned and not options.check:
        return reports.judged((_missing("the plan has no observability section"),), "nothing says how to see that it works")
    argv = _argv(planned) or options.check
    if not argv:
        return reports.judged((_missing("the observability section names nothing to run", "observability-no-check"),), "nothing to run")
    if options.available and (refused := _unavailable(job, options)):
        return refused
    answer = job.run(list(argv))
    if answer.outcome is Outcome.ERROR:
        return reports.broken(answer, tool=argv[0])
    printed = answer.stdout.decode("utf-8", "replace") + "\n" + answer.stderr.decode("utf-8", "replace")
    try:
        log = files.read_text(files.confined(job.root, options.log), _LOG_LIMIT) if options.log else ""
        findings = [*_ended(answer.exit_code), *_said(printed, log, options)]
    except re.error as error:
        return reports.error("a regular expression cannot be read", str(error))
    return reports.judged(findings, f"{argv[0]} ended well and showed what it should", tool=argv[0], ran=answer)


def seed(_job: Job, options: Options) -> Seed | None:
    """An error line in the log file, when the gate reads one."""
    if options.log and any(re.search(pattern, "ERROR") for pattern in options.must_not_match):
        return Seed(file=options.log, append="ERROR seeded by twelve\n", because="the log holds an error line")
    return None


def _argv(planned: Any) -> tuple[str, ...]:
    command = planned.get("check") if isinstance(planned, Mapping) else None
    words = command if isinstance(command, list | tuple) else ()
    return tuple(words) if words and all(isinstance(word, str) for word in words) else ()


def _unavailable(job: Job, options: Options) -> Report | None:
    probe = job.run(list(options.available))
    if probe.outcome is Outcome.PASS:
        return None
    why = probe.reason or redact.redact(reports.last_line(probe)) or f"exit code {probe.exit_code}"
    outcome = Outcome.ERROR if job.settings.need is Need.REQUIRED else Outcome.SKIP
    reason = f"{' '.join(options.available)} says it is not reachable from here ({why})"
    return Report(outcome=outcome, summary="what is observed is not reachable", reason=reason, argv=options.available)


def _missing(message: str, rule: str = "observability-missing") -> Finding:
    return Finding(rule=rule, message=message, fix="go back to the plan and say what to observe and the command that shows it")


def _ended(exit_code: int | None) -> Iterator[Finding]:
    if exit_code != 0:
        yield Finding(
            rule="observability-red", message=f"the check ended with exit code {exit_code}", fix="make the check succeed", anchor="exit"
        )


def _said(printed: str, log: str, options: Options) -> Iterator[Finding]:
    for pattern in options.must_match:
        if not re.search(pattern, printed, re.MULTILINE) and not re.search(pattern, log, re.MULTILINE):
            yield Finding(rule="observability-silent", message=f"nothing matches {pattern!r}", fix="make the signal appear", anchor=pattern)
    for place, text in (("", printed), (options.log, log)):
        for pattern in options.must_not_match:
            if match := re.search(pattern, text, re.MULTILINE):
                line = text.count("\n", 0, match.start()) + 1
                shown = redact.redact(text.split("\n")[line - 1])[:200]
                yield Finding(
                    rule="observability-errors", path=place, line=line, message=f"shows {shown!r}", fix="remove the cause", anchor=pattern
                )
