"""Running one gate on one tree: tool present, something to read, the kind's answer, bounded and cleaned."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from twelve.factors.gates import reports, tools
from twelve.factors.gates.definition import Gate
from twelve.factors.gates.kind import Job
from twelve.factors.gates.tree import Tree
from twelve.model.errors import TwelveError
from twelve.model.finding import Finding
from twelve.model.gate import Retry
from twelve.model.verdict import Outcome, Report
from twelve.system import clock, files, processes, redact
from twelve.system.processes import Execution

SCRATCH = "{scratch}"
"""Stands for the folder outside the tree in commands, report paths and recorded argv."""

_QUIET = {"PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", "PY_COLORS": "0", "GIT_OPTIONAL_LOCKS": "0"}
"""A check must not write into what it judges, nor decorate what is parsed."""

_ARGV_KEPT = 30

_TRANSIENT = processes.RetryPolicy()
"""Three attempts with doubling waits (SPEC: transient failures 3x)."""


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What all gates of one judging share."""

    tree: Tree
    homes: tuple[Path, ...] = ()
    """Further folders whose `.venv` and `node_modules` may hold the project's tools: the main work tree of a linked one."""
    base: str = ""
    facts: Mapping[str, Any] = msgspec.field(default_factory=dict)
    foreign: bool = False
    """An agent fills the tree: an environment in it that no commit holds is the agent's, and its programs judge nothing."""

    @property
    def root(self) -> Path:
        return self.tree.root

    def find(self, program: str, cwd: str = ".") -> str | None:
        if self.foreign and not self._content(program, cwd):
            first, *others = self.homes or (Path(os.devnull),)
            return tools.find(first, program, cwd=cwd, homes=others)
        return tools.find(self.root, program, cwd=cwd, homes=self.homes)

    def _content(self, program: str, cwd: str) -> bool:
        """Whether a program is named by a path and is part of what is judged, or of no work tree at all."""
        return os.path.isabs(program) or ("/" in program and os.path.normpath(os.path.join(cwd, program)) in self.tree)


def check(gate: Gate, around: Surroundings, *, on_retry: Callable[[int], None] = lambda _attempt: None) -> tuple[Report, int]:
    """The gate's answer and how many attempts it took. Never raises for anything the content or a tool did."""

    def attempt(number: int) -> Report:
        if number > 1:
            on_retry(number)
        return _clean(_once(gate, around), around, gate.settings.env)

    def again(report: Report) -> bool:
        return gate.settings.retry is Retry.TRANSIENT and report.transient and report.outcome in (Outcome.ERROR, Outcome.FAIL)

    return processes.retry(attempt, _TRANSIENT, transient=again)


def _once(gate: Gate, around: Surroundings) -> Report:
    chosen = around.tree.files(gate.inputs)
    with files.scratch_directory() as scratch:
        job = job_for(gate, around, chosen, scratch)
        if gate.tool and around.find(gate.tool, gate.settings.cwd) is None:
            return reports.missing(job, gate.tool)
        if gate.inputs and not chosen:
            return reports.nothing(f"no file matches {', '.join(gate.inputs)}", "correct the gate's inputs or remove the gate")
        return _ask(gate, job)


def _ask(gate: Gate, job: Job) -> Report:
    try:
        report: object = gate.kind.check(job, gate.options)
    except TwelveError as trouble:
        return reports.error(trouble.what, "; ".join(part for part in (trouble.why, trouble.next) if part) or trouble.what)
    except Exception as bug:  # noqa: BLE001 - a kind that crashes has not judged; that is ERROR, never PASS
        return reports.error("the check itself crashed", f"{type(bug).__name__}: {bug}")
    if not isinstance(report, Report):
        return reports.error("the check gave no report", f"kind {gate.kind_name} returned {type(report).__name__}")
    if report.outcome in (Outcome.ERROR, Outcome.SKIP) and not report.reason:
        return msgspec.structs.replace(report, reason=report.summary or "no reason given")
    return report


def job_for(gate: Gate, around: Surroundings, chosen: tuple[str, ...], scratch: Path) -> Job:
    """The job a kind gets: bound to tree, time limit and environment."""
    return Job(
        gate=gate.id,
        settings=gate.settings,
        root=around.root,
        files=chosen,
        base=around.base,
        timeout_s=gate.timeout_s,
        run=_runner(gate, around, scratch),
        facts=around.facts,
        scratch=scratch,
        find=lambda program: around.find(program, gate.settings.cwd),
    )


def _runner(gate: Gate, around: Surroundings, scratch: Path) -> Callable[..., Execution]:
    deadline = clock.monotonic() + gate.timeout_s

    def run(
        argv: tuple[str, ...],
        *,
        cwd: Path | str | None = None,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        timeout_s: float | None = None,
    ) -> Execution:
        left = max(0.01, deadline - clock.monotonic())
        words = [word.replace(SCRATCH, str(scratch)) for word in argv]
        if words and ("/" not in words[0] or around.foreign):
            words[0] = around.find(words[0], gate.settings.cwd) or words[0]
        where = files.confined(around.root, gate.settings.cwd) if cwd is None else around.root / cwd
        ran = processes.run(
            words,
            cwd=where,
            env=processes.environment({**_QUIET, **gate.settings.env, **(env or {})}),
            stdin=stdin,
            timeout_s=min(left, timeout_s) if timeout_s else left,
        )
        return msgspec.structs.replace(ran, argv=tuple(word.replace(str(scratch), SCRATCH) for word in argv))

    return run


def _short(argv: tuple[str, ...]) -> tuple[str, ...]:
    """A call with hundreds of file names is evidence with its first words and a count."""
    return argv if len(argv) <= _ARGV_KEPT else (*argv[:_ARGV_KEPT], f"[{len(argv) - _ARGV_KEPT} more]")


def _cleaned(found: Finding, text: Callable[[str], str]) -> Finding:
    return msgspec.structs.replace(found, message=text(found.message), fix=text(found.fix), anchor=text(found.anchor))


def _clean(report: Report, around: Surroundings, own: Mapping[str, str]) -> Report:
    """Without secrets, and without paths that exist only on this machine."""

    known = redact.values_of({**os.environ, **own})

    def text(value: str) -> str:
        return redact.redact(redact.hide(value.replace(f"{around.root}{os.sep}", ""), known))

    return msgspec.structs.replace(
        report,
        summary=text(report.summary),
        reason=text(report.reason),
        log=text(report.log),
        argv=tuple(text(word) for word in _short(report.argv)),
        findings=tuple(_cleaned(found, text) for found in report.findings),
    )
