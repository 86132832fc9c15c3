"""Decisions in git: JSON lines in `refs/notes/twelve/approvals` on the commit that was checked out, or the one judged.

Anybody who can write to the repository can write a line here. A line counts by its signature and the base branch's
list of signers (`signature.check`), never by being here. Revocations lie beside the decisions and need no signature.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import msgspec

from twelve.factors.approvals import decision as decisions
from twelve.factors.approvals.decision import Revocation, SignedDecision
from twelve.system import git

REF = "refs/notes/twelve/approvals"
LINE_LIMIT = 100_000
"""Longest line read, bytes (ours): a batch of hundreds with its signature."""


def read(repository: git.Repository, commit: str) -> tuple[SignedDecision, ...]:
    """Decisions noted on one commit that nobody revoked, oldest first; damaged lines are left out."""
    return _standing(repository, repository.notes_read(REF, commit))


def everything(repository: git.Repository) -> tuple[SignedDecision, ...]:
    """Decisions on any object that nobody revoked, oldest first: a rebase leaves notes on commits that are gone."""
    return _standing(repository, (line for lines in repository.notes_all(REF).values() for line in lines))


def history(repository: git.Repository) -> tuple[SignedDecision, ...]:
    """The same with what was revoked."""
    lines = (line for found in repository.notes_all(REF).values() for line in found)
    return tuple({item.digest + item.signature: item for item in _decisions(lines)}.values())


def find(repository: git.Repository, subject: str) -> tuple[SignedDecision, ...]:
    """Decisions about exactly this digest, wherever they are noted."""
    return tuple(item for item in everything(repository) if item.decision.subject == subject)


def revoked(repository: git.Repository) -> dict[str, Revocation]:
    """Digest of a decision -> why it no longer counts."""
    lines = (line for lines in repository.notes_all(REF).values() for line in lines)
    return {item.decision: item for item in _revocations(lines)}


def write(repository: git.Repository, signed: Iterable[SignedDecision], *, commit: str = "") -> str:
    """Note decisions on `commit` (default: HEAD), or on the empty tree while there is none; the object. Raises TwelveError."""
    return _append(repository, commit, [decisions.canonical(item) for item in signed])


def revoke(repository: git.Repository, revocation: Revocation) -> str:
    """Note a revocation; the object it lies on."""
    return _append(repository, "", [decisions.canonical(revocation)])


def _append(repository: git.Repository, commit: str, lines: list[bytes]) -> str:
    target = commit or repository.head() or repository.empty_tree
    repository.notes_append(REF, target, lines)
    return target


def _standing(repository: git.Repository, lines: Iterable[bytes]) -> tuple[SignedDecision, ...]:
    gone = revoked(repository)
    known = {item.digest + item.signature: item for item in _decisions(lines) if item.digest not in gone}
    return tuple(sorted(known.values(), key=lambda item: (item.decision.at, item.decision.request, item.signature)))


def _decisions(lines: Iterable[bytes]) -> Iterator[SignedDecision]:
    for line in lines:
        found = decisions.decode(line) if len(line) <= LINE_LIMIT else None
        if found and found.decision.at.tzinfo is not None:
            yield found


def _revocations(lines: Iterable[bytes]) -> Iterator[Revocation]:
    for line in lines:
        if b"twelve.revocation.v1" in line and len(line) <= LINE_LIMIT:
            try:
                yield msgspec.convert(json.loads(line), Revocation)
            except (ValueError, RecursionError, msgspec.ValidationError):
                continue
