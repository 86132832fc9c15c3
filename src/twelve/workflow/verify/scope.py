"""Which commits are looked at, and whom they are to be merged into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from twelve.model.errors import Trouble, TwelveError
from twelve.system import git

MOST = 2_000
"""Commits of one range (ours)."""
_TARGETS = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master")
_PIPELINES = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "BITBUCKET_PR_DESTINATION_BRANCH", "CHANGE_TARGET")
"""Variables in which GitHub Actions, GitLab CI, Bitbucket Pipelines and Jenkins name the target branch."""


class Scope(Struct, frozen=True, kw_only=True):
    """A range as it was resolved."""

    target: str
    """Commit the work is to be merged into: what it says about policy and people counts."""
    base: str
    """Where the work left the target."""
    head: str
    commits: tuple[git.Commit, ...]
    """Newest first; merges of the target into the work included."""


def resolve(repository: git.Repository, range: str, base: str, env: Mapping[str, str]) -> Scope:
    """The scope of `range` ("", "HEAD", "A..B"). Raises TwelveError (config) when history is missing, (usage) for nothing to look at."""
    left, _, right = range.partition("..") if ".." in range else ("", "", range)
    head = _commit(repository, right.lstrip(".") or "HEAD")
    target = _commit(repository, base or left or _target(repository, env))
    _refuse_shallow(repository)
    start = repository.merge_base(target, head)
    if start is None:
        raise TwelveError(
            "the range has no common history",
            why=f"{target[:12]} and {head[:12]} share no commit here",
            next="fetch the whole history of both",
            kind=Trouble.CONFIG,
        )
    commits = repository.log(f"{start}..{head}", MOST + 1)
    if not commits:
        why = f"{head[:12]} holds no commit that {target[:12]} lacks"
        raise TwelveError("there is nothing to verify", why=why, next="name with --base what it is to be merged into", kind=Trouble.USAGE)
    if len(commits) > MOST:
        raise TwelveError(f"the range holds more than {MOST} commits", next="verify it in parts", kind=Trouble.USAGE)
    return Scope(target=target, base=start, head=head, commits=commits)


def _commit(repository: git.Repository, name: str) -> str:
    found = repository.resolve(f"{name}^{{commit}}") if name and not name.startswith("-") else None
    if not found:
        next = f"fetch it: the whole history of {name} is needed"
        raise TwelveError(f"{name!r} names no commit here", why="it is not in this clone", next=next, kind=Trouble.CONFIG)
    return found


def _target(repository: git.Repository, env: Mapping[str, str]) -> str:
    for name in _candidates(env):
        if repository.resolve(f"{name}^{{commit}}"):
            return name
    raise TwelveError(
        "nobody says what this is to be merged into",
        why="no pipeline variable names a target branch, and there is no main branch here",
        next="name it with --base",
        kind=Trouble.USAGE,
    )


def _candidates(env: Mapping[str, str]) -> Iterator[str]:
    """Whole names of references: a tag that somebody pushed as `origin/main` would win over the branch."""
    for variable in _PIPELINES:
        if env.get(variable):
            yield f"refs/remotes/origin/{env[variable]}"
            yield f"refs/heads/{env[variable]}"
            return
    yield from _TARGETS


def _refuse_shallow(repository: git.Repository) -> None:
    """A clone whose history ends early may hide the very commits that are asked about."""
    if repository.is_shallow():
        raise TwelveError(
            "this clone is shallow",
            why="commits of the range, or what they are compared with, may be missing",
            next="fetch the whole history (git fetch --unshallow; in CI: fetch-depth: 0, GIT_DEPTH: 0)",
            kind=Trouble.CONFIG,
        )
