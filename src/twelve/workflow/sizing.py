"""How much ceremony a task deserves: from its words, its paths, and how much it changes. Computed, never claimed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from twelve.factors.approvals import risk
from twelve.model.phase import Size
from twelve.model.risk import Risk, RiskSignal
from twelve.model.settings import RunSettings

SMALL = re.compile(
    r"\b(typos?|spelling|misspell\w*|wording|grammar|whitespace|indentation|comments?|docstrings?"
    r"|broken links?|dead links?|rename (a |the )?(local )?variable)\b",
    re.IGNORECASE,
)
"""Words of a task that promise a small change (ours). Kept or not, the diff decides later."""


class Sizing(Struct, frozen=True, kw_only=True):
    """A size with the reason for it."""

    size: Size
    risk: Risk
    why: str
    signals: tuple[RiskSignal, ...] = ()


def measure(
    settings: RunSettings,
    *,
    task: str = "",
    paths: Iterable[str] = (),
    lines: int | None = None,
    manifests: Mapping[str, str] | None = None,
    asked: Size = Size.TINY,
) -> Sizing:
    """Size from what is known so far: the task's words, then prime's estimate, then the diff.

    `lines` counts added plus removed lines; None means that nobody has estimated anything yet, and then only a task
    whose words promise a small change counts as tiny. `asked` and `run.minimum_size` can only raise the result.
    """
    touched = tuple(dict.fromkeys(paths))
    found = risk.signals(paths=touched, task=task, manifests=manifests)
    highest = risk.highest(found)
    size, why = _by_rule(settings, found, highest, lines, len(touched)) if lines is not None else _by_words(found, highest, task)
    floor = max((asked, settings.minimum_size), key=lambda item: item.rank)
    if floor.rank > size.rank:
        size, why = floor, f"asked for: {floor.value}"
    return Sizing(size=size, risk=highest, why=why, signals=found)


def _by_words(found: tuple[RiskSignal, ...], highest: Risk, task: str) -> tuple[Size, str]:
    if highest is not Risk.LOW:
        return _by_risk(found, highest)
    small = SMALL.search(task[:20_000])
    if small:
        return Size.TINY, f"the task says {small.group().lower()!r}, no risk signal"
    return Size.NORMAL, "nobody has estimated the change yet"


def _by_risk(found: tuple[RiskSignal, ...], highest: Risk) -> tuple[Size, str]:
    loudest = next(signal for signal in found if signal.risk is highest)
    return Size.CRITICAL if highest is Risk.HIGH else Size.NORMAL, f"{loudest.rule}: {loudest.evidence}"


def _by_rule(settings: RunSettings, found: tuple[RiskSignal, ...], highest: Risk, lines: int, files: int) -> tuple[Size, str]:
    if highest is not Risk.LOW:
        return _by_risk(found, highest)
    if lines > settings.tiny_lines:
        return Size.NORMAL, f"{_count(lines, 'changed line')}, tiny ends at {settings.tiny_lines}"
    if files > settings.tiny_files:
        return Size.NORMAL, f"{_count(files, 'changed file')}, tiny ends at {settings.tiny_files}"
    return Size.TINY, f"{_count(lines, 'line')} in {_count(files, 'file')}, no risk signal"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
