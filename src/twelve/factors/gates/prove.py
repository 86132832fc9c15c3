"""Seeing gates go red: plant a defect in a copy of the content, and watch.

A gate is proven when it passes on the clean copy, fails on the copy with the defect, and passes again when
the defect is gone, the definition being the same. A gate that stays green is decoration; one that breaks has not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from twelve.factors.gates import checking, engine, fingerprints, planting, proofs
from twelve.factors.gates.checking import Surroundings
from twelve.factors.gates.definition import Gate
from twelve.factors.gates.proofs import Proof, Standing
from twelve.factors.gates.tree import Tree
from twelve.model.errors import TwelveError
from twelve.model.gate import Seed
from twelve.model.verdict import Outcome, Report
from twelve.system import clock, files, git
from twelve.system.journal import Journal


class Result(StrEnum):
    """What came of trying to prove a gate."""

    PROVEN = "proven"
    DECORATION = "decoration"
    """It passed with the defect in place."""
    NOT_CLEAN = "not clean"
    """It does not pass without the defect, so its red says nothing."""
    BROKEN = "broken"
    """It could not judge the defect, or the defect could not be planted."""
    UNPROVABLE = "unprovable"
    """There is no defect to plant: neither `prove` in its definition nor one known to its kind."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One gate on trial."""

    gate: str
    kind: str
    required: bool
    definition: str
    result: Result
    detail: str
    seed: Seed | None = None
    report: Report | None = None
    """The answer that decided."""

    @property
    def outcome(self) -> Outcome:
        """PASS: seen red. FAIL: decoration. ERROR: could not be tried. SKIP: unprovable."""
        return _OUTCOMES[self.result]


_OUTCOMES = {
    Result.PROVEN: Outcome.PASS,
    Result.DECORATION: Outcome.FAIL,
    Result.NOT_CLEAN: Outcome.ERROR,
    Result.BROKEN: Outcome.ERROR,
    Result.UNPROVABLE: Outcome.SKIP,
}


def prove(
    repository: git.Repository,
    gates: Sequence[Gate],
    *,
    facts: Mapping[str, Any] | None = None,
    homes: Sequence[Path] = (),
    journal: Journal | None = None,
    on_trial: Callable[[Trial], None] | None = None,
) -> tuple[Trial, ...]:
    """Try every gate on a copy of the current content; proofs are recorded, a gate that failed its trial loses its proof.

    `homes`: further folders whose environments hold the project's tools.
    """
    homes = (repository.root, *engine.home(repository), *homes)
    trials = []
    with planting.copied(repository, homes) as copy:
        clean = copy.head() or ""
        for gate in gates:
            trial = _try(gate, copy, homes, facts or {})
            copy.reset_hard(clean, exclusive=True)
            _remember(Path(repository.state_dir), gate, trial)
            if journal is not None:
                _announce(journal, trial)
            if on_trial:
                on_trial(trial)
            trials.append(trial)
    return tuple(trials)


def seed_of(gate: Gate, repository: git.Repository) -> Seed | None:
    """The defect that would be planted: the definition's own, else the kind's for this content."""
    around = Surroundings(tree=Tree(repository.root, repository.files()), homes=engine.home(repository), base=repository.head() or "")
    return _seed(gate, around)


def standing(gate: Gate, repository: git.Repository) -> Standing:
    """Whether the gate is proven, could be, or has nothing to be proven with."""
    return standings([gate], repository)[gate.id]


def standings(gates: Sequence[Gate], repository: git.Repository) -> dict[str, Standing]:
    """The same for many gates with one look at the tree. A kind that cannot choose a defect now leaves its gate unproven."""
    around: Surroundings | None = None
    found: dict[str, Standing] = {}
    for gate in gates:
        if proofs.find(repository.state_dir, gate):
            found[gate.id] = Standing.PROVEN
            continue
        around = around or Surroundings(
            tree=Tree(repository.root, repository.files()), homes=engine.home(repository), base=repository.head() or ""
        )
        try:
            found[gate.id] = proofs.standing(repository.state_dir, gate, _seed(gate, around))
        except TwelveError:
            found[gate.id] = Standing.UNPROVEN
    return found


def _try(gate: Gate, copy: git.Repository, homes: tuple[Path, ...], facts: Mapping[str, Any]) -> Trial:
    around = _around(copy, homes, facts)
    try:
        seed = _seed(gate, around)
    except TwelveError as trouble:
        return _trial(gate, Result.BROKEN, f"no defect could be chosen: {trouble.what}")
    if seed is None:
        return _trial(gate, Result.UNPROVABLE, "neither `prove` in its definition nor a defect known to its kind")
    clean, _ = checking.check(gate, around)
    if clean.outcome is not Outcome.PASS:
        said = clean.reason or clean.summary
        return _trial(gate, Result.NOT_CLEAN, f"without any defect it is {clean.outcome.value}: {said}", seed, clean)
    # What the clean check left behind (caches, build output) must not be what the next one judges.
    copy.reset_hard("HEAD", exclusive=True)
    before = around.tree.digest(gate.inputs)
    try:
        planting.plant(copy.root, gate, seed)
    except TwelveError as trouble:
        return _trial(gate, Result.BROKEN, f"{trouble.what}: {trouble.why}", seed)
    seeded = _around(copy, homes, facts)
    if gate.inputs and seeded.tree.digest(gate.inputs) == before:
        return _trial(gate, Result.BROKEN, f"{seed.file} is not among the files this gate reads", seed)
    red, _ = checking.check(gate, seeded)
    trial = _concluded(gate, seed, clean, red)
    return _repeated(gate, copy, around, trial) if trial.result is Result.PROVEN else trial


def _repeated(gate: Gate, copy: git.Repository, around: Surroundings, trial: Trial) -> Trial:
    """Only the defect may have made it red: without it the gate must be green once more."""
    copy.reset_hard("HEAD", exclusive=True)
    again, _ = checking.check(gate, around)
    if again.outcome is Outcome.PASS:
        return trial
    said = again.reason or again.summary
    return _trial(gate, Result.BROKEN, f"with the defect taken out again it is {again.outcome.value}: {said}", trial.seed, again)


def _concluded(gate: Gate, seed: Seed, clean: Report, red: Report) -> Trial:
    said = red.reason or red.summary
    if red.outcome is Outcome.FAIL:
        new = fingerprints.compare(clean.findings, red.findings).new
        seen = f": {new[0].message}" if new else ""
        return _trial(gate, Result.PROVEN, f"went red on {seed.because or seed.file}{seen}", seed, red)
    if red.outcome is Outcome.PASS:
        return _trial(gate, Result.DECORATION, f"stayed green with {seed.because or 'a defect'} in {seed.file}", seed, red)
    return _trial(gate, Result.BROKEN, f"with the defect it is {red.outcome.value} instead of FAIL: {said}", seed, red)


def _around(copy: git.Repository, homes: tuple[Path, ...], facts: Mapping[str, Any]) -> Surroundings:
    return Surroundings(tree=Tree(copy.root, copy.files()), homes=homes, base=copy.head() or "", facts=facts)


def _seed(gate: Gate, around: Surroundings) -> Seed | None:
    if gate.settings.prove:
        return gate.settings.prove
    with files.scratch_directory() as scratch:
        return gate.kind.seed(checking.job_for(gate, around, around.tree.files(gate.inputs), scratch), gate.options)


def _trial(gate: Gate, result: Result, detail: str, seed: Seed | None = None, report: Report | None = None) -> Trial:
    return Trial(
        gate=gate.id,
        kind=gate.kind_name,
        required=gate.required,
        definition=gate.digest,
        result=result,
        detail=detail,
        seed=seed,
        report=report,
    )


def _announce(journal: Journal, trial: Trial) -> None:
    journal.emit(
        "gate.proved",
        gate=trial.gate,
        kind=trial.kind,
        definition=trial.definition,
        outcome=trial.report.outcome if trial.report else trial.outcome,
        proven=trial.result is Result.PROVEN,
    )


def _remember(state: Path, gate: Gate, trial: Trial) -> None:
    if trial.result is Result.PROVEN and trial.seed and trial.report:
        proof = Proof(
            gate=gate.id,
            kind=gate.kind_name,
            definition=gate.digest,
            seed=planting.digest(trial.seed),
            file=trial.seed.file,
            because=trial.seed.because,
            findings=len(trial.report.findings),
            summary=trial.report.summary,
            when=clock.iso(clock.now()),
        )
        proofs.keep(state, gate, proof)
    elif trial.result in (Result.DECORATION, Result.UNPROVABLE):
        proofs.forget(state, gate)
