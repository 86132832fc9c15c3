"""Everything a committed change needs people for before it may be merged: what approvals, the guard and integrity name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from twelve.factors.approvals import requirements
from twelve.factors.approvals.decision import Tier
from twelve.factors.approvals.record import FileChange
from twelve.factors.approvals.requirements import Changes, Requirement
from twelve.factors.gates import integrity
from twelve.factors.guardrails.actions.action import WRITE, Action
from twelve.factors.guardrails.compiling import compile_policy
from twelve.factors.guardrails.policy import places
from twelve.model.finding import Finding, Severity
from twelve.model.settings import Settings
from twelve.system import git

INTEGRITY = "integrity"
GATE_SCRIPTS = "gate-scripts"
PROTECTED = "protected"
PLANTED = "planted-programs"
_GUARDED = ("protect-policy", "protect-secrets")
"""Rules of the guard whose places no change touches without a person. Lock files are a package manager's to write."""
_ROOT = "/tree"
_PROGRAMS = (".venv/", "venv/", "node_modules/")
"""Folders whose programs run instead of the ones that are meant; nobody commits them by accident alone."""


class Needs(Struct, frozen=True, kw_only=True):
    """A change, what integrity found in it, and whom it needs."""

    changes: Changes
    findings: tuple[Finding, ...]
    requirements: tuple[Requirement, ...]


def between(repository: git.Repository, base: str, head: str, settings: Settings, *, task: str = "") -> Needs:
    """What `base..head` needs under these settings. Raises TwelveError for unknown revisions and changes too large to be read whole."""
    changes = requirements.between(repository, base, head, task=task)
    findings = integrity.examine(repository, base, head)
    required = requirements.requirements(changes, settings.approvals)
    known = {item.path for requirement in required for item in requirement.files}
    more = _more(repository, base, changes, settings, findings, known)
    return Needs(changes=changes, findings=findings, requirements=(*required, *more))


def _more(
    repository: git.Repository, base: str, changes: Changes, settings: Settings, findings: Iterable[Finding], known: Collection[str]
) -> Iterator[Requirement]:
    weakened = {found.path for found in findings if found.severity is Severity.ERROR} - set(known)
    yield from _asked(INTEGRITY, changes, weakened, "the change weakens what judges it")
    scripts = _gate_scripts(repository, base, settings) & set(changes.paths)
    yield from _asked(GATE_SCRIPTS, changes, scripts - set(known), "a gate runs it")
    guarded = {path for path in changes.paths if _guarded(path, settings)}
    yield from _asked(PROTECTED, changes, guarded - set(known) - scripts, "the guard protects it")
    planted = {item.path for item in changes.files if item.after and _in_programs(item.path)}
    yield from _asked(PLANTED, changes, planted - set(known), "programs there run in place of those that are meant")


def _asked(kind: str, changes: Changes, paths: Collection[str], why: str) -> Iterator[Requirement]:
    files: tuple[FileChange, ...] = tuple(sorted(item for item in changes.files if item.path in paths))
    if not files:
        return
    named = ", ".join(item.path for item in files[:5]) + (f" and {len(files) - 5} more" if len(files) > 5 else "")
    subject = requirements.subject_of(kind, files)
    yield Requirement(kind=kind, why=f"{named}: {why}", approvers=1, tier=Tier.SIGNED, subject=subject, files=files)


def _gate_scripts(repository: git.Repository, base: str, settings: Settings) -> set[str]:
    """Files of the base that the commands of its gates name."""
    words = {word.removeprefix("./") for gate in settings.gates.values() for word in gate.command}
    return {path for path in repository.lines("ls-tree", "-r", "--name-only", "-z", base) if path in words}


def _guarded(path: str, settings: Settings) -> bool:
    policy = compile_policy(settings, root=_ROOT, common_dir=f"{_ROOT}/.git", home="/home-of-nobody", temporary="", fold=True)
    action = Action(WRITE, path=f"{_ROOT}/{path}")
    return any(places.reaches(action, policy["places"][rule], policy) for rule in _GUARDED)


def _in_programs(path: str) -> bool:
    return any(path.startswith(folder) or f"/{folder}" in path for folder in _PROGRAMS)
