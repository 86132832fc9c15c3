"""Everything at once: one check per question, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from twelve.factors.gates.engine import Progress
from twelve.model.errors import Trouble, TwelveError
from twelve.model.finding import Finding, Severity
from twelve.model.verdict import Outcome, Report, Verdict
from twelve.system import git
from twelve.workflow import needs
from twelve.workflow.verify import consent, content, history, scope, trust
from twelve.workflow.verify.consent import Consent
from twelve.workflow.verify.scope import Scope
from twelve.workflow.verify.trust import Trust


class Check(Struct, frozen=True, kw_only=True):
    """One question and its answer."""

    id: str
    title: str
    report: Report
    waiting: bool = False
    """Nothing is wrong but that people have not answered yet."""

    @property
    def red(self) -> bool:
        return self.report.outcome is not Outcome.PASS


class Verification(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.verify.v1"):
    """What was looked at, by whose rules, and what was found."""

    target: str
    base: str
    head: str
    commits: int
    rules_from: str
    """Commit the policy and the list of people were read from."""
    adopted: bool
    """False: the first policy of this repository, judged by itself."""
    checks: tuple[Check, ...]
    gates: tuple[Verdict, ...]
    consents: tuple[Consent, ...]

    @property
    def passed(self) -> bool:
        return not any(check.red for check in self.checks)

    @property
    def waiting(self) -> bool:
        """Only people's answers are missing."""
        red = [check for check in self.checks if check.red]
        return bool(red) and all(check.waiting for check in red)

    @property
    def lacking(self) -> bool:
        """Only tools are missing: this machine cannot judge."""
        red = [check for check in self.checks if check.red]
        blocking = [verdict for verdict in self.gates if verdict.blocks]
        return (
            bool(red)
            and all(check.id == "gates" for check in red)
            and all(verdict.report.summary == f"{verdict.report.tool} is missing" for verdict in blocking)
        )


def verify(
    repository: git.Repository,
    *,
    range: str = "",
    base: str = "",
    env: Mapping[str, str],
    bootstrap: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> Verification:
    """Judge a range by the rules of what it is to be merged into. Reads this clone; writes nothing into it.

    Raises:
        TwelveError: history is missing, nothing is to be verified, or the target has no policy.
    """
    looked = scope.resolve(repository, range, base, env)
    rules = trust.of(repository, looked.target) or _first(repository, looked, bootstrap=bootstrap)
    needed = needs.between(repository, looked.base, looked.head, rules.settings)
    consents = consent.ask(repository, looked, rules, needed.requirements)
    verdicts = content.judge(repository, looked, rules, on_progress=on_progress)
    with content.checked_out(repository, looked.head) as place:
        runs = history.runs(place, looked)
    checks = tuple(_checks(repository, looked, rules, needed.findings, consents, verdicts, runs))
    return Verification(
        target=looked.target,
        base=looked.base,
        head=looked.head,
        commits=len(looked.commits),
        rules_from=rules.source,
        adopted=rules.adopted,
        checks=checks,
        gates=verdicts,
        consents=consents,
    )


def _first(repository: git.Repository, looked: Scope, *, bootstrap: bool) -> Trust:
    """The rules of a change that brings the first policy. Raises TwelveError unless a person asked for that and it brings one."""
    found = trust.bootstrap(repository, looked.head) if bootstrap else None
    if found is not None:
        return found
    raise TwelveError(
        f"{looked.target[:12]} has no policy to verify by",
        why="rules count from the branch this is merged into, and it has no twelve.toml",
        next="a person reads and merges the change that brings the first twelve.toml; from then on every change is verified by it",
        kind=Trouble.CONFIG,
    )


def _checks(
    repository: git.Repository,
    looked: Scope,
    rules: Trust,
    findings: Sequence[Finding],
    consents: Sequence[Consent],
    verdicts: Sequence[Verdict],
    runs: Report,
) -> Iterator[Check]:
    yield Check(id="gates", title="The target's gates on this content", report=_gates(verdicts))
    asked = tuple(item for item in consents if rules.adopted)
    yield Check(id="approvals", title="People who have to agree", report=consent.report(asked, rules), waiting=consent.waits(asked))
    yield Check(id="integrity", title="What judges is as strict", report=_integrity(findings, consents, rules), waiting=rules.adopted)
    yield Check(id="laws", title="What commits say", report=history.laws(repository, looked, rules))
    yield Check(id="runs", title="Records of runs", report=runs)


def _gates(verdicts: Sequence[Verdict]) -> Report:
    if not verdicts:
        return Report(outcome=Outcome.ERROR, summary="the target defines no gate", reason="nothing to check is no pass")
    blocking = [verdict for verdict in verdicts if verdict.blocks]
    unproven = sum(not verdict.proven for verdict in verdicts)
    said = f"{len(verdicts) - len(blocking)} of {len(verdicts)} passed, {unproven} never seen red here"
    return Report(outcome=Outcome.FAIL if blocking else Outcome.PASS, summary=said)


def _integrity(findings: Sequence[Finding], consents: Sequence[Consent], rules: Trust) -> Report:
    """Weakenings in files nobody has agreed to; files that need other approvals are told there."""
    agreed = {item.path for found in consents if found.met.met for item in found.requirement.files}
    left = tuple(found for found in findings if found.path not in agreed)
    red = any(found.severity is Severity.ERROR for found in left) and rules.adopted
    said = f"{len(findings)} findings, {len(findings) - len(left)} of them agreed to" if findings else "none found"
    return Report(outcome=Outcome.FAIL if red else Outcome.PASS, summary=said, findings=left)
