"""What is about to be committed: its paths, whether a hook rewrote it on the way, and a place where it can be judged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twelve.system import files, git
from twelve.workflow.githooks.occasion import Occasion

TICK_S = 0.05
"""What a file's time may lie after our own start without meaning anything, seconds: both are rounded by the system (ours)."""

POLICY = "twelve.toml"
UNRULED = (
    "twelve.toml is not committed yet, so no gate judged this commit\n"
    "next: commit what twelve init wrote: git add twelve.toml .twelve Makefile, then git commit"
)


def ruled(occasion: Occasion) -> bool:
    """Whether the policy is part of what is staged, or of the last commit: before that nobody agreed to it."""
    repository = occasion.repository
    if repository.run("ls-files", "--", f":(literal,top){POLICY}", env=occasion.index).strip():
        return True
    return bool(repository.head()) and repository.ask("cat-file", "-e", f"HEAD:{POLICY}").code == 0


def paths(occasion: Occasion) -> tuple[str, ...]:
    """Paths the commit adds, changes or deletes."""
    repository = occasion.repository
    base = "HEAD" if repository.head() else repository.empty_tree
    return tuple(repository.lines("diff", "--cached", "--name-only", "--no-renames", "-z", base, env=occasion.index))


def rewritten(occasion: Occasion) -> tuple[tuple[str, str], ...]:
    """(path, what happened) of staged files that changed after git called its hooks.

    A file touched since then was rewritten when it differs from what is staged, or when what is staged became an object
    only now. A hook that puts back content the repository has seen before is not noticed.
    """
    touched = [path for path in paths(occasion) if time_of(occasion.repository.root / path) > occasion.began + TICK_S]
    if not touched:
        return ()
    differing = set(occasion.repository.lines("diff", "--name-only", "-z", "--", *_literal(touched), env=occasion.index))
    fresh = _fresh(occasion, [path for path in touched if path not in differing])
    told = dict.fromkeys(differing, "was rewritten by a hook and is staged as it was before")
    told |= dict.fromkeys(fresh, "was rewritten by a hook and staged again")
    return tuple(sorted(told.items()))


@contextmanager
def checked_out(occasion: Occasion) -> Iterator[git.Repository]:
    """A work tree that holds exactly what is staged: this one when nothing else lies in it, otherwise a scratch one."""
    if _clean(occasion):
        yield occasion.repository
        return
    repository = occasion.repository
    tree = repository.run("write-tree", env=occasion.index).decode().strip()
    parents = ("-p", "HEAD") if repository.head() else ()
    commit = repository.run("commit-tree", tree, *parents, "-m", "staged", env=_WHO).decode().strip()
    with files.scratch_directory("twelve-staged-") as scratch:
        place = scratch / "tree"
        repository.run("worktree", "add", "--quiet", "--detach", str(place), commit, timeout_s=300)
        try:
            made = git.discover(place)
            if parents:
                # Gates measure the change against the last commit, so that is where this tree stands.
                made.run("reset", "--quiet", "--soft", "HEAD^")
            yield made
        finally:
            repository.remove_worktree(place)


_WHO = {
    "GIT_AUTHOR_NAME": "Twelve",
    "GIT_AUTHOR_EMAIL": "twelve@localhost",
    "GIT_COMMITTER_NAME": "Twelve",
    "GIT_COMMITTER_EMAIL": "twelve@localhost",
}


def _clean(occasion: Occasion) -> bool:
    """Whether the work tree is what is staged: no other change, nothing untracked."""
    repository = occasion.repository
    changed = repository.ask("diff", "--quiet", env=occasion.index).code != 0
    return not changed and not repository.run("ls-files", "--others", "--exclude-standard", "-z", env=occasion.index)


def _fresh(occasion: Occasion, candidates: list[str]) -> list[str]:
    """Those whose staged content became an object after git called its hooks."""
    if not candidates:
        return []
    listing = occasion.repository.lines("ls-files", "--stage", "-z", "--", *_literal(candidates), env=occasion.index)
    entries = [line.partition("\t") for line in listing]
    return [path for head, _, path in entries if time_of(_object(occasion.repository, head.split()[1])) > occasion.began + TICK_S]


def _object(repository: git.Repository, oid: str) -> Path:
    return repository.common_dir / "objects" / oid[:2] / oid[2:]


def _literal(names: list[str]) -> list[str]:
    return [f":(literal,top){name}" for name in names]


def time_of(path: Path) -> float:
    """When a file was last written, seconds since the epoch; 0 when it is not there."""
    try:
        return os.lstat(path).st_mtime
    except OSError:
        return 0.0
