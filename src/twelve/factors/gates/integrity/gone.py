"""What left the source in the same change: a test of something that is gone may go with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from twelve.factors.gates.integrity import cases, places
from twelve.factors.gates.integrity.cases import Reading

_RENAMED = 0.6
"""A function that shares this much (0 to 1) with a new one was renamed, not deleted (ours)."""
_COMPARISONS = 200_000
"""In a change with more pairs of lost and new names nothing counts as deleted (ours): an excuse has to be looked for."""
_PAYING = 2
"""So many source lines must have gone for each that came, for a change to count as a removal (ours)."""
_SHORT = 3
"""Names shorter than this say nothing (ours)."""


class Gone(Struct, frozen=True):
    """Names a change took away."""

    symbols: frozenset[str] = frozenset()
    """Functions, classes and modules that are defined no more."""
    words: frozenset[str] = frozenset()
    """Any other names that the changed sources used and use no more: a hint, no proof."""
    shrunk: frozenset[str] = frozenset()
    """Names on lines that went, where the sources mostly lost lines: a hint too, when a test uses several."""


def from_source(
    before: Iterable[Reading], after: Iterable[Reading], texts_before: Mapping[str, str], texts_after: Mapping[str, str]
) -> Gone:
    """Names of sources (not tests) before that are nowhere in the changed files after."""
    old = {name: used for reading in before if places.is_source(reading.path) for name, used in reading.symbols.items()}
    new = {name: used for reading in after for name, used in reading.symbols.items()}
    fresh = [used for name, used in new.items() if name not in old and len(used) > 1]
    missing = {name for name in old if name not in new and len(name) >= _SHORT}
    small = len(missing) * len(fresh) <= _COMPARISONS
    symbols = {name for name in missing if small and not any(cases.overlap(old[name], used) >= _RENAMED for used in fresh)}
    symbols |= {_module(path) for path in texts_before if path not in texts_after and places.is_source(path)} - {
        _module(path) for path in texts_after
    }
    vanished = _vanished(texts_before, texts_after) - (missing - symbols)
    return Gone(frozenset(name for name in symbols if len(name) >= _SHORT), vanished, _shrunk(texts_before, texts_after))


def _shrunk(before: Mapping[str, str], after: Mapping[str, str]) -> frozenset[str]:
    """Words of removed source lines that no added line has; empty unless at least twice as many lines went as came."""
    removed: Counter[str] = Counter()
    added: Counter[str] = Counter()
    for path in {**before, **after}:
        if places.is_source(path):
            old, new = _lines(before.get(path, "")), _lines(after.get(path, ""))
            removed += old - new
            added += new - old
    moved = removed & added
    removed, added = removed - moved, added - moved
    if removed.total() < _PAYING * max(added.total(), 1):
        return frozenset()
    return frozenset(word for word in cases.words("\n".join(removed)) - cases.words("\n".join(added)) if len(word) > _SHORT + 1)


def _lines(text: str) -> Counter[str]:
    return Counter(line.strip() for line in text.split("\n") if line.strip())


def _vanished(before: Mapping[str, str], after: Mapping[str, str]) -> frozenset[str]:
    old: set[str] = set()
    for path, text in before.items():
        if places.is_source(path):
            old |= cases.words(text)
    new: set[str] = set()
    for path, text in after.items():
        if places.language(path) is not None and not places.is_test(path):
            new |= cases.words(text)
    return frozenset(word for word in old - new if len(word) > _SHORT)


def _module(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]
