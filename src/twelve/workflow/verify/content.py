"""The target's gates on the branch's content, in a clean checkout. What notes say about it is not asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from twelve.factors.gates import engine, suites
from twelve.factors.gates.engine import Progress
from twelve.model.verdict import Verdict
from twelve.system import files, git
from twelve.workflow.verify.scope import Scope
from twelve.workflow.verify.trust import Trust


def judge(
    repository: git.Repository, scope: Scope, trust: Trust, *, on_progress: Callable[[Progress], None] | None = None
) -> tuple[Verdict, ...]:
    """Every gate the target defines. Kept verdicts are no evidence here: whoever wrote them is not known."""
    gates = suites.select(trust.settings, suites.FULL)
    if not gates:
        return ()
    with checked_out(repository, scope.head) as place:
        return engine.judge(place, place.root, gates, base=scope.base, cache=False, fail_fast=False, foreign=True, on_progress=on_progress)


@contextmanager
def checked_out(repository: git.Repository, commit: str) -> Iterator[git.Repository]:
    """A work tree of its own that holds a commit and nothing else; gone afterwards."""
    with files.scratch_directory("twelve-verify-") as scratch:
        place = scratch / "tree"
        repository.run("worktree", "add", "--quiet", "--detach", str(place), commit, timeout_s=300)
        try:
            yield git.discover(place)
        finally:
            repository.remove_worktree(place)
