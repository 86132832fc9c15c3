"""All tests of a change together: what went, what stands in for it, and what nothing stands in for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct, structs

from twelve.factors.gates.integrity import cases, matching, pairs, relations
from twelve.factors.gates.integrity.cases import Case, Check, Reading, Skip
from twelve.factors.gates.integrity.gone import Gone
from twelve.factors.gates.integrity.matching import Matching, Pair
from twelve.factors.gates.integrity.pairs import Change, Outcome, Row
from twelve.factors.gates.integrity.rules import finding
from twelve.model.finding import Finding, Severity

_USED = 2
"""A lost test that uses so many of the names on removed source lines was likely about them (ours)."""
_MERGED = 0.5
"""A lost test whose checks are found again elsewhere to this share (0 to 1) was merged, not deleted (ours)."""


class Result(Struct, frozen=True):
    """Findings about tests, and the expected values that changed, which are judged together with the sources."""

    findings: tuple[Finding, ...]
    expected: tuple[Change, ...]
    rows: tuple[Row, ...]
    pairs: tuple[Pair, ...]


class _Surplus:
    """New checks of the whole change that stand in for no old one at their own place: what was moved or merged went there."""

    def __init__(self, found: Matching, outcomes: Sequence[tuple[Pair, Outcome]]) -> None:
        self.keys: Counter[object] = Counter()
        self.shapes: Counter[object] = Counter()
        self._helpers: dict[str, int] = {}
        for case in found.gained:
            self._add(case.live, max(case.rows, 1))
        for case in (*found.gained, *(pair.after for pair in found.pairs)):
            if not case.collected and case.live:
                self._helpers[case.title] = len(case.live)
        for pair, outcome in outcomes:
            self._add(outcome.spare, max(pair.after.rows, 1))
            if (more := pair.after.rows - pair.before.rows) > 0:
                self._add(pair.after.live, more)

    def _add(self, checks: Sequence[Check], times: int) -> None:
        for check in checks:
            self.keys[check.key] += times
            self.shapes[check.shape] += times

    def helped(self, pair: Pair) -> int:
        """Checks that functions make which the test newly calls."""
        return sum(count for name, count in self._helpers.items() if name in pair.after.words and name not in pair.before.words)

    def take(self, check: Check) -> bool:
        """Use up one new check that is the lost one, or the same on other values."""
        if self.shapes[check.shape] <= 0:
            return False
        self.shapes[check.shape] -= 1
        if self.keys[check.key] > 0:
            self.keys[check.key] -= 1
        return True


def compare(before: Sequence[Reading], after: Sequence[Reading], gone: Gone) -> Result:
    """Findings about tests over the whole change."""
    found = matching.match([case for one in before for case in one.cases], [case for one in after for case in one.cases])
    outcomes = [(pair, pairs.compare(pair)) for pair in found.pairs if pair.before != structs.replace(pair.after, line=pair.before.line)]
    surplus = _Surplus(found, outcomes)
    findings = [one for _pair, outcome in outcomes for one in outcome.findings]
    for pair, outcome in outcomes:
        findings += _removed(pair, outcome, surplus, gone)
    findings += _fewer_rows(found, outcomes, surplus, gone)
    findings += _deleted(found, surplus, gone)
    findings += _focused(found.gained)
    expected = tuple(change for _pair, outcome in outcomes for change in outcome.expected)
    rows = tuple(row for _pair, outcome in outcomes for row in outcome.rows)
    return Result(tuple(findings), expected, rows, found.pairs)


def _removed(pair: Pair, outcome: Outcome, surplus: _Surplus, gone: Gone) -> Iterator[Finding]:
    if pair.before.skip in (Skip.SKIPPED, Skip.EXPECTED_FAILURE):
        return
    lost = [check for check in outcome.lost if not surplus.take(check)]
    lost = [] if surplus.helped(pair) >= len(lost) else lost
    severe = [(check, _weight(check, pair, gone)) for check in lost]
    kept = [(check, severity) for check, severity in severe if severity is not None]
    already = any(one.rule in ("assertion-unreachable", "assertion-swallowed") for one in outcome.findings)
    if kept and not pair.after.live and not already and len(kept) == len(pair.before.live):
        message = f"{pair.after.name}: checks nothing any more ({len(kept)} before)"
        yield finding("test-emptied", pair.after.path, message, line=pair.after.line, anchor=pair.after.name, severity=_mildest(kept))
        return
    for check, severity in kept:
        message = f"{pair.after.name}: `{pairs.claim(check)}` is gone"
        yield finding("assertion-removed", pair.after.path, message, line=pair.after.line, severity=severity)


def _weight(check: Check, pair: Pair, gone: Gone) -> Severity | None:
    severity = _excused(cases.words(f"{check.subject} {check.expected}"), gone)
    # Go's `if err != nil { t.Fatal(err) }` after a preparing call goes with that call.
    raw = check.subject.lower()
    prepared = pair.after.live and (
        (relations.settled(check)[0] == "none" and "err" in raw) or (check.relation == "other" and raw.startswith(("fail", "iferror")))
    )
    outlived = _deprecated(pair.before.words - pair.after.words)
    return Severity.WARNING if severity is Severity.ERROR and (prepared or outlived) else severity


def _deprecated(names: frozenset[str]) -> bool:
    """What was announced to go may take its tests along."""
    return any("deprecat" in name.lower() for name in names)


def _mildest(kept: Sequence[tuple[Check, Severity]]) -> Severity:
    return Severity.ERROR if any(severity is Severity.ERROR for _check, severity in kept) else Severity.WARNING


def _excused(names: frozenset[str], gone: Gone) -> Severity | None:
    """None when what the names stand for is deleted; WARNING when some of them left the source; else ERROR."""
    if names & gone.symbols:
        return None
    return (
        Severity.WARNING
        if names & gone.words or (_deprecated(names) and gone.shrunk) or len(names & gone.shrunk) >= _USED
        else Severity.ERROR
    )


def _fewer_rows(found: Matching, outcomes: Sequence[tuple[Pair, Outcome]], surplus: _Surplus, gone: Gone) -> Iterator[Finding]:
    gained = sum(max(pair.after.rows - pair.before.rows, 0) for pair, _outcome in outcomes) + sum(
        case.rows for case in found.gained if case.rows > 1 or case.collected
    )
    for pair, outcome in outcomes:
        fewer = pair.before.rows - pair.after.rows
        if fewer <= 0 or not pair.before.collected:
            continue
        fixtures = "usefixtures" in pair.after.words - pair.before.words
        if gained >= fewer or outcome.spare or surplus.helped(pair) or fixtures:
            gained -= fewer
            continue
        severity = _excused((pair.before.words - pair.after.words) | {pair.before.title}, gone)
        if severity is not None:
            message = f"{pair.after.name}: runs with {pair.after.rows} sets of values instead of {pair.before.rows}"
            yield finding("cases-removed", pair.after.path, message, line=pair.after.line, anchor=pair.after.name, severity=severity)


def _deleted(found: Matching, surplus: _Surplus, gone: Gone) -> Iterator[Finding]:
    for case in found.lost:
        if not case.collected or case.skip in (Skip.SKIPPED, Skip.EXPECTED_FAILURE) or _merged(case, surplus):
            continue
        names = case.words | frozenset(part for part in case.title.split("_") if part)
        severity = _excused(names, gone)
        if severity is not None:
            checks = f", with {len(case.live)} checks" if case.live else ""
            yield finding("test-deleted", case.path, f"{case.name} is gone{checks}", line=case.line, anchor=case.name, severity=severity)


def _merged(case: Case, surplus: _Surplus) -> bool:
    if not case.live:
        return False
    taken = sum(surplus.take(check) for check in case.live)
    return taken >= _MERGED * len(case.live)


def _focused(gained: Sequence[Case]) -> Iterator[Finding]:
    for case in gained:
        if case.focused:
            yield finding("test-focused", case.path, f"{case.name}: is marked so that only it runs", line=case.line, anchor=case.name)
