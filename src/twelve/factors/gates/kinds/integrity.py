"""The change does not weaken what judges it, or a person agreed to exactly this diff.

Tests, assertions, expected values, pipelines, limits, suppressions and the rules of the house, before against after
(`twelve.factors.gates.integrity`). Moves, renames and merged tests are no findings. It runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct, structs

from twelve.factors.gates import integrity, reports
from twelve.factors.gates.integrity import content, places, rules
from twelve.factors.gates.kind import Job
from twelve.factors.gates.reading import diffs
from twelve.model.errors import TwelveError
from twelve.model.finding import Finding, Severity
from twelve.model.gate import Cost, Seed
from twelve.model.verdict import Report
from twelve.system import files, git

SUMMARY = "tests, pipelines and limits are not weakened by the change they judge, or a person agreed"
COST = Cost.UNIT
TOOL = "git"
INPUTS: tuple[str, ...] = ()
TIMEOUT_S = 120.0

_SEED_CANDIDATES = 40
"""Test files that are tried for a defect (ours)."""
_PIPELINE = "name: seeded\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make test || true\n"


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gates.<id>.options]` of the kind `integrity`."""

    note_only: tuple[str, ...] = ()
    """Rules that are shown and do not block, e.g. `threshold-lowered`."""
    also_block: tuple[str, ...] = ()
    """Rules that are only shown by default and shall block as well, e.g. `expectation-changed`, `suppression-added`."""


def check(job: Job, options: Options) -> Report:
    """Judge the working tree against the base, or the newest commit when they are equal."""
    if unknown := sorted({*options.note_only, *options.also_block} - rules.RULES.keys()):
        return reports.error(
            "an option names no rule", f"there is no rule {', '.join(unknown)}; the rules are {', '.join(sorted(rules.RULES))}"
        )
    repository = git.discover(job.root)
    diff = diffs.read(repository, job.base)
    if not diff.changes:
        return reports.nothing("nothing differs from the base and the newest commit is empty", "change something, or name another base")
    if diff.first:
        return reports.passed(f"{diff.label}: a first commit has no before that it could weaken", tool="git")
    findings = [_weighed(finding, options) for finding in integrity.examine(repository, diff.start, diff.end)]
    return _answer(job, diff, findings)


def seed(job: Job, _options: Options) -> Seed | None:
    """A test file that goes away where the tree has one that would be missed; else a pipeline that ignores a failure."""
    for path in _test_files(job):
        if any(finding.severity is Severity.ERROR for finding in integrity.compare({path: _content(job, path)}, {})):
            return Seed(file=path, delete=True, because="deletes tests of something that is still there")
    return Seed(file=".github/workflows/twelve-seeded-defect.yml", write=_PIPELINE, because="ignores the failure of its tests")


def _answer(job: Job, diff: diffs.Diff, findings: Sequence[Finding]) -> Report:
    blocking = sum(finding.severity is Severity.ERROR for finding in findings)
    summary = f"{diff.label}: {len(diff.changes)} files, {reports.counted(len(findings), 'remark')}"
    if not blocking:
        return reports.passed(summary, findings=findings, tool="git")
    if diff.digest in _approved(job):
        agreed = [structs.replace(finding, severity=min(finding.severity, Severity.WARNING, key=_weight)) for finding in findings]
        return reports.passed(f"{diff.label}: a person agreed to diff {diff.digest[:16]}, {blocking} findings", findings=agreed, tool="git")
    return structs.replace(reports.judged(findings, summary, tool="git"), asks=diff.digest)


def _weight(severity: Severity) -> int:
    return (Severity.INFO, Severity.WARNING, Severity.ERROR).index(severity)


def _approved(job: Job) -> frozenset[str]:
    approved = job.facts.get("approved_diffs", ())
    if isinstance(approved, Sequence | set | frozenset) and not isinstance(approved, str):
        return frozenset(digest for digest in approved if isinstance(digest, str))
    return frozenset()


def _weighed(finding: Finding, options: Options) -> Finding:
    if finding.rule in options.also_block:
        return structs.replace(finding, severity=Severity.ERROR)
    if finding.rule in options.note_only:
        return structs.replace(finding, severity=Severity.WARNING)
    return finding


def _test_files(job: Job) -> Iterator[str]:
    paths = [path for path in git.discover(job.root).files() if places.is_test(path) and places.is_named_test(path)]
    yield from paths[:_SEED_CANDIDATES]


def _content(job: Job, path: str) -> bytes:
    try:
        return files.read_bounded(files.confined(job.root, path), content.BYTES)
    except TwelveError:
        return b""
