"""The change was looked at before it is committed: by a rule set, or by a person.

`automatic` holds the diff against the plan and a few limits: paths outside the plan's globs, deletions, size,
binaries, generated and lock files, mode changes, links. It says nothing about whether the change is right.
`human` passes only when a person approved exactly this diff, by digest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct, structs

from twelve.factors.gates import globs, reports
from twelve.factors.gates.kind import Job
from twelve.factors.gates.reading import diffs
from twelve.model.finding import Finding, Severity
from twelve.model.gate import Cost, Seed
from twelve.model.verdict import Report
from twelve.system import git

SUMMARY = "the diff stays inside the plan and its limits, or a person approved it"
COST = Cost.UNIT
TOOL = "git"
INPUTS: tuple[str, ...] = ()
TIMEOUT_S = 60.0

_LINK_MODES = {"120000": "a symbolic link", "160000": "a submodule"}


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gates.<id>.options]` of the kind `diff_review`."""

    mode: Literal["automatic", "human"] = "automatic"
    """`automatic`: hold the diff against the plan and the limits below; `human`: a person approved exactly this diff, which can
    only be asked for inside a run."""
    max_lines: int = 400
    """Added plus removed lines one review can hold (ours)."""
    max_files: int = 20
    """Changed files one review can hold (ours)."""
    may_delete: tuple[str, ...] = ()
    """Globs of files whose deletion needs no second look."""
    binary: tuple[str, ...] = ()
    """Globs of binary files that may change."""
    generated: tuple[str, ...] = (
        *(
            "package-lock.json",
            "npm-shrinkwrap.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "poetry.lock",
            "uv.lock",
            "Pipfile.lock",
            "Cargo.lock",
        ),
        *(
            "go.sum",
            "Gemfile.lock",
            "composer.lock",
            ".terraform.lock.hcl",
            "*.min.js",
            "*.min.css",
            "*_pb2.py",
            "*.pb.go",
            "*.generated.*",
        ),
    )
    """Globs of files that programs write; a change to one needs a reason in the plan."""
    note_only: tuple[str, ...] = ()
    """Rules that are shown and do not block, e.g. `diff-too-large`."""


def check(job: Job, options: Options) -> Report:
    """Judge the working tree against the base, or the newest commit when they are equal."""
    diff = diffs.read(git.discover(job.root), job.base)
    if not diff.changes:
        return reports.nothing("nothing differs from the base and the newest commit is empty", "change something, or name another base")
    if options.mode == "human":
        return _human(job, diff)
    plan = _plan(job)
    findings = [_weighed(finding, options) for finding in _automatic(diff, plan, options)]
    against = "the plan" if plan else "no plan, so paths were not compared with one"
    if diff.first:
        against += "; a first commit has no before, so its size and kinds of change were not judged"
    return reports.judged(findings, f"{diff.label}: {len(diff.changes)} files, {diff.lines} lines; {against}", tool="git")


def seed(_job: Job, options: Options) -> Seed | None:
    """A planted file: unapproved for a person, generated for the rules."""
    if options.mode == "human":
        return Seed(file="twelve-seeded-defect.txt", write="nobody looked at this\n", because="was approved by nobody")
    return Seed(file="twelve_seeded_defect.min.js", write="x\n", because="is a generated file") if "*.min.js" in options.generated else None


def _human(job: Job, diff: diffs.Diff) -> Report:
    approved = job.facts.get("approved_diffs", ())
    if isinstance(approved, Sequence | set | frozenset) and not isinstance(approved, str) and diff.digest in approved:
        return reports.judged((), f"{diff.label}: a person approved diff {diff.digest[:16]}")
    finding = Finding(
        rule="diff-not-approved",
        message=f"no person approved this diff, digest {diff.digest}",
        fix="ask a person to read the diff and approve exactly this digest",
        anchor=diff.digest,
    )
    report = reports.judged((finding,), f"{diff.label}: {len(diff.changes)} files, {diff.lines} lines")
    return structs.replace(report, asks=diff.digest)


def _plan(job: Job) -> tuple[str, ...]:
    files = job.facts.get("plan_files", ())
    return tuple(glob for glob in files if isinstance(glob, str)) if isinstance(files, list | tuple) else ()


def _automatic(diff: diffs.Diff, plan: tuple[str, ...], options: Options) -> Iterator[Finding]:
    for change in diff.changes:
        if plan and not globs.matches(plan, change.path):
            yield _finding("diff-outside-plan", change, "is not among the files the plan names", "go back to the plan, or undo this change")
    # The first commit of a history has no before: there is no change to hold against limits.
    if diff.first:
        return
    yield from _size(diff, options)
    for change in diff.changes:
        yield from _content(change, options)
        yield from _modes(change)


def _content(change: diffs.Change, options: Options) -> Iterator[Finding]:
    if change.deleted and not globs.matches(options.may_delete, change.path):
        yield _finding("diff-deleted", change, "is deleted", "restore it, or name it under may_delete")
    if change.binary and not globs.matches(options.binary, change.path):
        yield _finding("diff-binary", change, "is binary, so its diff cannot be read", "leave it out, or name it under `binary`")
    if globs.matches(options.generated, change.path):
        yield _finding("diff-generated", change, "is written by a program", "change its source and name it in the plan, or undo it")


def _size(diff: diffs.Diff, options: Options) -> Iterator[Finding]:
    for rule, measured, limit in (("lines", diff.lines, options.max_lines), ("files", len(diff.changes), options.max_files)):
        if measured > limit:
            message = f"{measured} {rule} changed, more than {limit}: too much for one review"
            yield Finding(rule="diff-too-large", message=message, fix="split the change into smaller steps", anchor=rule)


def _modes(change: diffs.Change) -> Iterator[Finding]:
    if change.new_mode in _LINK_MODES and change.old_mode != change.new_mode:
        yield _finding("diff-link", change, f"becomes {_LINK_MODES[change.new_mode]}", "make it a file, or have a person approve it")
    elif not change.created and not change.deleted and change.old_mode != change.new_mode:
        yield _finding(
            "diff-mode", change, f"changes mode from {change.old_mode} to {change.new_mode}", "restore the mode, or explain it in the plan"
        )


def _finding(rule: str, change: diffs.Change, message: str, fix: str) -> Finding:
    return Finding(rule=rule, path=change.path, message=message, fix=fix, anchor=rule)


def _weighed(finding: Finding, options: Options) -> Finding:
    return structs.replace(finding, severity=Severity.WARNING) if finding.rule in options.note_only else finding
