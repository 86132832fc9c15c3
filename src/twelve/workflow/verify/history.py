"""The commits themselves: the laws they keep, the runs they belong to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import structs

from twelve.factors.guardrails.laws import statute
from twelve.factors.guardrails.laws.evidence import CommitFacts
from twelve.factors.memory import dialects
from twelve.model.errors import TwelveError
from twelve.model.finding import Finding, Severity
from twelve.model.settings import Settings
from twelve.model.verdict import Outcome, Report
from twelve.system import files, git
from twelve.workflow import artefacts
from twelve.workflow.fastpath import tampering
from twelve.workflow.laws import commits
from twelve.workflow.phases.implement import Implement
from twelve.workflow.verify.scope import Scope
from twelve.workflow.verify.trust import Trust

_AGENTS = re.compile(r"claude|codex|gemini|copilot|cursor|\bagent\b|\bai\b", re.IGNORECASE)
OURS = Path(__file__)
"""Where this very program lies."""
_BYLINES = ("co-authored-by", "ai-assisted", "generated-by", "assisted-by")


def laws(repository: git.Repository, scope: Scope, trust: Trust) -> Report:
    """Every commit of the range before the laws of the target. What is not enforced is told."""
    # Which gates passed is judged anew on the whole; a note about a single commit decides nothing.
    judged = list(commits.facts(repository, scope.commits, _without_gates(trust)))
    findings = tuple(_violations(judged, trust, {commit.oid: commit.author for commit in scope.commits}))
    red = any(found.severity is Severity.ERROR for found in findings)
    kept = "" if red else ", advice only"
    said = f"violations: {len(findings)} in a range of {len(scope.commits)}{kept}" if findings else "every commit keeps them"
    return Report(outcome=Outcome.FAIL if red else Outcome.PASS, summary=said, findings=findings)


def runs(place: git.Repository, scope: Scope) -> Report:
    """Runs the commits name: their artefacts are there and whole, and what was pinned is what lies here."""
    belonging = named(scope)
    findings = tuple(found for run in belonging for found in _run(place, run))
    if not belonging:
        return Report(outcome=Outcome.PASS, summary="no commit belongs to a run")
    outcome = Outcome.FAIL if findings else Outcome.PASS
    return Report(outcome=outcome, summary=f"{len(belonging)} named, {len(findings)} findings", findings=findings)


def named(scope: Scope) -> tuple[str, ...]:
    """Runs the commits say they belong to."""
    messages = (dialects.parse(f"{commit.subject}\n\n{commit.body}") for commit in scope.commits)
    return tuple(sorted({value.strip() for message in messages for value in message.trailer("Run")}))


def notices(repository: git.Repository, head: str) -> tuple[str, ...]:
    """What this machine noticed about itself: an empty list proves nothing, whoever tampers can empty it."""
    return (*_own(repository, head), *_tampered(repository))


def _own(repository: git.Repository, head: str) -> Iterator[str]:
    inside = os.path.relpath(OURS.resolve(), repository.root.resolve())
    if not inside.startswith("..") and repository.resolve(f"{head}:{inside}"):
        yield "Twelve itself runs from the content that is judged, so this is the branch's own answer"


def _tampered(repository: git.Repository) -> tuple[str, ...]:
    try:
        found = tampering.waiting(repository.state_dir)
    except (TwelveError, OSError) as trouble:
        return (f"records of tampering on this machine cannot be read: {trouble}",)
    shown = tuple(f"on this machine {item.path} was {item.change} and nobody has looked at it" for item in found[:10])
    return (*shown, f"and {len(found) - 10} more records of tampering") if len(found) > 10 else shown


def _without_gates(trust: Trust) -> Settings:
    return structs.replace(trust.settings, gates={})


def _violations(judged: list[CommitFacts], trust: Trust, names: dict[str, str]) -> Iterator[Finding]:
    enforce = trust.settings.laws.enforce
    for commit in judged:
        binding = enforce == "everyone" or (enforce == "agents" and _by_agent(commit, names[commit.oid]))
        for violation in statute.judge_commit(commit, trust.settings.laws):
            yield Finding(
                rule=f"law-{violation.law.lower()}",
                message=f"{violation.where} {violation.message}",
                severity=Severity.ERROR if binding else Severity.WARNING,
                fix=violation.remedy,
                anchor=f"{commit.oid} {violation.law} {violation.message}",
            )


def _by_agent(commit: CommitFacts, author: str) -> bool:
    """Whether the commit itself says that an agent made it or helped; silence proves nothing."""
    bylines = " ".join(value for key, value in commit.message.trailers if key.lower() in _BYLINES)
    return bool(_AGENTS.search(f"{author} {bylines}") or commit.message.trailer("Run"))


def _run(place: git.Repository, run: str) -> Iterator[Finding]:
    try:
        readings = [artefacts.read(place.root, run, name) for name in artefacts.TYPES]
    except TwelveError as trouble:
        yield _broken(run, trouble.what)
        return
    if not any(reading.present for reading in readings):
        yield _broken(run, "its artefacts are not in the tree")
    for reading in readings:
        yield from reading.findings
        if isinstance(reading.artefact, Implement):
            yield from _moved(place, run, reading.artefact)


def _moved(place: git.Repository, run: str, record: Implement) -> Iterator[Finding]:
    """Pinned files whose content is another one than when the run ended."""
    for oracle in record.oracles:
        try:
            path = files.confined(place.root, oracle.path)
            now = files.digest(path) if path.is_file() and not path.is_symlink() else ""
        except (TwelveError, OSError):
            now = ""
        if now != oracle.digest:
            yield _broken(run, f"{oracle.path} is not what it was when the run was judged by it", path=oracle.path)


def _broken(run: str, what: str, *, path: str = "") -> Finding:
    fix = "judge the work again in a run of its own"
    return Finding(rule="run-record", message=f"run {run}: {what}", path=path, fix=fix, anchor=f"{run} {what}")
