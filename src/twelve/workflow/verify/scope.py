"""Which commits are looked at, and whom they are to be merged into."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from twelve.model.errors import Trouble, TwelveError
from twelve.system import git

MOST = 2_000
"""Commits of one range (ours)."""
_TARGETS = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master")
_PIPELINES = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "BITBUCKET_PR_DESTINATION_BRANCH", "CHANGE_TARGET")
"""Variables in which GitHub Actions, GitLab CI, Bitbucket Pipelines and Jenkins name the target branch."""


class Names(Struct, frozen=True, kw_only=True):
    """The two ends of a range as this clone resolves them."""

    target: str
    head: str
    called: str
    """What the target is called, for people."""


class Scope(Struct, frozen=True, kw_only=True):
    """A range as it was resolved."""

    target: str
    """Commit the work is to be merged into: what it says about policy and people counts."""
    base: str
    """Where the work left the target."""
    head: str
    commits: tuple[git.Commit, ...]
    """Newest first; merges of the target into the work included."""


def names(repository: git.Repository, range: str, base: str, env: Mapping[str, str]) -> Names:
    """The ends of `range` ("", "HEAD", "A..B"). Raises TwelveError (config) when they or their history are not in this clone."""
    left, _, right = range.partition("..") if ".." in range else ("", "", range)
    head = _commit(repository, right.lstrip(".") or "HEAD")
    called = base or left or _target(repository, env)
    target = _commit(repository, _branch_first(repository, called))
    _refuse_shallow(repository)
    return Names(target=target, head=head, called=called)


def resolve(view: git.Repository, ends: Names) -> Scope:
    """The scope between two commits. Raises TwelveError when there is nothing to look at or history is tangled."""
    target, head = ends.target, ends.head
    start = _start(view, target, head)
    commits = view.log(f"{start}..{head}", MOST + 1)
    if not commits:
        why = f"{head[:12]} holds no commit that {ends.called} ({target[:12]}) lacks"
        raise TwelveError("there is nothing to verify", why=why, next="name with --base what it is to be merged into", kind=Trouble.USAGE)
    if len(commits) > MOST:
        raise TwelveError(f"the range holds more than {MOST} commits", next="verify it in parts", kind=Trouble.USAGE)
    return Scope(target=target, base=start, head=head, commits=commits)


def _start(view: git.Repository, target: str, head: str) -> str:
    """The one place where the work left the target."""
    answer = view.ask("merge-base", "--all", target, head)
    if answer.code not in (0, 1):
        why = answer.err.strip()[:300]
        raise TwelveError("history cannot be read", why=why, next="fetch the whole history of both", kind=Trouble.CONFIG)
    found = answer.out.decode().split()
    if not found:
        raise TwelveError(
            "the range has no common history",
            why=f"{target[:12]} and {head[:12]} share no commit here",
            next="fetch the whole history of both",
            kind=Trouble.CONFIG,
        )
    if len(found) > 1:
        # Against any one of them, what the work takes back of the others would not be seen.
        raise TwelveError(
            "the range starts at several places",
            why=f"the work and its target were merged crosswise: {', '.join(oid[:12] for oid in sorted(found))}",
            next="merge the target into the work once more, then verify again",
            kind=Trouble.CONFIG,
        )
    return found[0]


def _branch_first(repository: git.Repository, name: str) -> str:
    """A whole name for a branch: git itself would prefer a tag of the same name, and anybody may push one."""
    whole = (f"refs/remotes/{name}", f"refs/heads/{name}")
    return next((ref for ref in whole if repository.ask("show-ref", "--verify", "--quiet", ref).code == 0), name)


def _commit(repository: git.Repository, name: str) -> str:
    found = repository.resolve(f"{name}^{{commit}}") if name and not name.startswith("-") else None
    if not found:
        next = f"fetch it: the whole history of {name} is needed"
        raise TwelveError(f"{name!r} names no commit here", why="it is not in this clone", next=next, kind=Trouble.CONFIG)
    return found


def _target(repository: git.Repository, env: Mapping[str, str]) -> str:
    variable = next((name for name in _PIPELINES if env.get(name)), "")
    # Whole names of references: a tag that somebody pushed as `origin/main` would win over the branch.
    known = (f"refs/remotes/origin/{env[variable]}", f"refs/heads/{env[variable]}") if variable else _TARGETS
    found = next((name for name in known if repository.resolve(f"{name}^{{commit}}")), "")
    if found:
        return found
    if variable:
        branch = env[variable]
        raise TwelveError(
            f"the target branch {branch!r} is not in this clone",
            why=f"{variable} names it",
            next=f"git fetch origin +refs/heads/{branch}:refs/remotes/origin/{branch}",
            kind=Trouble.CONFIG,
        )
    raise TwelveError(
        "nobody says what this is to be merged into",
        why="no pipeline variable names a target branch, and there is no main branch here",
        next="name it with --base",
        kind=Trouble.USAGE,
    )


def _refuse_shallow(repository: git.Repository) -> None:
    """A clone whose history ends early may hide the very commits that are asked about."""
    if repository.is_shallow():
        raise TwelveError(
            "this clone is shallow",
            why="commits of the range, or what they are compared with, may be missing",
            next="fetch the whole history (git fetch --unshallow; in CI: fetch-depth: 0, GIT_DEPTH: 0)",
            kind=Trouble.CONFIG,
        )
