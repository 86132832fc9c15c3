"""Which test after a change is which test before it: by name, by name elsewhere, by what it does."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence

from msgspec import Struct

from twelve.factors.gates.integrity import cases
from twelve.factors.gates.integrity.cases import Case

ALIKE = 0.5
"""Two cases at least this alike (0 to 1) are one that was renamed (ours)."""
_SAME_TITLE = 0.25
"""Cases of one title at different places need this much in common: `works` is a popular title (ours)."""
_PAIRS = 60_000
"""More comparisons than this are not made one by one; only cases that share a rare check are then compared (ours)."""


class Pair(Struct, frozen=True):
    """One test before and after."""

    before: Case
    after: Case


class Matching(Struct, frozen=True):
    """All cases of a change."""

    pairs: tuple[Pair, ...]
    lost: tuple[Case, ...]
    gained: tuple[Case, ...]


def match(before: Sequence[Case], after: Sequence[Case]) -> Matching:
    """Every case is in exactly one pair, lost or gained."""
    pairs: list[Pair] = []
    left, right = list(before), list(after)
    for key, fits in _STAGES:
        left, right = _by_key(left, right, key, fits, pairs)
    left, right = _alike(left, right, pairs, _called(after))
    left, right = _by_key(left, right, _skeleton, _related, pairs)
    return Matching(tuple(pairs), tuple(left), tuple(right))


def likeness(first: Case, second: Case) -> float:
    """0 to 1, over the checks they make and the names they use."""
    shapes = _shared([check.shape for check in first.live], [check.shape for check in second.live])
    words = cases.overlap(first.words, second.words)
    return words if shapes is None else 0.5 * shapes + 0.5 * words


def _anything(_first: Case, _second: Case) -> bool:
    return True


def _similar(first: Case, second: Case) -> bool:
    return likeness(first, second) >= _SAME_TITLE and first.collected == second.collected


_STAGES: tuple[tuple[Callable[[Case], Hashable], Callable[[Case, Case], bool]], ...] = (
    (lambda case: (case.path, case.name, case.collected, tuple(check.key for check in case.checks)), _anything),
    (lambda case: (case.path, case.name, case.collected), _anything),
    (lambda case: (case.path, case.name), _anything),
    (lambda case: case.name, _similar),
    (lambda case: (case.path, case.title), _similar),
    (lambda case: case.title, _similar),
)


def _by_key(
    left: list[Case], right: list[Case], key: Callable[[Case], Hashable], fits: Callable[[Case, Case], bool], pairs: list[Pair]
) -> tuple[list[Case], list[Case]]:
    offered: dict[Hashable, list[Case]] = defaultdict(list)
    for case in right:
        offered[key(case)].append(case)
    rest, used = [], set()
    for case in left:
        others = offered.get(key(case), [])
        found = next((other for other in others[:20] if fits(case, other)), None)
        if found is None:
            rest.append(case)
            continue
        others.remove(found)
        used.add(id(found))
        pairs.append(Pair(case, found))
    return rest, [case for case in right if id(case) not in used]


def _called(cases_after: Sequence[Case]) -> frozenset[str]:
    """Functions that tests call: what was taken out of tests, not a test that was renamed."""
    helpers = {case.title for case in cases_after if not case.collected}
    return frozenset(name for name in helpers if any(case.collected and name in case.words for case in cases_after))


def _skeleton(case: Case) -> Hashable:
    """The checks with every name taken out: what stays when what is tested gets another name. Unique when there are none."""
    shapes = sorted((check.relation, check.negated, re.sub(r"\w+", "_", check.subject)) for check in case.live)
    return (case.path, case.collected, tuple(shapes)) if shapes else id(case)


def _related(first: Case, second: Case) -> bool:
    return cases.overlap(first.words, second.words) >= _SAME_TITLE


def _alike(left: list[Case], right: list[Case], pairs: list[Pair], called: frozenset[str]) -> tuple[list[Case], list[Case]]:
    scored = sorted(
        (
            (likeness(first, second) - (0.1 if first.collected != second.collected else 0), i, j)
            for i, j, first, second in _candidates(left, right)
        ),
        key=lambda entry: (-entry[0], entry[1], entry[2]),
    )
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    for score, i, j in scored:
        helper = left[i].collected and not right[j].collected and right[j].title in called
        if score >= ALIKE and not helper and i not in taken_left and j not in taken_right:
            taken_left.add(i)
            taken_right.add(j)
            pairs.append(Pair(left[i], right[j]))
    return [case for i, case in enumerate(left) if i not in taken_left], [case for j, case in enumerate(right) if j not in taken_right]


def _candidates(left: Sequence[Case], right: Sequence[Case]) -> Iterable[tuple[int, int, Case, Case]]:
    if len(left) * len(right) <= _PAIRS:
        return [(i, j, first, second) for i, first in enumerate(left) for j, second in enumerate(right)]
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for j, second in enumerate(right):
        for check in set(second.live):
            holders[check.key].append(j)
    found = {(i, j) for i, first in enumerate(left) for check in set(first.live) for j in holders.get(check.key, ())[:20]}
    return [(i, j, left[i], right[j]) for i, j in sorted(found)]


def _shared(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Common share of two multisets; None when both are empty."""
    left, right = Counter(first), Counter(second)
    total = sum((left | right).values())
    return sum((left & right).values()) / total if total else None
