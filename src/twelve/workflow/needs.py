"""Everything a committed change needs people for before it may be merged: what approvals, the guard and integrity name."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import Struct, structs

from twelve.factors.approvals import requirements, risk
from twelve.factors.approvals.decision import Tier
from twelve.factors.approvals.record import FileChange
from twelve.factors.approvals.requirements import Changes, Requirement
from twelve.factors.gates import integrity
from twelve.factors.guardrails.actions.action import WRITE, Action
from twelve.factors.guardrails.compiling import compile_policy
from twelve.factors.guardrails.policy import places
from twelve.model.errors import TwelveError
from twelve.model.finding import Finding, Severity
from twelve.model.gate import GateSettings
from twelve.model.risk import Risk
from twelve.model.settings import Settings
from twelve.system import git
from twelve.workflow import standins

INTEGRITY = "integrity"
GATE_SCRIPTS = "gate-scripts"
PROTECTED = "protected"
STANDINS = "stand-ins"
WHOLE = "whole-change"
"""A person reads every file of the change: nothing smaller would answer what is asked."""
UNREAD = "change-not-read"
_GUARDED = ("protect-policy", "protect-secrets")
"""Rules of the guard whose places no change touches without a person. Lock files are a package manager's to write."""
_ROOT = "/tree"
_RECIPES = {
    "make": ("Makefile", "makefile", "GNUmakefile"),
    "gmake": ("Makefile", "makefile", "GNUmakefile"),
    "just": ("justfile", "Justfile", ".justfile"),
    "task": ("Taskfile.yml", "Taskfile.yaml"),
    "rake": ("Rakefile",),
    "tox": ("tox.ini",),
    "nox": ("noxfile.py",),
}
"""Files in which these programs look up what to run. Those that also hold much else, such as package.json, integrity reads."""


class Needs(Struct, frozen=True, kw_only=True):
    """A change, what integrity found in it, and whom it needs."""

    changes: Changes
    findings: tuple[Finding, ...]
    requirements: tuple[Requirement, ...]
    critical: bool = False
    """Of high risk: it rests only on gates that were seen red."""

    def also(self, why: str) -> Needs:
        """The same, and a person has to read the whole change for one more reason."""
        known = next((item for item in self.requirements if item.kind == WHOLE), None)
        rest = tuple(item for item in self.requirements if item.kind != WHOLE)
        reasons = f"{known.why}; {why}" if known else why
        return structs.replace(self, requirements=(*rest, *_asked(WHOLE, self.changes, self.changes.paths, reasons)))


def between(repository: git.Repository, base: str, head: str, settings: Settings, *, task: str = "") -> Needs:
    """What `base..head` needs under these settings. Raises GitError for unknown revisions."""
    changes = requirements.between(repository, base, head, task=task)
    findings = _examined(repository, base, head)
    required = requirements.requirements(changes, settings.approvals)
    signals = risk.signals(paths=changes.paths, manifests=changes.manifests)
    found = Needs(changes=changes, findings=findings, requirements=required, critical=risk.highest(signals) is Risk.HIGH)
    wholly = tuple(_wholly(changes, findings, settings))
    known = {item.path for requirement in required for item in requirement.files}
    more = tuple(_more(repository, head, found, settings, known, named=not wholly))
    found = structs.replace(found, requirements=(*required, *more))
    for why in wholly:
        found = found.also(why)
    return found


def unproven(found: Needs, gates: Sequence[str]) -> Needs:
    """The same where these required gates were never seen red: work of high risk then needs a person's eyes instead."""
    if not found.critical or not gates:
        return found
    names = ", ".join(gates[:5]) + (f" and {len(gates) - 5} more" if len(gates) > 5 else "")
    return found.also(f"a change of high risk, and these gates were not seen red: {names}")


def _examined(repository: git.Repository, base: str, head: str) -> tuple[Finding, ...]:
    """What integrity says; that it could not read the change is a finding too."""
    try:
        return integrity.examine(repository, base, head)
    except TwelveError as trouble:
        message = f"the change was not read whole: {trouble.what}"
        return (Finding(rule=UNREAD, message=message, fix=trouble.next, anchor=UNREAD),)


def _wholly(changes: Changes, findings: Iterable[Finding], settings: Settings) -> Iterator[str]:
    """Reasons why a person has to read the whole change."""
    errors = [found for found in findings if found.severity is Severity.ERROR]
    outside = [found for found in errors if found.path not in set(changes.paths)]
    if outside:
        yield f"{outside[0].message[:200]}" + (f" and {len(outside) - 1} more" if len(outside) > 1 else "")
    for id, gate in settings.gates.items():
        if gate.kind == "diff_review" and gate.options.get("mode") == "human":
            yield f"gate {id} passes only what a person has read"
        elif gate.kind == "integrity" and errors:
            yield f"gate {id} does not pass what became weaker unless a person agrees"


def _more(
    repository: git.Repository, head: str, found: Needs, settings: Settings, known: Collection[str], *, named: bool
) -> Iterator[Requirement]:
    """What approvals do not ask for by themselves; a file somebody is asked about already is not asked about again."""
    changes, done = found.changes, set(known)
    weakened = {item.path for item in found.findings if item.severity is Severity.ERROR} if named else set()
    seen = standins.find(repository, head, changes.files, settings.gates)
    for kind, paths, why in (
        (GATE_SCRIPTS, {place for gate in settings.gates.values() for place in _named(gate)}, "a gate runs it"),
        (PROTECTED, _guarded(changes.paths, settings), "the guard protects it"),
        *((STANDINS, {path for path, why in seen.items() if why == reason}, reason) for reason in dict.fromkeys(seen.values())),
        (INTEGRITY, weakened, "the change weakens what judges it"),
    ):
        yield from _asked(kind, changes, set(paths) - done, why)
        done |= set(paths)


def _asked(kind: str, changes: Changes, paths: Collection[str], why: str) -> Iterator[Requirement]:
    files: tuple[FileChange, ...] = tuple(sorted(item for item in changes.files if item.path in paths))
    if not files:
        return
    named = ", ".join(item.path for item in files[:5]) + (f" and {len(files) - 5} more" if len(files) > 5 else "")
    subject = requirements.subject_of(kind, files)
    yield Requirement(kind=kind, why=f"{named}: {why}", approvers=1, tier=Tier.SIGNED, subject=subject, files=files)


def _named(gate: GateSettings) -> Iterator[str]:
    """What the command may run, whether it is there yet or not: words as paths or modules from where the gate starts, and recipes."""
    for recipe in _RECIPES.get(posixpath.basename(gate.command[0]), ()) if gate.command else ():
        yield posixpath.normpath(posixpath.join(gate.cwd, recipe))
    for word in (*gate.command, *" ".join(gate.command).split()):
        yield posixpath.normpath(posixpath.join(gate.cwd, word))
    for place, word in enumerate(gate.command[:-1]):
        if word == "-m":
            module = gate.command[place + 1].replace(".", "/")
            yield from (posixpath.normpath(posixpath.join(gate.cwd, name)) for name in (f"{module}.py", f"{module}/__main__.py"))


def _guarded(paths: Iterable[str], settings: Settings) -> set[str]:
    policy = compile_policy(settings, root=_ROOT, common_dir=f"{_ROOT}/.git", home="/home-of-nobody", temporary="", fold=True)
    rules = [policy["places"][rule] for rule in _GUARDED]
    return {path for path in paths if any(places.reaches(Action(WRITE, path=f"{_ROOT}/{path}"), rule, policy) for rule in rules)}
