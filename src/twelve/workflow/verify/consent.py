"""Whether the people a change needs have agreed to exactly it, by keys the target branch knows."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from twelve.factors.approvals import notes, people, requirements
from twelve.factors.approvals.decision import SignedDecision
from twelve.factors.approvals.requirements import Met, Requirement
from twelve.model.finding import Finding
from twelve.model.verdict import Outcome, Report
from twelve.system import git
from twelve.workflow.verify.scope import Scope
from twelve.workflow.verify.trust import Trust


class Consent(Struct, frozen=True, kw_only=True):
    """One requirement and what became of it."""

    requirement: Requirement
    met: Met


def ask(repository: git.Repository, scope: Scope, trust: Trust, needed: Sequence[Requirement]) -> tuple[Consent, ...]:
    """Each requirement against every decision in the notes; revoked ones are left out."""
    decisions = notes.everything(repository)
    authors = people.authors(repository, f"{scope.base}..{scope.head}")
    return tuple(Consent(requirement=item, met=_judge(item, decisions, trust, authors)) for item in needed)


def report(found: Sequence[Consent], trust: Trust) -> Report:
    """The requirements that are not met, each with the approvals that were offered and do not count."""
    open_ones = [item for item in found if not item.met.met]
    findings = tuple(_finding(item) for item in open_ones)
    if not findings:
        return Report(outcome=Outcome.PASS, summary=f"{len(found)} required, all given" if found else "none required")
    nobody = "" if trust.signers.strip() else "the target branch lists nobody whose signature counts (.twelve/allowed_signers)"
    return Report(outcome=Outcome.FAIL, summary=f"{len(open_ones)} of {len(found)} missing", findings=findings, reason=nobody)


def waits(found: Sequence[Consent]) -> bool:
    """Whether a person's answer is all that is missing: nothing was rejected, and no file has to be written first."""
    missing = [item for item in found if not item.met.met]
    return bool(missing) and all(item.requirement.approvers and not item.met.why.startswith("rejected") for item in missing)


def _judge(requirement: Requirement, decisions: Sequence[SignedDecision], trust: Trust, authors: Sequence[str]) -> Met:
    return requirements.judge(requirement, decisions, trust.signers, authors)


def _finding(item: Consent) -> Finding:
    refused = "".join(f"; not counted: {why}" for why in item.met.refused[:5])
    path = item.requirement.files[0].path if item.requirement.files else ""
    answerable = "ask with `twelve approvals ask`; a person on the target's list answers and pushes the notes"
    return Finding(
        rule=f"approval-{item.requirement.kind}",
        message=f"{item.requirement.why}: {item.met.why}{refused}",
        path=path,
        fix=answerable if item.requirement.approvers else "write it",
        anchor=item.requirement.subject or item.requirement.kind,
    )
