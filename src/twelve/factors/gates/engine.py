"""Judging: gates and a tree in, verdicts bound to exactly that content out.

A verdict is believed only if the content was the same before and after; a gate that writes into what it
judges is ERROR. Nothing here decides what follows from a verdict.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import msgspec

from twelve.factors.gates import cache as kept
from twelve.factors.gates import checking, globs, proofs, reports, scheduling, tools, tree
from twelve.factors.gates.checking import Surroundings
from twelve.factors.gates.definition import Gate
from twelve.model.verdict import Outcome, Report, Verdict
from twelve.system import clock, git, processes

_CLOCK_STEP_NS = 20_000_000
"""File times step in kernel ticks (1 to 10 ms) and may lie that much before the clock."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened while judging, for a person who waits."""

    gate: str
    state: Literal["started", "again", "finished"]
    verdict: Verdict | None = None
    attempt: int = 1


def judge(
    repository: git.Repository,
    root: Path,
    gates: Sequence[Gate],
    *,
    facts: Mapping[str, Any] | None = None,
    base: str = "",
    cache: bool = True,
    jobs: int | None = None,
    fail_fast: bool = True,
    foreign: bool = False,
    homes: Sequence[Path] = (),
    on_progress: Callable[[Progress], None] | None = None,
) -> tuple[Verdict, ...]:
    """A verdict per gate, in the order given; gates that one of them needs must be among them.

    `cache` lets kept verdicts answer for content that was judged before; fresh ones are kept either way.
    `fail_fast` stops before the next more expensive rank once a required gate is red. `foreign`: an agent
    fills the tree, so only the main work tree's environments, and those of `homes`, are asked for programs.
    """
    bench = _Bench(repository, root, facts or {}, base, cache, on_progress, foreign, (*home(repository), *homes))
    answers = scheduling.work(
        gates,
        bench.judge,
        bench.skip,
        bench.settle,
        jobs=jobs or os.cpu_count() or 2,
        fail_fast=fail_fast,
        on_interrupt=processes.kill_all,
    )
    return tuple(answers[gate.id] for gate in gates)


def home(repository: git.Repository) -> tuple[Path, ...]:
    """The main work tree, when `repository` is a linked one: its `.venv` holds the project's tools."""
    main = repository.common_dir.parent
    return (main,) if repository.common_dir.name == ".git" and main != repository.root else ()


def cache_folder(repository: git.Repository) -> Path:
    """Where verdicts are kept."""
    return Path(repository.cache_dir) / "gates"


def programs(gate: Gate, root: Path) -> tuple[str, ...]:
    """Names of the programs that decide the gate's verdict."""
    more: Callable[..., tuple[str, ...]] | None = getattr(gate.kind, "programs", None)
    named = more(root, gate.settings, gate.options) if more else ()
    return (gate.tool, *named) if gate.tool else named


class _Bench:
    """One judging: what is judged, and which gates ran when, to blame the right one for a changed tree."""

    def __init__(
        self,
        repository: git.Repository,
        root: Path,
        facts: Mapping[str, Any],
        base: str,
        cache: bool,
        on_progress: Callable[[Progress], None] | None,
        foreign: bool,
        homes: tuple[Path, ...],
    ) -> None:
        self.repository = repository
        self.cache = cache
        self.subject = repository.subject()
        listing = tree.Tree(root, repository.files())
        start = base or repository.head() or ""
        self.around = Surroundings(tree=listing, homes=homes, base=start, facts=facts, foreign=foreign)
        self._lock = Lock()
        self._on_progress = on_progress
        self._windows: dict[str, tuple[int, int]] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def judge(self, gate: Gate) -> Verdict:
        """From the cache if allowed, by running it otherwise."""
        known = self._known(gate)
        if known:
            self._tell(Progress(gate=gate.id, state="finished", verdict=known))
            return known
        self._tell(Progress(gate=gate.id, state="started"))
        verdict = self._run(gate)
        self._tell(Progress(gate=gate.id, state="finished", verdict=verdict))
        return verdict

    def skip(self, gate: Gate, reason: str) -> Verdict:
        """The verdict of a gate that did not get its turn; blocks when the gate is required."""
        report = Report(outcome=Outcome.SKIP, summary="not run", reason=reason)
        return self._verdict(gate, report, started=clock.iso(clock.now()), duration_s=0, attempts=0)

    def settle(self, fresh: list[Verdict]) -> tuple[list[Verdict], str]:
        """After a rank: was the content left alone? Only then are verdicts kept."""
        ran = [verdict for verdict in fresh if verdict.gate in self._windows]
        if not ran:
            return fresh, ""
        # Records may be written while gates run (they are outside the subject); anything else may not.
        if self.repository.subject() == self.subject:
            for verdict in ran:
                kept.put(cache_folder(self.repository), self._names.get(verdict.gate, ()), verdict)
            self._windows.clear()
            return fresh, ""
        blamed = self._blame(ran)
        reason = "not reached: files changed while gates ran"
        return [blamed.get(verdict.gate, verdict) for verdict in fresh], reason

    def _run(self, gate: Gate) -> Verdict:
        started, began, wall = clock.iso(clock.now()), clock.monotonic(), time.time_ns()
        report, attempts = checking.check(
            gate, self.around, on_retry=lambda number: self._tell(Progress(gate=gate.id, state="again", attempt=number))
        )
        self._windows[gate.id] = (wall, time.time_ns())
        return self._verdict(gate, report, started=started, duration_s=round(clock.monotonic() - began, 3), attempts=attempts)

    def _verdict(self, gate: Gate, report: Report, *, started: str, duration_s: float, attempts: int) -> Verdict:
        return Verdict(
            gate=gate.id,
            kind=gate.kind_name,
            required=gate.required,
            report=report,
            definition=gate.digest,
            subject=self.subject,
            inputs=self.around.tree.digest(gate.inputs) if attempts else "",
            started=started,
            duration_s=duration_s,
            attempts=attempts,
            proven=self._proven(gate),
        )

    def _known(self, gate: Gate) -> Verdict | None:
        """A kept verdict; first by the whole subject, which is known already, then by the digest of the input files."""
        if not gate.pure:
            return None
        programs = self._programs(gate)
        folder = cache_folder(self.repository)
        by_subject = kept.key(gate, programs, f"subject {self.subject}")
        names = () if globs.reads_records(gate.inputs) else (by_subject,)
        found = kept.get(folder, by_subject, gate) if names and self.cache else None
        if found is None:
            by_inputs = kept.key(gate, programs, f"inputs {self.around.tree.digest(gate.inputs)}")
            found = kept.get(folder, by_inputs, gate) if self.cache else None
            if found:
                found = msgspec.structs.replace(found, subject=self.subject)
                kept.put(folder, names, found)
            names = (*names, by_inputs)
        self._names[gate.id] = names
        return msgspec.structs.replace(found, proven=self._proven(gate)) if found else None

    def _proven(self, gate: Gate) -> bool:
        return proofs.find(self.repository.state_dir, gate) is not None

    def _programs(self, gate: Gate) -> str:
        return "\n".join(f"{name}={self._stamp(gate, name)}" for name in programs(gate, self.around.root))

    def _stamp(self, gate: Gate, name: str) -> str:
        path = self.around.find(name, gate.settings.cwd)
        inside = os.path.relpath(path, self.around.root) if path else ""
        # A program that is part of the tree is known by its content: its time differs in every checkout.
        return self.around.tree.content(inside) if inside in self.around.tree else tools.stamp(path)

    def _blame(self, ran: list[Verdict]) -> dict[str, Verdict]:
        first = min(began for began, _ in self._windows.values())
        changed = tree.touched(self.around.root, self.around.tree.paths, self.repository.files(), first - _CLOCK_STEP_NS)
        earliest = min(changed.values(), default=0)
        blamed = {}
        for verdict in ran:
            began, ended = self._windows[verdict.gate]
            if ended + _CLOCK_STEP_NS < earliest:
                continue
            here = [path for path, when in changed.items() if when == 0 or began - _CLOCK_STEP_NS <= when <= ended + _CLOCK_STEP_NS]
            blamed[verdict.gate] = msgspec.structs.replace(verdict, report=_wrote(here, list(changed)))
        return blamed

    def _tell(self, progress: Progress) -> None:
        if self._on_progress:
            with self._lock:
                self._on_progress(progress)


def _wrote(during: list[str], changed: list[str]) -> Report:
    names = during or changed
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    when = "while this gate ran" if during else "while gates of this rank ran"
    return reports.error(
        "the judged files changed",
        f"{when} these files changed: {shown or 'unknown'}; a gate must not write what it judges: make the command write "
        f"to {checking.SCRATCH} or to an ignored path, or run the gate again when somebody edited the files meanwhile",
    )
