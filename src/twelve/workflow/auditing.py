"""What was decided about a file or a commit, why and by whom: commits, gate verdicts, approvals, exemptions, guard decisions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from twelve.factors.approvals import notes, record
from twelve.factors.approvals.decision import SignedDecision
from twelve.factors.approvals.ruling import Judge, Ruling, rulings
from twelve.factors.gates import globs, ledger
from twelve.factors.guardrails import exemptions
from twelve.model.errors import TwelveError
from twelve.system import clock, git, journal, redact
from twelve.workflow import deciding

MOST_COMMITS = 200
"""Commits of a path looked at, newest first (ours)."""


class Commit(Struct, frozen=True, kw_only=True):
    """One commit in the history of what is asked about."""

    oid: str
    author: str
    at: str
    message: str

    @property
    def subject(self) -> str:
        return self.message.partition("\n")[0]

    def section(self, name: str) -> str:
        """The paragraph that begins with `name:`, on one line; "" when there is none."""
        for paragraph in self.message.replace("\r\n", "\n").split("\n\n"):
            if paragraph.lstrip().lower().startswith(f"{name.lower()}:"):
                return " ".join(paragraph.partition(":")[2].split())
        return ""


class Audit(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.audit.v1"):
    """Everything decided about one thing, oldest first."""

    about: str
    kind: str
    """`path` or `commit`."""
    commits: int
    rulings: tuple[Ruling, ...]


def audit(repository: git.Repository, name: str) -> Audit:
    """Decisions about a path (relative to the top) or a revision. Raises TwelveError when it is neither."""
    path = name.removeprefix("./").rstrip("/")
    commits = _history(repository, path)
    kind = "path"
    if not commits and not _exists(repository, path):
        found = repository.resolve(f"{name}^{{commit}}") if name and not name.startswith("-") else None
        if not found:
            raise TwelveError(f"{name!r} is no file here and no commit", why="nothing in the history has this name", next="check the name")
        commits, kind, path = _one(repository, found), "commit", found
    found_rulings = [
        *_commits(commits),
        *_gates(repository, commits),
        *_people(repository, commits, path),
        *_told(repository, commits, path),
    ]
    unique = {(item.at, item.judge, item.what, item.outcome, item.by): item for item in reversed(found_rulings)}
    ordered = tuple(sorted(unique.values(), key=lambda item: (item.at, item.what)))
    return Audit(about=path, kind=kind, commits=len(commits), rulings=ordered)


def _commits(commits: tuple[Commit, ...]) -> Iterator[Ruling]:
    for commit in commits:
        yield Ruling(
            at=commit.at,
            judge=Judge.PERSON,
            what=f"commit {commit.oid[:12]}",
            outcome=redact.redact(commit.subject),
            by=commit.author,
            why=redact.redact(commit.section("learning") or commit.section("context")),
            about=(commit.oid,),
            where="history",
        )


def _gates(repository: git.Repository, commits: tuple[Commit, ...]) -> Iterator[Ruling]:
    noted = set(repository.notes_list(ledger.REF))
    for commit in commits:
        for item in ledger.on(repository, commit.oid) if commit.oid in noted else ():
            yield Ruling(
                at=item.started,
                judge=Judge.AUTOMATION,
                what=f"gate {item.gate}",
                outcome=item.outcome.value,
                by=f"{item.tool} {item.tool_version}".strip(),
                why=f"{item.findings} findings" if item.findings else "",
                about=(commit.oid, item.subject),
                where=ledger.REF,
            )


def _people(repository: git.Repository, commits: tuple[Commit, ...], path: str) -> Iterator[Ruling]:
    """Decisions noted on these commits, and those whose scope, subject matter or files are this path."""
    oids = {commit.oid for commit in commits}
    noted = {item.digest for oid in oids & set(repository.notes_list(notes.REF)) for item in notes.read(repository, oid)}
    listed = {item.request.id for item in record.standings(repository.state_dir) if any(file.path == path for file in item.request.files)}
    granted = [item.signed for item in exemptions.listing(repository.state_dir)]
    gone = notes.revoked(repository)
    for item in (*deciding.kept(repository), *granted):
        decision = item.decision
        if item.digest in noted or decision.request in listed or decision.about == path or _covers(decision.scope, path):
            yield _person(item, revoked=item.digest in gone)
            if item.digest in gone:
                back = gone[item.digest]
                what = f"{back.request} taken back"
                yield Ruling(
                    at=clock.iso(back.at), judge=Judge.PERSON, what=what, outcome="revoked", by=back.by, why=back.reason, where=notes.REF
                )


def _person(item: SignedDecision, *, revoked: bool) -> Ruling:
    decision = item.decision
    outcome = "granted" if decision.granted else "rejected"
    return Ruling(
        at=clock.iso(decision.at),
        judge=Judge.PERSON,
        what=f"{decision.request}{f' from {decision.rule}' if decision.rule else ''}",
        outcome=f"{outcome} ({decision.tier.value}{', revoked' if revoked else ''})",
        by=decision.by,
        why=decision.reason,
        about=tuple(text for text in (decision.subject, decision.scope, decision.about) if text),
        where=notes.REF,
    )


def _told(repository: git.Repository, commits: tuple[Commit, ...], path: str) -> Iterator[Ruling]:
    """What the journal of this machine says: guard decisions first of all, which are kept nowhere else."""
    oids = {commit.oid for commit in commits}
    for item in rulings(journal.read(repository.state_dir / "journal")):
        if item.judge is Judge.LAW and any(path in (text, *text.split(", ")) or text in oids for text in item.about):
            yield item


def _covers(scope: str, path: str) -> bool:
    return bool(scope) and globs.matches((scope,), path)


def _history(repository: git.Repository, path: str) -> tuple[Commit, ...]:
    if not path or repository.head() is None:
        return ()
    return _read(repository, "--literal-pathspecs", "log", "-z", _FORMAT, f"--max-count={MOST_COMMITS}", "HEAD", "--", path)


def _one(repository: git.Repository, oid: str) -> tuple[Commit, ...]:
    return _read(repository, "log", "-z", _FORMAT, "--max-count=1", "--end-of-options", oid)


_FORMAT = "--format=%H%x00%an <%ae>%x00%cI%x00%B"


def _read(repository: git.Repository, *words: str) -> tuple[Commit, ...]:
    fields = repository.run(*words).decode("utf-8", "replace").split("\0")
    rows = zip(*(fields[number::4] for number in range(4)), strict=False)
    return tuple(Commit(oid=oid, author=author, at=at, message=message) for oid, author, at, message in rows)


def _exists(repository: git.Repository, path: str) -> bool:
    return bool(path) and not Path(path).is_absolute() and ".." not in Path(path).parts and (repository.root / path).exists()
