"""Which people have to agree to a change before it may be merged, and whether they did.

A requirement names exactly the files it is about, by content, so an approval outlives a rebase and fits nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import Struct, field

from twelve.factors.approvals import matrix, people, request, risk, signature
from twelve.factors.approvals.decision import SignedDecision, Tier
from twelve.factors.approvals.matrix import Assessment
from twelve.factors.approvals.record import FileChange
from twelve.factors.approvals.request import RequestKind
from twelve.factors.approvals.signature import Checked
from twelve.model.risk import Risk, RiskSignal
from twelve.model.settings import ApprovalSettings
from twelve.system import git

CI_FILES = "ci-files"
OWN_POLICY = "own-policy"
RESOURCES = "high-risk-resources"
RISK = "high-risk"
MATRIX = "matrix"
DECISION_RECORD = "decision-record"

MANIFEST_LIMIT = 400_000
"""Largest manifest read for its kinds, bytes; a larger one counts as of high risk (ours)."""
RECORD_FOLDERS = ("docs/decisions/", "docs/adr/", "doc/adr/", ".twelve/decisions/")
"""Where decision records are looked for."""
MAJOR = frozenset(
    ("risk-migration", "risk-terraform", "risk-resource-kind", "risk-word-production", "risk-word-migration", "risk-word-irreversible",
     "risk-word-destroy")
)  # fmt: skip
"""Signals of a decision that is hard to take back, and so is written down (ours)."""
_POLICY = re.compile(
    r"^(twelve\.toml$|\.twelve/|\.claude/|\.codex/|\.gemini/|\.mcp\.json$|\.husky/|\.?lefthook(-local)?\.ya?ml$"
    r"|\.pre-commit-(config|hooks)\.ya?ml$|(.*/)?codeowners$)"
)
_RECORDS = re.compile(r"^\.twelve/(runs|bundles|patterns|lessons|backlog|decisions|memory)/")
_MANIFESTS = (".yaml", ".yml", ".json", ".tpl")


class Changes(Struct, frozen=True, kw_only=True):
    """A change as far as approvals look at it."""

    files: tuple[FileChange, ...]
    manifests: dict[str, str] = field(default_factory=dict)
    """Path -> text of changed YAML and JSON files, after and (as `path (before)`) before the change."""
    task: str = ""
    """What was asked for, in words; "" when nobody knows."""
    assessment: Assessment | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(item.path for item in self.files)


class Requirement(Struct, frozen=True, kw_only=True):
    """Somebody has to agree to something, or something has to be there."""

    kind: str
    why: str
    approvers: int
    """Different people, none of them an author when several are needed; 0: not a person but a file is missing."""
    tier: Tier
    """What each of their answers has to be worth."""
    subject: str = ""
    """What an approval has to name."""
    files: tuple[FileChange, ...] = ()


class Met(Struct, frozen=True, kw_only=True):
    """Whether a requirement is fulfilled."""

    met: bool
    who: tuple[str, ...]
    """People whose approvals count."""
    why: str
    refused: tuple[str, ...] = ()
    """Approvals that name this subject and do not count, with the reason."""


def between(repository: git.Repository, base: str, head: str, *, task: str = "") -> Changes:
    """The change from one revision to another. Raises GitError for unknown revisions."""
    raw = repository.run("diff-tree", "-r", "-z", "--raw", "--no-renames", "--ignore-submodules=none", "--end-of-options", base, head)
    files = tuple(_files(raw.split(b"\0")))
    manifests = dict(_manifests(repository, files))
    return Changes(files=files, manifests=manifests, task=task)


def requirements(changes: Changes, settings: ApprovalSettings) -> tuple[Requirement, ...]:
    """Everything a person has to agree to before this change may be merged; what is only recommended is not among it."""
    found = risk.signals(paths=changes.paths, task=changes.task, manifests=changes.manifests)
    return tuple(_required(changes, found, settings))


def judge(requirement: Requirement, decisions: Sequence[SignedDecision], allowed_signers_text: str, authors: Collection[str]) -> Met:
    """Whether enough different people agreed to exactly this.

    `decisions` without revoked ones (`notes`), `allowed_signers_text` from the base branch, `authors` from `people.authors`.
    """
    about = [item for item in decisions if item.decision.subject == requirement.subject]
    checked = [(item, signature.check(item, allowed_signers_text)) for item in about]
    against = [found.who for item, found in checked if found.valid and not item.decision.granted]
    if against:
        return Met(met=False, who=(), why=f"rejected by {', '.join(sorted(set(against)))}")
    good = [found for item, found in checked if item.decision.granted and _strong(found, requirement)]
    apart = tuple(authors) if requirement.approvers > 1 else ()
    who = people.independent(good, apart)
    refused = tuple(
        f"{item.decision.by}: {_weak(found, requirement, apart)}" for item, found in checked if _weak(found, requirement, apart)
    )
    if not requirement.approvers:
        return Met(met=False, who=(), why=requirement.why)
    short = requirement.approvers - len(who)
    why = (
        f"agreed: {', '.join(who)}" if short <= 0 else f"{short} more of {requirement.approvers} {requirement.tier.value} approvals needed"
    )
    return Met(met=short <= 0, who=who, why=why, refused=refused)


def subject_of(kind: str, files: Iterable[FileChange]) -> str:
    """What an approval of these files for this reason names."""
    parts = [f"{item.path}\0{item.before}\0{item.after}" for item in sorted(files)]
    return request.subject(RequestKind.CHANGE, kind, *parts)


def _required(changes: Changes, found: Sequence[RiskSignal], settings: ApprovalSettings) -> Iterator[Requirement]:
    ci = _named(found, "risk-ci-file")
    yield from _people(changes, CI_FILES, ci, "they decide what judges every change (S4)", settings.ci_file_approvers)
    policy = {path for path in changes.paths if _POLICY.match(path.lower()) and not _RECORDS.match(path)}
    yield from _people(changes, OWN_POLICY, policy, "they decide what agents may do and who may approve", 1)
    kinds = {
        signal.evidence.partition(": ")[0].removesuffix(" (before)"): signal for signal in found if signal.rule == "risk-resource-kind"
    }
    named = ", ".join(sorted({signal.evidence.partition(": ")[2] for signal in kinds.values()}))
    yield from _people(changes, RESOURCES, kinds, f"they hold {named}, which needs explicit approval (S2)", 1)
    if settings.risk[Risk.HIGH.rank] == "required":
        rest = {signal.evidence for signal in found if signal.risk is Risk.HIGH and signal.rule not in ("risk-ci-file", "risk-own-policy")}
        yield from _people(changes, RISK, rest - set(kinds) - ci - policy, "changes of high risk need approval (U:F08)", 1)
    if changes.assessment:
        advice = matrix.advise(changes.assessment, settings)
        if advice.level == "required":
            yield from _people(changes, MATRIX, changes.paths, "; ".join(advice.why), 1)
    yield from _record(changes, found, settings)


def _people(changes: Changes, kind: str, paths: Collection[str], why: str, approvers: int) -> Iterator[Requirement]:
    files = tuple(sorted(item for item in changes.files if item.path in set(paths)))
    if files:
        text = f"{_listed([item.path for item in files])}: {why}"
        yield Requirement(kind=kind, why=text, approvers=approvers, tier=Tier.SIGNED, subject=subject_of(kind, files), files=files)


def _record(changes: Changes, found: Sequence[RiskSignal], settings: ApprovalSettings) -> Iterator[Requirement]:
    major = [signal for signal in found if signal.rule in MAJOR and signal.risk is Risk.HIGH]
    written = any(item.after and item.path.startswith(RECORD_FOLDERS) and item.path.endswith(".md") for item in changes.files)
    if major and not written and settings.decision_record != "never":
        where = f"{RECORD_FOLDERS[0]} or {RECORD_FOLDERS[-1]}"
        why = f"{major[0].evidence[:120]}: a decision that is hard to take back is written down in {where}"
        yield Requirement(kind=DECISION_RECORD, why=why, approvers=0, tier=Tier.ADVISORY)


def _named(found: Iterable[RiskSignal], rule: str) -> set[str]:
    return {signal.evidence for signal in found if signal.rule == rule}


def _strong(found: Checked, requirement: Requirement) -> bool:
    return found.valid and found.tier.rank >= requirement.tier.rank


def _weak(found: Checked, requirement: Requirement, apart: Collection[str]) -> str:
    if not found.valid:
        return found.why
    if found.tier.rank < requirement.tier.rank:
        return f"it is {found.tier.value}, {requirement.tier.value} is needed"
    return "" if people.independent((found,), apart) else "an author is not one of several approvers"


def _files(fields: Sequence[bytes]) -> Iterator[FileChange]:
    entries = iter(fields)
    for meta in entries:
        words = meta.decode("ascii", "replace").removeprefix(":").split()
        if len(words) == 5:
            path = next(entries, b"").decode("utf-8", "surrogateescape")
            yield FileChange(path=path, before=_blob(words[2], words[0]), after=_blob(words[3], words[1]))


def _blob(oid: str, mode: str) -> str:
    """Content and kind of a file in one word; an ordinary file is just its content."""
    if not oid.strip("0"):
        return ""
    return oid if mode == "100644" else f"{oid}:{mode}"


def _manifests(repository: git.Repository, files: Iterable[FileChange]) -> Iterator[tuple[str, str]]:
    sides = [
        (name, blob.partition(":")[0])
        for item in files
        if item.path.lower().endswith(_MANIFESTS)
        for blob, name in ((item.before, f"{item.path} (before)"), (item.after, item.path))
        if blob
    ]
    contents = repository.blobs((blob for _, blob in sides), MANIFEST_LIMIT)
    for name, blob in sides:
        # Nobody can tell what is in one that is too large or not here, so it is taken for the worst.
        yield name, contents[blob].decode("utf-8", "replace") if blob in contents else "kind: StatefulSet\n"


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(paths[:5]) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
