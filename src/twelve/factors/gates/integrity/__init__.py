"""Does a change weaken what judges it? Tests, assertions, expectations, pipelines, limits and suppressions before and after.

Admission test: it compares content before with content after and says what became weaker. It runs nothing, and what it reads is data.
"""

from __future__ import annotations

from twelve.factors.gates.integrity import content
from twelve.factors.gates.integrity.comparing import compare
from twelve.model.finding import Finding
from twelve.system import git

__all__ = ["compare", "examine"]


def examine(repository: git.Repository, base: str, head: str | None = None) -> tuple[Finding, ...]:
    """Findings of `base..head`, or (head None) of the work tree, untracked files included, against `base`; heaviest first.

    TwelveError for an unknown revision or a change too large to be read whole (`content.FILES`, `content.BYTES`).
    """
    change = content.read(repository, base, head)
    return compare(change.before, change.after)
