"""The whole analysis: changed files before and after, in; findings, out. Looks at nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from twelve.factors.gates.integrity import expectations, gone, house, mocks, pipelines, places, reading, suppressions, tests, thresholds
from twelve.factors.gates.integrity.cases import Reading
from twelve.factors.gates.integrity.rules import finding
from twelve.model.finding import Finding, Severity

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Texts(Struct, frozen=True):
    """One side of a change as text, binary files left out."""

    before: dict[str, str]
    after: dict[str, str]


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Findings of a change, heaviest first, given every changed file's content before and after; a missing path means no such file."""
    changed = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    texts = Texts(_texts(before, changed), _texts(after, changed))
    found = [
        *_tests(texts),
        *suppressions.compare(texts.before, texts.after),
        *pipelines.compare(texts.before, texts.after),
        *thresholds.compare(texts.before, texts.after),
        *house.compare(texts.before, texts.after),
    ]
    return tuple(sorted(set(found), key=lambda one: (_ORDER[one.severity], one.path, one.line, one.rule, one.message)))


def _texts(side: Mapping[str, bytes], changed: list[str]) -> dict[str, str]:
    return {path: reading.text_of(side[path]) for path in sorted(changed) if path in side and not reading.is_binary(side[path])}


def _tests(texts: Texts) -> Iterator[Finding]:
    before, after = _read(texts.before), _read(texts.after)
    for path in before.keys() & after.keys():
        before[path], after[path] = _alike(before[path], after[path], texts)
    away = gone.from_source(before.values(), after.values(), texts.before, texts.after)
    result = tests.compare(list(before.values()), list(after.values()), away)
    yield from result.findings
    yield from expectations.compare(result.expected, result.rows, texts.before, texts.after)
    yield from mocks.compare(result.pairs)
    for one in (*before.values(), *after.values()):
        if one.fallback and places.is_test(one.path):
            yield finding("read-by-lines", one.path, f"read by its lines, not by its structure: {one.fallback}", anchor=one.path)


def _read(texts: Mapping[str, str]) -> dict[str, Reading]:
    return {path: reading.read(path, text) for path, text in texts.items() if places.language(path) is not None}


def _alike(before: Reading, after: Reading, texts: Texts) -> tuple[Reading, Reading]:
    """Both sides read the same way, or a broken file would look like a changed one."""
    if bool(before.fallback) == bool(after.fallback):
        return before, after
    why = before.fallback or after.fallback
    path = before.path
    return reading.by_lines(path, texts.before[path], why), reading.by_lines(path, texts.after[path], why)
