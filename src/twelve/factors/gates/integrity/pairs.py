"""One test before and after: does it still run, and do its checks still say as much?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from twelve.factors.gates.integrity import cases, relations
from twelve.factors.gates.integrity.cases import Case, Check, Held, Key, Skip
from twelve.factors.gates.integrity.matching import Pair
from twelve.factors.gates.integrity.rules import finding
from twelve.model.finding import Finding, Severity

_WEAK = 2
"""A claim of at most this strength (`relations.STRENGTH`) does not stand in for a stronger one about something else (ours)."""
_COMPARISONS = 100_000
"""More comparisons than this are not made within one test (ours)."""
_NEARLY = 0.5
"""Subjects that share this much (0 to 1) of their names are one thing said in another way (ours)."""
_STAND_INS = 50
_ROW_ALIKE = 0.5
"""Rows that share this much (0 to 1) are one row with another value (ours)."""
_SKIPPED = {
    Skip.SKIPPED: ("test-skipped", "no longer runs"),
    Skip.CONDITION: ("test-skipped", "only runs when a new condition holds"),
    Skip.PLATFORM: ("test-skipped-here", "no longer runs on some platforms or versions"),
    Skip.EXPECTED_FAILURE: ("test-expected-to-fail", "may now fail"),
}
_HELD = {
    Held.UNREACHABLE: ("assertion-unreachable", "is never reached"),
    Held.SWALLOWED: ("assertion-swallowed", "is caught when it fails"),
    Held.GUARDED: ("assertion-guarded", "is only made under a new condition"),
}


class Change(Struct, frozen=True):
    """A literal that a check expects, before and after."""

    pair: Pair
    before: Check
    after: Check


class Row(Struct, frozen=True):
    """A set of values that a test runs with, before and after."""

    pair: Pair
    before: str
    after: str


class Outcome(Struct):
    """What came of comparing one pair."""

    findings: list[Finding]
    lost: list[Check]
    """Checks that nothing in the same test stands in for."""
    spare: list[Check]
    """New checks that stand in for none of the old ones here."""
    expected: list[Change]
    rows: list[Row]


def compare(pair: Pair) -> Outcome:
    """Findings of one pair, and what is left to be balanced over the whole change."""
    outcome = Outcome([*_running(pair)], [], [], [], [*_rows(pair)])
    lost = Counter(check.key for check in pair.before.live)
    gained = Counter(check.key for check in pair.after.live)
    old = _rest(pair.before.live, lost - gained)
    new = _rest(pair.after.live, gained - lost)
    old = _no_longer_held(pair, old, outcome)
    outcome.findings += _newly_guarded(pair)
    for same in (_same_subject, _same_shape):
        old, new = _judged(pair, old, new, same, outcome)
    outcome.lost, outcome.spare = _replaced(pair, old, new, outcome)
    return outcome


def _running(pair: Pair) -> Iterator[Finding]:
    before, after = pair.before, pair.after
    if before.collected and not after.collected and before.skip not in (Skip.SKIPPED, Skip.EXPECTED_FAILURE):
        yield _found("test-uncollected", pair, f"is now {after.name!r} in {after.path}, which no test runner picks up")
    elif before.collected and after.skip.rank > before.skip.rank and before.skip in (Skip.NO, Skip.PLATFORM, Skip.CONDITION):
        rule, said = _SKIPPED[after.skip]
        yield _found(rule, pair, said)
    if after.focused and not before.focused:
        yield _found("test-focused", pair, "is marked so that only it runs")
    for name, was, now in _fewer(before, after):
        yield _found("samples-lowered", pair, f"tries {name} = {now:g} instead of {was:g}")


def _fewer(before: Case, after: Case) -> Iterator[tuple[str, float, float]]:
    for name in sorted({name for name, _value in before.samples}):
        old = sorted((value for key, value in before.samples if key == name), reverse=True)
        new = sorted((value for key, value in after.samples if key == name), reverse=True)
        if len(old) == len(new):
            yield from ((name, was, now) for was, now in zip(old, new, strict=True) if now < was)


def _rows(pair: Pair) -> Iterator[Row]:
    """Rows that changed in at most half of their values."""
    fresh = Counter(pair.after.table) - Counter(pair.before.table)
    new = [_values(row) for row in fresh.elements()]
    if len(new) * len(pair.before.table) > _COMPARISONS:
        return
    for row in (Counter(pair.before.table) - Counter(pair.after.table)).elements():
        old = _values(row)
        best = max(new, key=lambda other: _same_values(old, other), default=())
        if best and _same_values(old, best) >= _ROW_ALIKE:
            new.remove(best)
            yield Row(pair, row, ", ".join(best))


def _values(row: str) -> tuple[str, ...]:
    return tuple(part.strip(" ()[]{}") for part in row.split(",") if part.strip(" ()[]{}"))


def _same_values(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    same = sum(left == right for left, right in zip(first, second, strict=False))
    return same / max(len(first), len(second), 1)


def _no_longer_held(pair: Pair, old: list[Check], outcome: Outcome) -> list[Check]:
    """Checks that are still written down but cannot fail any more."""
    dead = {check.key: check for check in pair.after.checks if check.held in (Held.UNREACHABLE, Held.SWALLOWED)}
    rest = []
    for check in old:
        if (now := dead.get(check.key)) is None:
            rest.append(check)
            continue
        rule, said = _HELD[now.held]
        outcome.findings.append(_found(rule, pair, f"`{_claim(check)}` {said}", line=now.line))
    return rest


def _newly_guarded(pair: Pair) -> Iterator[Finding]:
    free = {check.key for check in pair.before.checks if check.held is Held.NO}
    still = {check.key for check in pair.after.checks if check.held is Held.NO}
    guarded = [check for check in pair.after.checks if check.held is Held.GUARDED and check.key in free - still]
    severity = Severity.ERROR if guarded and not still else None
    for check in guarded:
        rule, said = _HELD[Held.GUARDED]
        yield _found(rule, pair, f"`{_claim(check)}` {said}", line=check.line, severity=severity)


def _same_subject(first: Check, second: Check) -> bool:
    return first.subject == second.subject or (
        first.relation == second.relation == "raises" and cases.overlap(cases.words(first.subject), cases.words(second.subject)) >= 0.5
    )


def _same_shape(first: Check, second: Check) -> bool:
    if cases.abstract(first.subject) != cases.abstract(second.subject):
        return False
    return cases.overlap(cases.words(first.subject), cases.words(second.subject)) >= 0.5


def _judged(pair: Pair, old: list[Check], new: list[Check], same: object, outcome: Outcome) -> tuple[list[Check], list[Check]]:
    rest, left = [], list(new)
    many = len(old) * len(new) > _COMPARISONS
    by_subject: dict[str, list[Check]] = {}
    for other in new if many else ():
        by_subject.setdefault(other.subject, []).append(other)
    for check in old:
        offered = by_subject.get(check.subject, []) if many else left
        others = [other for other in (offered[:1] if many else offered) if same(check, other)]  # type: ignore[operator]
        if not others:
            rest.append(check)
            continue
        other = max(others, key=lambda one: (_likeness(check, one), -abs(one.line - check.line)))
        offered.remove(other)
        _weigh(pair, check, other, outcome)
    return rest, [other for some in by_subject.values() for other in some] if many else left


def _likeness(first: Check, second: Check) -> int:
    return 2 * (first.relation == second.relation) + (first.expected == second.expected) + (first.negated == second.negated)


def _weigh(pair: Pair, check: Check, other: Check, outcome: Outcome) -> None:
    if relations.inverted(check, other):
        outcome.findings.append(_found("assertion-inverted", pair, f"`{_claim(check)}` became `{_claim(other)}`", line=other.line))
    elif said := relations.weakened(check, other):
        outcome.findings.append(_found("assertion-loosened", pair, f"`{_claim(check)}` became `{_claim(other)}`: {said}", line=other.line))
    elif check.expected != other.expected and cases.is_literal(check.expected) and cases.is_literal(other.expected):
        outcome.expected.append(Change(pair, check, other))


def _replaced(pair: Pair, old: list[Check], new: list[Check], outcome: Outcome) -> tuple[list[Check], list[Check]]:
    """Checks of something else stand in for lost ones one by one, unless they hardly say anything."""
    whole = [check.subject for check in new if check.relation in ("equal", "snapshot") and not check.negated and check.subject]
    covered = [check for check in old if any(check.subject.startswith((f"{one}[", f"{one}.")) for one in whole)]
    lost = sorted((check for check in old if check not in covered), key=relations.strength, reverse=True)
    spare = sorted(new, key=relations.strength, reverse=True)
    rest = []
    for check in lost:
        if not spare:
            rest.append(check)
        elif (other := _like_stand_in(check, spare)) is not None:
            spare.remove(other)
        elif (other := _weaker_stand_in(check, spare)) is not None:
            spare.remove(other)
            message = f"`{_claim(check)}` gave way to `{_claim(other)}`"
            outcome.findings.append(_found("assertion-loosened", pair, message, line=other.line))
        elif relations.strength(spare[0]) <= _WEAK < relations.strength(check):
            rest.append(check)
        else:
            spare.pop(0)
    return rest, spare


def _like_stand_in(check: Check, spare: Sequence[Check]) -> Check | None:
    """The same kind of claim about nearly the same thing."""
    claim, names = relations.settled(check)[::2], cases.words(check.subject)
    for other in spare[:_STAND_INS]:
        if relations.settled(other)[::2] == claim and cases.overlap(names, cases.words(other.subject)) >= _NEARLY:
            return other
    return None


def _weaker_stand_in(check: Check, spare: Sequence[Check]) -> Check | None:
    """A weaker claim about the same thing: `len(x) > 0` for `x == [1]`."""
    strong = relations.strength(check)
    if check.relation == "other":
        return None
    for other in spare[:_STAND_INS]:
        if other.relation == "other":
            continue
        weak = relations.strength(other)
        inside = len(check.subject) > 1 and check.subject in other.subject
        if weak < strong and (inside or (weak <= _WEAK < strong and cases.words(check.subject) & cases.words(other.subject))):
            return other
    return None


def _rest(checks: Sequence[Check], counts: Counter[Key]) -> list[Check]:
    left, found = Counter(counts), []
    for check in checks:
        if left[check.key] > 0:
            left[check.key] -= 1
            found.append(check)
    return found


def _claim(check: Check) -> str:
    said = f"{'not ' if check.negated else ''}{check.relation}"
    return " ".join(part for part in (_short(check.subject), said, _short(check.expected)) if part)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else f"{flat[:57]}..."


def _found(rule: str, pair: Pair, said: str, *, line: int = 0, severity: Severity | None = None) -> Finding:
    place = f"{pair.after.name}"
    return finding(rule, pair.after.path, f"{place}: {said}", line=line or pair.after.line, anchor=f"{place} {said}", severity=severity)


def claim(check: Check) -> str:
    """A check in a few words, for people."""
    return _claim(check)
