"""Commits as the laws see them: the message read, who is exempt, whether its content was validated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from twelve.factors.gates import ledger
from twelve.factors.guardrails.laws.evidence import CommitFacts
from twelve.factors.memory import dialects
from twelve.model.evidence import GateEvidence
from twelve.model.gate import Need
from twelve.model.settings import Settings
from twelve.model.verdict import Outcome
from twelve.system import git

POLICY = "twelve.toml"


def facts(repository: git.Repository, commits: Sequence[git.Commit], settings: Settings) -> tuple[CommitFacts, ...]:
    """One entry per commit, in the order given."""
    required = {id for id, gate in settings.gates.items() if gate.need is Need.REQUIRED}
    validated = _validated(repository, commits, required) if required else {}
    return tuple(_facts(commit, settings, validated.get(commit.oid)) for commit in commits)


def message_facts(text: str, settings: Settings, *, author: str = "", parents: int | None = None) -> CommitFacts:
    """A message about to become a commit; its content is judged elsewhere."""
    exempt = dialects.exemption(text, parents=parents, author=author, bots=settings.laws.bots)
    return CommitFacts(oid="", message=dialects.parse(text), exempt=exempt)


def _facts(commit: git.Commit, settings: Settings, validated: bool | None) -> CommitFacts:
    text = f"{commit.subject}\n\n{commit.body}"
    exempt = dialects.exemption(text, parents=len(commit.parents), author=commit.author, bots=settings.laws.bots)
    return CommitFacts(oid=commit.oid, message=dialects.parse(text), exempt=exempt, validated=validated)


def _validated(repository: git.Repository, commits: Sequence[git.Commit], required: set[str]) -> dict[str, bool]:
    """Commit -> every required gate has a PASS on this very content. Commits from before there was a policy are left out."""
    notes = repository.notes_all(ledger.REF)
    return {commit: _passed(repository, commit, notes, required) for commit in _under_policy(repository, commits)}


def _under_policy(repository: git.Repository, commits: Sequence[git.Commit]) -> list[str]:
    asked = "".join(f"{commit.oid}:{POLICY}\n" for commit in commits)
    answers = repository.run("cat-file", "--batch-check", stdin=asked.encode()).decode("utf-8", "replace").splitlines()
    return [commit.oid for commit, answer in zip(commits, answers, strict=True) if " blob " in answer]


def _passed(repository: git.Repository, commit: str, notes: Mapping[str, tuple[bytes, ...]], required: set[str]) -> bool:
    passed = [entry for entry in _evidence(notes.get(commit, ())) if entry.outcome is Outcome.PASS]
    if not required <= {entry.gate for entry in passed}:
        return False
    subject = repository.subject_of(commit)
    return required <= {entry.gate for entry in passed if entry.subject == subject}


def _evidence(lines: Sequence[bytes]) -> list[GateEvidence]:
    """What can be read; a damaged line is no evidence."""
    found: list[GateEvidence] = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=GateEvidence))
        except msgspec.MsgspecError:
            continue
    return found
