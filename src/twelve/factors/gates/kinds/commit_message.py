"""Every commit says what a stranger needs later: a telling subject, and the sections of its dialect.

Judged: the message handed in (`facts["commit_message"]`, from a commit-msg hook or the driver); else every commit
from the base to HEAD one by one, or the newest commit when there is none, and the draft in
`.twelve/commit-message` where somebody left one. One good message never covers for a bad one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from twelve.factors.gates import reports
from twelve.factors.gates.kind import Job
from twelve.factors.memory import dialects
from twelve.model.errors import TwelveError
from twelve.model.finding import Finding, Severity
from twelve.model.gate import Cost, Seed
from twelve.model.verdict import Report
from twelve.system import files, git

SUMMARY = "commit messages carry their sections and a telling subject"
COST = Cost.SYNTAX
TOOL = "git"
DRAFT = ".twelve/commit-message"
"""Where a message can be tried before it is used."""
INPUTS: tuple[str, ...] = ()
TIMEOUT_S = 30.0

_COMMITS = 500
"""Commits judged in one go (ours)."""
_NEEDS: dict[dialects.Dialect, tuple[str, ...]] = {
    dialects.Dialect.TWELVE: ("context", "solution", "learning", "impact"),
    dialects.Dialect.WORKFLOW: ("context", "solution", "validation"),
    dialects.Dialect.POSTMORTEM: ("context", "learning", "solution"),
    dialects.Dialect.BULLETS: (),
}
_WRITTEN: dict[dialects.Dialect, dict[str, str]] = {
    dialects.Dialect.WORKFLOW: {"context": "Why", "solution": "What", "validation": "Validation"},
    dialects.Dialect.POSTMORTEM: {"context": "Incident", "learning": "Root cause", "solution": "Fix"},
}


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gates.<id>.options]` of the kind `commit_message`."""

    strictness: Literal["four", "dialect", "header"] = "dialect"
    """`four`: Context, Solution, Learning and Impact in any spelling; `dialect`: what the dialect itself asks for;
    `header`: only the first line."""
    accept: tuple[dialects.Dialect, ...] = tuple(_NEEDS)
    """Dialects that count; others are red unless strictness is `header`."""
    types: tuple[str, ...] = dialects.DEFAULT_TYPES
    """Header types, lower case."""
    type_required: bool = True
    """Whether the first line must start with one of the types."""
    max_subject: int = 100
    """Characters of the first line (ours)."""
    exempt: tuple[dialects.Exemption, ...] = (
        dialects.Exemption.MERGE,
        dialects.Exemption.REVERT,
        dialects.Exemption.FIXUP,
        dialects.Exemption.BOT,
    )
    """Whose messages are left alone: `merge`, `revert`, `fixup`, `bot`."""
    bots: tuple[str, ...] = ()
    """Parts of author names that are machines, besides the well-known ones."""


class _Candidate(Struct, frozen=True, kw_only=True):
    """One message to judge and what is known about its commit."""

    label: str
    text: str
    author: str = ""
    parents: int | None = None


def check(job: Job, options: Options) -> Report:
    """Judge each message by itself; findings name the commit and the missing section."""
    candidates = list(_candidates(job))
    if not candidates:
        return reports.nothing("there is no commit and no message", "commit something, or hand in a message")
    findings: list[Finding] = []
    exempt = 0
    for candidate in candidates:
        exemption = dialects.exemption(candidate.text, parents=candidate.parents, author=candidate.author, bots=options.bots)
        if exemption and exemption in options.exempt:
            exempt += 1
            continue
        findings += _judge(candidate, options)
    return reports.judged(findings, f"{reports.counted(len(candidates), 'message')} judged, {exempt} of them exempt", tool="git")


def seed(_job: Job, _options: Options) -> Seed | None:
    """A draft message that says nothing."""
    return Seed(file=DRAFT, write="update\n", because="the subject says nothing and there are no sections")


def _candidates(job: Job) -> Iterator[_Candidate]:
    handed = job.facts.get("commit_message")
    if isinstance(handed, str):
        yield _Candidate(label="message", text=dialects.clean(handed))
        return
    draft = files.confined(job.root, DRAFT)
    if draft.is_file():
        yield _Candidate(label="draft", text=dialects.clean(files.read_text(draft, 1_000_000)))
    repository = git.discover(job.root)
    if repository.resolve("HEAD") is None:
        return
    commits = repository.log(f"{job.base}..HEAD", _COMMITS + 1) if job.base else ()
    if len(commits) > _COMMITS:
        raise TwelveError(f"more than {_COMMITS} commits since the base", why="they would not all be judged", next="name a nearer base")
    for commit in commits or repository.log("HEAD", 1):
        text = f"{commit.subject}\n\n{commit.body}"
        yield _Candidate(label=f"commit {commit.oid[:12]}", text=text, author=commit.author, parents=_parents(repository, commit))


def _parents(repository: git.Repository, commit: git.Commit) -> int:
    """How many parents a commit has; a shallow clone hides them from the log, the object itself still names them."""
    if commit.parents or not repository.is_shallow():
        return len(commit.parents)
    head, _, _ = repository.run("cat-file", "commit", commit.oid).partition(b"\n\n")
    return sum(line.startswith(b"parent ") for line in head.split(b"\n"))


def _judge(candidate: _Candidate, options: Options) -> Iterator[Finding]:
    message = dialects.parse(candidate.text)
    yield from _judge_header(candidate.label, message, options)
    if options.strictness != "header":
        yield from _judge_sections(candidate.label, message, options)


def _judge_header(label: str, message: dialects.Message, options: Options) -> Iterator[Finding]:
    header = message.header
    if not header.raw:
        yield _finding(label, "message-empty", "the message is empty", "say what changed and why")
        return
    if options.type_required and header.type.lower() not in options.types:
        what = f"the type {header.type!r} is not known here" if header.type else "the first line has no type"
        yield _finding(label, "message-type", what, f"start with one of: {', '.join(options.types)}, then a colon and a summary")
    if dialects.is_generic_subject(header.summary):
        yield _finding(
            label,
            "message-generic-subject",
            f"the subject {header.raw[:60]!r} would fit any commit",
            "name the thing and what is different now",
        )
    if len(header.raw) > options.max_subject:
        yield _finding(
            label,
            "message-long-subject",
            f"the first line has {len(header.raw)} characters",
            "move details into the body",
            Severity.WARNING,
        )


def _judge_sections(label: str, message: dialects.Message, options: Options) -> Iterator[Finding]:
    if message.dialect not in options.accept:
        what = (
            "the message has no body"
            if message.dialect is dialects.Dialect.ONE_LINE
            else f"the body has no sections the policy accepts ({message.dialect})"
        )
        yield _finding(label, "message-no-sections", what, "write Context:, Solution:, Learning: and Impact: sections")
        return
    needed = _NEEDS[dialects.Dialect.TWELVE] if options.strictness == "four" else _NEEDS.get(message.dialect, ())
    written = {} if options.strictness == "four" else _WRITTEN.get(message.dialect, {})
    for name in message.missing(needed):
        shown = written.get(name, name.capitalize())
        state = "only holds a placeholder" if message.section(name).strip() else "is missing"
        yield _finding(
            label,
            "message-missing-section",
            f"the section {shown} {state}",
            f"add {shown}: with something a stranger can use",
            anchor=shown,
        )


def _finding(label: str, rule: str, message: str, fix: str, severity: Severity = Severity.ERROR, *, anchor: str = "") -> Finding:
    return Finding(rule=rule, message=f"{label}: {message}", fix=fix, severity=severity, anchor=f"{label} {anchor}".strip())
