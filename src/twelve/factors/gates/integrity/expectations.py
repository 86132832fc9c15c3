"""Expected values and snapshots that changed: an oracle written anew beside the code it judges says nothing by itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from twelve.factors.gates.integrity import places
from twelve.factors.gates.integrity.pairs import Change, Row
from twelve.factors.gates.integrity.rules import finding
from twelve.model.finding import Finding

BULK = 8
"""As many expected values changed in one file together with code count as regenerated (ours)."""
_ENTRY = re.compile(r"^(?:exports\[`(.+?)`\] = |# name: (.+)$)", re.MULTILINE)


def compare(changes: Sequence[Change], rows: Sequence[Row], before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Finding]:
    """Findings about literals in tests and about files with expected output."""
    sources = _changed_sources(before, after)
    yield from _literals(changes, sources)
    yield from _rows(rows, sources)
    yield from _snapshots(before, after, sources)


def _changed_sources(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return sorted(path for path in {**before, **after} if places.is_source(path) and before.get(path) != after.get(path))


def _literals(changes: Sequence[Change], sources: Sequence[str]) -> Iterator[Finding]:
    by_file: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_file[change.pair.after.path].append(change)
    beside = _beside(sources)
    for path, some in sorted(by_file.items()):
        if len(some) >= BULK and sources:
            message = f"{len(some)} expected values changed {beside}"
            yield finding("expectations-regenerated", path, message, line=some[0].after.line, anchor=path)
        for change in some:
            message = (
                f"{change.pair.after.name}: expects {_short(change.after.expected)} instead of {_short(change.before.expected)}, {beside}"
            )
            anchor = f"{change.pair.after.name} {change.after.subject}"
            yield finding("expectation-changed", path, message, line=change.after.line, anchor=anchor)


def _rows(rows: Sequence[Row], sources: Sequence[str]) -> Iterator[Finding]:
    for row in rows:
        message = f"{row.pair.after.name}: runs with {_short(row.after)} instead of {_short(row.before)}, {_beside(sources)}"
        yield finding(
            "expectation-changed", row.pair.after.path, message, line=row.pair.after.line, anchor=f"{row.pair.after.name} {row.before}"
        )


def _beside(sources: Sequence[str]) -> str:
    return f"in the same change as {sources[0]}" if sources else "while no code changed"


def _snapshots(before: Mapping[str, str], after: Mapping[str, str], sources: Sequence[str]) -> Iterator[Finding]:
    if not sources:
        return
    moved = set(after.values()) - set(before.values())
    for path, text in sorted(before.items()):
        if not places.is_snapshot(path) or after.get(path) == text or (path not in after and text not in moved and text in after.values()):
            continue
        if path not in after:
            continue
        if said := _rewritten(text, after[path]):
            yield finding("snapshot-regenerated", path, f"{said}, in the same change as {sources[0]}", anchor=path)


def _rewritten(old: str, new: str) -> str:
    """What changed of entries that are in both; "" when entries only came or went."""
    before, after = _entries(old), _entries(new)
    if not before and not after:
        return "expected output changed"
    changed = [name for name, text in before.items() if name in after and after[name] != text]
    return f"{len(changed)} of {len(before)} entries changed" if changed else ""


def _entries(text: str) -> dict[str, str]:
    found = list(_ENTRY.finditer(text))
    ends = [*(one.start() for one in found[1:]), len(text)]
    return {one[1] or one[2]: text[one.end() : end] for one, end in zip(found, ends, strict=True)} if found else {}


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return f"`{flat}`" if len(flat) <= 80 else f"`{flat[:77]}...`"
