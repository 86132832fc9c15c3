"""Whether the people a change needs have agreed to exactly it, by keys the target branch knows."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, structs

from twelve.factors.approvals import notes, people, request, requirements
from twelve.factors.approvals.decision import SignedDecision, Tier
from twelve.factors.approvals.request import RequestKind
from twelve.factors.approvals.requirements import Met, Requirement
from twelve.model.finding import Finding
from twelve.model.verdict import Outcome, Report
from twelve.system import clock, git
from twelve.workflow.verify.scope import Scope
from twelve.workflow.verify.trust import Trust


class Consent(Struct, frozen=True, kw_only=True):
    """One requirement and what became of it."""

    requirement: Requirement
    met: Met


class Answers(Struct, frozen=True, kw_only=True):
    """What lies in the notes, read once: gates run later could write more."""

    decisions: tuple[SignedDecision, ...]
    """Without revoked ones."""
    authors: tuple[str, ...]

    def judge(self, needed: Sequence[Requirement], trust: Trust) -> tuple[Consent, ...]:
        """Each requirement against every decision."""
        return tuple(Consent(requirement=item, met=_judge(item, self, trust)) for item in needed)

    def agreed(self, digest: str, runs: Sequence[str], trust: Trust) -> bool:
        """Whether somebody on the target's list let exactly this diff pass, in a run or outside of any."""
        subjects = (digest, *(request.subject(RequestKind.DIFF, run, digest) for run in ("", *runs)))
        asked = [Requirement(kind="diff", why="", approvers=1, tier=Tier.SIGNED, subject=subject) for subject in subjects]
        found = [item.met for item in self.judge(asked, trust)]
        return any(met.met for met in found) and not any(met.why.startswith("rejected") for met in found)


def read(repository: git.Repository, scope: Scope) -> Answers:
    return Answers(decisions=notes.everything(repository), authors=people.authors(repository, f"{scope.base}..{scope.head}"))


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


def _judge(requirement: Requirement, answers: Answers, trust: Trust) -> Met:
    """An approval whose time is over counts no more; a rejection does not grow old."""
    about = [item for item in answers.decisions if item.decision.subject == requirement.subject]
    late = [item for item in about if _over(item)]
    met = requirements.judge(requirement, [item for item in about if item not in late], trust.signers, answers.authors)
    return structs.replace(met, refused=(*met.refused, *(f"{item.decision.by}: its time is over" for item in late)))


def _over(item: SignedDecision) -> bool:
    until = item.decision.valid_until
    return item.decision.granted and until is not None and (until.tzinfo is None or until < clock.now())


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
