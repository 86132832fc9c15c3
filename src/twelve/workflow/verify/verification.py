"""Everything at once: one check per question, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack

from msgspec import Struct

from twelve.factors.gates.engine import Progress
from twelve.model.errors import Trouble, TwelveError
from twelve.model.finding import Severity
from twelve.model.verdict import Outcome, Report, Verdict
from twelve.system import git
from twelve.workflow import needs
from twelve.workflow.needs import Needs
from twelve.workflow.verify import consent, content, history, scope, trust, view
from twelve.workflow.verify.consent import Consent
from twelve.workflow.verify.content import Bench
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
    called: str
    """What the target is called here."""
    base: str
    head: str
    commits: int
    rules_from: str
    """Commit the policy and the list of people were read from."""
    adopted: bool
    """False: the first policy of this repository, judged by itself."""
    critical: bool
    """Of high risk: rests only on gates that were seen red."""
    checks: tuple[Check, ...]
    gates: tuple[Verdict, ...]
    consents: tuple[Consent, ...]
    notices: tuple[str, ...] = ()
    """What this machine says about itself: shown, never believed."""

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


class _Seen(Struct, frozen=True, kw_only=True):
    """Everything that was read before anything of the branch ran."""

    rules: Trust
    needed: Needs
    consents: tuple[Consent, ...]
    laws: Report
    runs: Report
    policy: Report


def verify(
    repository: git.Repository,
    *,
    range: str = "",
    base: str = "",
    env: Mapping[str, str],
    bootstrap: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
    say: Callable[[str], None] = lambda _text: None,
) -> Verification:
    """Judge a range by the rules of what it is to be merged into. Reads this clone; writes nothing into it.

    `on_progress` hears about gates, `say` about the rest, for a person who waits.

    Raises:
        TwelveError: history is missing, nothing is to be verified, or the target has no policy.
    """
    ends = scope.names(repository, range, base, env)
    content.refuse_own_programs(repository, ends.head)
    with ExitStack() as places:
        seen_from = places.enter_context(view.of(repository))
        looked = scope.resolve(seen_from, ends)
        say(f"commits to be merged into {ends.called}: {len(looked.commits)}")
        rules = trust.of(seen_from, looked.target) or _first(seen_from, looked, bootstrap=bootstrap)
        place = places.enter_context(view.of(repository, looked.head))
        bench = Bench(clone=repository, view=seen_from, place=place, scope=looked, gates=content.gates(rules))
        seen_red = bench.known()
        needed = needs.between(seen_from, looked.base, looked.head, rules.settings)
        if needed.critical and rules.adopted:
            say("a change of high risk: gates are tried on planted defects first")
            seen_red = content.proven(bench, lambda trial: say(f"{trial.gate}: {trial.result.value}"))
            needed = needs.unproven(needed, [gate.id for gate in bench.gates if gate.required and gate.id not in seen_red])
        answers = consent.read(seen_from, looked)
        # Gates run programs of the branch: whatever they could write to is read before.
        seen = _Seen(
            rules=rules,
            needed=needed,
            consents=answers.judge(needed.requirements, rules),
            laws=history.laws(seen_from, looked, rules),
            runs=history.runs(place, looked),
            policy=trust.successor(seen_from, looked.head),
        )
        digest = bench.digest()
        agreed = bool(digest) and (_wholly(seen) or answers.agreed(digest, history.named(looked), rules))
        facts = {"approved_diffs": (digest,)} if agreed else {}
        verdicts = content.judge(bench, seen_red, facts, on_progress=on_progress) if bench.gates else ()
    return Verification(
        target=looked.target,
        called=ends.called,
        base=looked.base,
        head=looked.head,
        commits=len(looked.commits),
        rules_from=rules.source,
        adopted=rules.adopted,
        critical=needed.critical,
        checks=tuple(_checks(seen, verdicts)),
        gates=verdicts,
        consents=seen.consents,
        notices=history.notices(repository, looked.head),
    )


def _wholly(seen: _Seen) -> bool:
    """Whether people on the target's list have read the whole change."""
    return any(item.requirement.kind == needs.WHOLE and item.met.met for item in seen.consents)


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


def _checks(seen: _Seen, verdicts: Sequence[Verdict]) -> Iterator[Check]:
    rules = seen.rules
    asked = tuple(item for item in seen.consents if rules.adopted)
    blocking = [verdict for verdict in verdicts if verdict.blocks]
    unread = bool(blocking) and all(verdict.report.asks for verdict in blocking)
    yield Check(id="gates", title="The target's gates on this content", report=_gates(verdicts), waiting=unread)
    yield Check(id="approvals", title="People who have to agree", report=consent.report(asked, rules), waiting=consent.waits(asked))
    yield Check(id="integrity", title="What judges is as strict", report=_integrity(seen), waiting=rules.adopted)
    yield Check(id="policy", title="The policy it would leave", report=seen.policy)
    yield Check(id="laws", title="What commits say", report=seen.laws)
    yield Check(id="runs", title="Records of runs", report=seen.runs)


def _gates(verdicts: Sequence[Verdict]) -> Report:
    if not verdicts:
        return Report(outcome=Outcome.ERROR, summary="the target defines no gate", reason="nothing to check is no pass")
    blocking = [verdict for verdict in verdicts if verdict.blocks]
    unproven = [verdict.gate for verdict in verdicts if not verdict.proven]
    never = f"; never seen red here: {', '.join(unproven[:5])}" + (f" and {len(unproven) - 5} more" if len(unproven) > 5 else "")
    said = f"{len(verdicts) - len(blocking)} of {len(verdicts)} passed" + (never if unproven else "")
    return Report(outcome=Outcome.FAIL if blocking else Outcome.PASS, summary=said)


def _integrity(seen: _Seen) -> Report:
    """Weakenings nobody has agreed to; files that need other approvals are told there."""
    findings = seen.needed.findings
    agreed = {item.path for found in seen.consents if found.met.met for item in found.requirement.files}
    wholly = _wholly(seen)
    left = tuple(found for found in findings if not wholly and found.path not in agreed)
    red = any(found.severity is Severity.ERROR for found in left) and seen.rules.adopted
    said = f"{len(findings)} findings, {len(findings) - len(left)} of them agreed to" if findings else "none found"
    return Report(outcome=Outcome.FAIL if red else Outcome.PASS, summary=said, findings=left)
