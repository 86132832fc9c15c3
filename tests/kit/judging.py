"""Ask one gate kind about one real repository, through the same code the engine uses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twelve.factors.gates import checking, definition, prove, tools
from twelve.factors.gates.checking import Surroundings
from twelve.factors.gates.definition import Gate
from twelve.factors.gates.kind import Job
from twelve.factors.gates.tree import Tree
from twelve.model.gate import GateSettings, Need
from twelve.model.verdict import Report
from twelve.system import git


def gate(kind: str, options: Mapping[str, Any] | None = None, *, required: bool = True, inputs: tuple[str, ...] = ()) -> Gate:
    """A gate of this kind as the policy would define it."""
    need = Need.REQUIRED if required else Need.OPTIONAL
    return definition.resolve("under-test", GateSettings(kind=kind, options=dict(options or {}), need=need, inputs=inputs))


def ask(
    repository: git.Repository,
    kind: str,
    options: Mapping[str, Any] | None = None,
    *,
    facts: Mapping[str, Any] | None = None,
    base: str = "",
    required: bool = True,
    inputs: tuple[str, ...] = (),
) -> Report:
    """The kind's answer about the work tree as it is."""
    tree = Tree(repository.root, repository.files())
    around = Surroundings(tree=tree, base=base or repository.head() or "", facts=facts or {})
    return checking.check(gate(kind, options, required=required, inputs=inputs), around)[0]


def job(repository: git.Repository, kind: str, options: Mapping[str, Any] | None = None) -> Job:
    """The job the engine would hand to the kind."""
    tree = Tree(repository.root, repository.files())
    under_test = gate(kind, options)
    return checking.job_for(
        under_test, Surroundings(tree=tree, base=repository.head() or ""), tree.files(under_test.inputs), repository.root
    )


def find(program: str) -> str | None:
    """Where the engine would find a program, with nothing of a project's own environment."""
    return tools.find(Path("/nonexistent"), program)


def rules(report: Report) -> list[str]:
    """The rules of all findings, in order."""
    return [finding.rule for finding in report.findings]


def trial(
    repository: git.Repository, kind: str, options: Mapping[str, Any] | None = None, *, facts: Mapping[str, Any] | None = None
) -> prove.Trial:
    """Whether the kind goes red on its own seed and was green before."""
    return prove.prove(repository, [gate(kind, options)], facts=facts)[0]
