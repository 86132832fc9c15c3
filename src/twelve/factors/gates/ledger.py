"""Verdicts as evidence in git: JSON lines in `refs/notes/twelve/gates` on the commit whose content was judged.

Content that is not committed yet has no commit to annotate: its evidence waits in
`<git common dir>/twelve/state/evidence/<subject>.jsonl` and is attached when a commit with that content is seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from twelve.model.evidence import GateEvidence
from twelve.model.verdict import Verdict
from twelve.system import files, git
from twelve.system.journal import Journal
from twelve.version import __version__

REF = "refs/notes/twelve/gates"
_LIMIT = 4_000_000


def evidence(verdict: Verdict, *, run: str = "") -> GateEvidence:
    """What is kept of a verdict. A verdict from the cache is the same evidence as when it was made."""
    return GateEvidence(
        gate=verdict.gate,
        kind=verdict.kind,
        definition=verdict.definition,
        subject=verdict.subject,
        inputs=verdict.inputs,
        outcome=verdict.outcome,
        required=verdict.required,
        proven=verdict.proven,
        findings=len(verdict.report.findings),
        tool=verdict.report.tool,
        tool_version=verdict.report.tool_version,
        argv=verdict.report.argv,
        started=verdict.started,
        duration_s=verdict.duration_s,
        twelve=__version__,
        run=run,
    )


def record(repository: git.Repository, verdicts: Sequence[Verdict], *, run: str = "", journal: Journal | None = None) -> str:
    """Keep evidence of verdicts; the id of the commit they were attached to, or "" while they wait for one.

    Idempotent: the same verdict leaves one line however often it is recorded.
    """
    if journal is not None:
        for verdict in verdicts:
            _announce(journal, verdict, run)
    ready = [verdict for verdict in verdicts if verdict.attempts and verdict.subject]
    if not ready:
        return ""
    subject = ready[0].subject
    lines = tuple(_line(evidence(verdict, run=run)) for verdict in ready)
    head = repository.head()
    if head and repository.subject_of(head) == subject:
        _append(repository, head, (*_waiting(repository, subject), *lines))
        _pending(repository, subject).unlink(missing_ok=True)
        return head
    known = set(_waiting(repository, subject))
    fresh = [line for line in lines if line not in known]
    if fresh:
        path = _pending(repository, subject)
        path.parent.mkdir(parents=True, exist_ok=True)
        for line in fresh:
            files.append_line(path, line)
    return ""


def attach(repository: git.Repository, commit: str = "HEAD") -> int:
    """Move waiting evidence of this commit's content onto the commit; how many lines. Call it after a commit."""
    found = repository.resolve(commit)
    if not found:
        return 0
    subject = repository.subject_of(found)
    lines = _waiting(repository, subject)
    if lines:
        _append(repository, found, lines)
        _pending(repository, subject).unlink(missing_ok=True)
    return len(lines)


def find(repository: git.Repository, subject: str, definition: str) -> tuple[GateEvidence, ...]:
    """Everything known about this definition on exactly this content, oldest first; attached or waiting."""
    seen = {line for lines in repository.notes_all(REF).values() for line in lines if subject.encode() in line}
    seen.update(_waiting(repository, subject))
    known = [entry for entry in _decoded(seen) if entry.subject == subject and entry.definition == definition]
    return tuple(sorted(known, key=lambda entry: (entry.started, entry.gate, entry.duration_s)))


def on(repository: git.Repository, commit: str) -> tuple[GateEvidence, ...]:
    """Evidence attached to one commit, oldest first. Lines of another schema or damaged ones are left out."""
    known = _decoded(repository.notes_read(REF, commit))
    return tuple(sorted(known, key=lambda entry: (entry.started, entry.gate, entry.duration_s)))


def _append(repository: git.Repository, commit: str, lines: Iterable[bytes]) -> None:
    known = set(repository.notes_read(REF, commit))
    fresh = sorted(set(lines) - known)
    if fresh:
        repository.notes_append(REF, commit, fresh)


def _line(entry: GateEvidence) -> bytes:
    return json.dumps(msgspec.to_builtins(entry), ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def _decoded(lines: Iterable[bytes]) -> Iterator[GateEvidence]:
    for line in lines:
        try:
            yield msgspec.convert(json.loads(line), GateEvidence)
        except (ValueError, msgspec.ValidationError):
            continue


def _pending(repository: git.Repository, subject: str) -> Path:
    return Path(repository.state_dir) / "evidence" / f"{subject}.jsonl"


def _waiting(repository: git.Repository, subject: str) -> tuple[bytes, ...]:
    path = _pending(repository, subject)
    if not path.is_file():
        return ()
    return tuple(line for line in files.read_bounded(path, _LIMIT).split(b"\n") if line)


def _announce(journal: Journal, verdict: Verdict, run: str) -> None:
    journal.emit(
        "gate.finished",
        gate=verdict.gate,
        kind=verdict.kind,
        outcome=verdict.outcome,
        required=verdict.required,
        definition=verdict.definition,
        subject=verdict.subject,
        duration_s=verdict.duration_s,
        findings=len(verdict.report.findings),
        attempts=verdict.attempts,
        cached=verdict.cached,
        proven=verdict.proven,
        run=run,
    )
