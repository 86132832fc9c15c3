"""A stand-in that newly takes the place of what a test is about."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

from twelve.factors.gates.integrity import places
from twelve.factors.gates.integrity.cases import Case
from twelve.factors.gates.integrity.matching import Pair
from twelve.factors.gates.integrity.rules import finding
from twelve.model.finding import Finding


def compare(pairs: Sequence[Pair]) -> Iterator[Finding]:
    """Findings for tests that were there before and now replace what they call themselves."""
    seen = set()
    for pair in pairs:
        for target in pair.after.mocks:
            if target in pair.before.mocks or (pair.after.path, target) in seen or not _is_subject(target, pair.before):
                continue
            seen.add((pair.after.path, target))
            message = f"{pair.after.name}: {target!r} is now a stand-in, and the test is about it"
            yield finding("mock-of-subject", pair.after.path, message, line=pair.after.line, anchor=f"{pair.after.name} {target}")


def _is_subject(target: str, case: Case) -> bool:
    parts = [part for part in re.split(r"[./\\]+", target) if part and part not in ("js", "ts", "mjs")]
    if (
        not parts
        or parts[0] in sys.stdlib_module_names
        or parts[0] in ("os", "fs", "node:fs", "process", "console", "Date", "Math", "window")
    ):
        return False
    about = places.subject_name(case.path)
    if "/" in target:
        return parts[-1] == about
    checked = {word for check in case.live for word in re.findall(r"\w+", f"{check.subject} {check.expected}")}
    called = parts[-1] in case.words and not parts[-1].startswith("__")
    return called and (parts[-1] in checked or about in parts[:-1] or parts[-1] in case.title.lower().split("_") or parts[-1] in case.title)
