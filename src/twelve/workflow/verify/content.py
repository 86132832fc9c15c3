"""The target's gates on the branch's content, in a clean checkout. What notes say about it is not asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from twelve.factors.gates import engine, proofs, prove, suites
from twelve.factors.gates.definition import Gate
from twelve.factors.gates.engine import Progress
from twelve.factors.gates.prove import Result, Trial
from twelve.factors.gates.reading import diffs
from twelve.model.errors import Trouble, TwelveError
from twelve.model.verdict import Outcome, Report, Verdict
from twelve.system import git
from twelve.workflow.verify import view
from twelve.workflow.verify.scope import Scope
from twelve.workflow.verify.trust import Trust

_ASKING = ("diff_review", "integrity")
"""Kinds that let a diff pass when a person has read it."""


class Bench(Struct, frozen=True, kw_only=True):
    """What gates are run on."""

    clone: git.Repository
    view: git.Repository
    place: git.Repository
    """The branch's content; its `.git` is thrown away."""
    scope: Scope
    gates: tuple[Gate, ...]

    @property
    def homes(self) -> tuple[Path, ...]:
        """Where the project's tools may be installed."""
        return (self.clone.root, *engine.home(self.clone))

    def digest(self) -> str:
        """What a person approves who lets exactly this diff pass; "" where no gate asks for that."""
        if not any(gate.kind_name in _ASKING for gate in self.gates):
            return ""
        return diffs.read(self.place, self.scope.base).digest

    def known(self) -> frozenset[str]:
        """Gates this machine says it has seen red. A claim like any other."""
        return frozenset(gate.id for gate in self.gates if proofs.find(self.clone.state_dir, gate))


def gates(trust: Trust) -> tuple[Gate, ...]:
    """Every gate of the target's full suite."""
    return suites.select(trust.settings, suites.FULL)


def proven(bench: Bench, on_trial: Callable[[Trial], None] | None = None) -> frozenset[str]:
    """Gates that go red on a defect planted into the target's content, tried here and now."""
    with view.of(bench.clone, bench.scope.target) as place:
        trials = prove.prove(place, bench.gates, homes=bench.homes, on_trial=on_trial)
    return frozenset(trial.gate for trial in trials if trial.result is Result.PROVEN)


def judge(
    bench: Bench, seen_red: frozenset[str], facts: Mapping[str, Any], *, on_progress: Callable[[Progress], None] | None = None
) -> tuple[Verdict, ...]:
    """A verdict per gate. Kept verdicts are no evidence here: whoever wrote them is not known."""
    place = bench.place
    verdicts = engine.judge(
        place,
        place.root,
        bench.gates,
        facts=facts,
        base=bench.scope.base,
        cache=False,
        fail_fast=False,
        foreign=True,
        homes=bench.homes,
        on_progress=on_progress,
    )
    touched = view.changed(bench.view, place, bench.scope.head)
    told = tuple(structs.replace(verdict, proven=verdict.gate in seen_red) for verdict in verdicts)
    return tuple(_doubted(verdict, touched) for verdict in told) if touched else told


def refuse_own_programs(clone: git.Repository, head: str) -> None:
    """Programs the branch brings must not be found by bare names. Raises TwelveError when PATH leads into the judged tree."""
    top = os.path.realpath(clone.root)
    for entry in os.environ.get("PATH", "").split(os.pathsep):
        inside = os.path.relpath(os.path.realpath(entry), top) if os.path.isabs(entry) else ".."
        if inside.split(os.sep)[0] == "..":
            continue
        if clone.run("ls-tree", "--name-only", "-z", "--full-tree", head, *([] if inside == "." else ["--", f"{inside}/"])):
            raise TwelveError(
                "PATH leads into the content that is to be judged",
                why=f"programs of {inside!r}, which the branch brings, would judge it",
                next="take that folder out of PATH for this command",
                kind=Trouble.CONFIG,
            )


def _doubted(verdict: Verdict, touched: Sequence[str]) -> Verdict:
    """Content that was changed behind the judges' backs was not judged."""
    if not verdict.passed:
        return verdict
    shown = ", ".join(touched[:5]) + (f" and {len(touched) - 5} more" if len(touched) > 5 else "")
    report = Report(outcome=Outcome.ERROR, summary="the judged files changed", reason=f"while gates ran, and hidden from git: {shown}")
    return structs.replace(verdict, report=report)
