"""What a gate answers: one of four outcomes, with everything needed to believe or doubt it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from twelve.model.finding import Finding


class Outcome(StrEnum):
    """The only four answers. ERROR blocks like FAIL; SKIP is shown and never counts as PASS."""

    PASS = "PASS"  # noqa: S105 - an outcome, not a password
    FAIL = "FAIL"
    ERROR = "ERROR"
    SKIP = "SKIP"


class Report(Struct, frozen=True, kw_only=True):
    """What a gate kind or a process hands back, before anything is known about content or proof."""

    outcome: Outcome
    summary: str
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    """Why the outcome is ERROR or SKIP; empty for PASS and FAIL."""
    argv: tuple[str, ...] = ()
    tool: str = ""
    tool_version: str = ""
    asks: str = ""
    """Digest a person has to approve before this gate can pass; "" when no person can help."""
    log: str = ""
    """Tail of the tool's output, redacted."""
    transient: bool = False
    """True when trying again without changing anything could help (time-out, lost connection)."""


class Verdict(Struct, frozen=True, kw_only=True):
    """A report bound to the exact content it judged."""

    gate: str
    kind: str
    required: bool
    report: Report
    definition: str
    """sha256 of the gate's resolved definition."""
    subject: str
    """Object id of the judged tree without `.twelve/`."""
    inputs: str
    """sha256 over path and content of the files the gate declares as inputs."""
    started: str
    """UTC, ISO 8601 with Z."""
    duration_s: float
    attempts: int = 1
    cached: bool = False
    proven: bool = False
    """True when this definition was seen red here on a seeded defect."""

    @property
    def outcome(self) -> Outcome:
        return self.report.outcome

    @property
    def passed(self) -> bool:
        return self.report.outcome is Outcome.PASS

    @property
    def blocks(self) -> bool:
        """Whether this verdict holds up the phase: a required gate must PASS, an optional one must not be red."""
        if self.required:
            return not self.passed
        return self.report.outcome in (Outcome.FAIL, Outcome.ERROR)
