"""Writing history: commits, branches, references, going back."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress

from msgspec import Struct

from twelve.model.errors import Trouble, TwelveError
from twelve.system import files
from twelve.system.git import subject
from twelve.system.git.plumbing import FALLBACK_EMAIL, FALLBACK_NAME, Answer, Git, GitError, failure, joined, text

HOOK_TIMEOUT_S = 600
"""A commit may run the user's hooks, and those may run a test suite."""

_LOG_FIELDS = ("%H", "%P", "%an", "%ae", "%aI", "%s", "%b")
_PATHS_FROM_STDIN = ("--pathspec-from-file=-", "--pathspec-file-nul")
_MOVED = ("but expected", "reference already exists", "unable to resolve reference")


class Commit(Struct, frozen=True, kw_only=True):
    oid: str
    parents: tuple[str, ...]
    author: str
    """Name <email>"""
    date: str
    """Author's date, ISO 8601 with offset."""
    subject: str
    body: str


class RefMovedError(TwelveError):
    """A reference was not where the caller last saw it; nothing was changed."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} has moved meanwhile", why=why, next="look at it again and repeat", kind=Trouble.TOOL)


def commit(git: Git, message: str, *, paths: Sequence[str] | None, author: str | None, allow_empty: bool) -> str:
    """See `Repository.commit`."""
    git.need_work_tree()
    if not message.strip():
        raise TwelveError("a commit needs a message", next="say what the commit does")
    if paths is None:
        git.run("add", "--all", "--", ":(top)", timeout_s=300)
    elif paths:
        git.run("add", "--all", *_PATHS_FROM_STDIN, stdin=_literal(paths), timeout_s=300)
    with files.scratch_directory("twelve-message-") as scratch:
        files.write_atomic(scratch / "message", message if message.endswith("\n") else message + "\n")
        # Not signed: a signature says that a person vouches for it, and no person is here.
        args = ["commit", "--quiet", "--no-gpg-sign", "--cleanup=whitespace", f"--file={scratch / 'message'}"]
        args += [f"--author={author}"] if author else []
        args += ["--allow-empty"] if allow_empty else []
        args += ["--only", *_PATHS_FROM_STDIN] if paths else []
        answer = git.ask(*args, stdin=_literal(paths or ()), env=_identity(git), hooks=True, timeout_s=HOOK_TIMEOUT_S)
    if answer.code != 0:
        if _nothing_staged(git, allow_empty):
            raise TwelveError("there is nothing to commit", why="no file differs from the last commit", next="change something first")
        raise failure(["commit"], Answer(code=answer.code, out=answer.out, err=answer.err or text(answer.out)))
    return git.run("rev-parse", "--verify", "HEAD").decode().strip()


def reset_hard(git: Git, rev: str, *, branch: str, exclusive: bool) -> None:
    """See `Repository.reset_hard`."""
    git.need_work_tree()
    if exclusive:
        _break_locks(git, branch)
    target = git.run("rev-parse", "--verify", "--end-of-options", f"{rev}^{{commit}}").decode().strip()
    if branch:
        git.run("symbolic-ref", "HEAD", f"refs/heads/{branch}")
    subject.reveal(git)
    git.run("reset", "--hard", "--quiet", target, timeout_s=300)
    # Twice -f: a repository an agent made inside this one is left-over content like any other.
    git.run("clean", "-ffdq", timeout_s=300)


def update_ref(git: Git, name: str, new: str, old: str | None) -> None:
    """See `Repository.update_ref`."""
    expected = [] if old is None else [old or git.zero]
    answer = git.ask("update-ref", "--no-deref", name, new, *expected)
    if answer.code != 0:
        if old is not None and any(phrase in answer.err for phrase in _MOVED):
            raise RefMovedError(name, answer.err.strip())
        raise failure(["update-ref"], answer)


def log(git: Git, range: str, limit: int) -> tuple[Commit, ...]:
    """See `Repository.log`."""
    if range.startswith("-"):
        raise TwelveError(f"{range!r} is not a range of commits", next="give something like main..HEAD")
    form = "%x00".join(_LOG_FIELDS)
    answer = git.ask("log", "-z", f"--max-count={limit}", f"--format={form}", range, "--")
    if answer.code != 0:
        if "does not have any commits yet" in answer.err or (range == "HEAD" and "bad revision" in answer.err):
            return ()
        raise failure(["log"], answer)
    return tuple(_read_log(answer.out))


def _read_log(data: bytes) -> Iterator[Commit]:
    fields = [text(field) for field in data.split(b"\0")]
    for start in range(0, len(fields) - len(_LOG_FIELDS) + 1, len(_LOG_FIELDS)):
        oid, parents, name, email, date, summary, body = fields[start : start + len(_LOG_FIELDS)]
        author = f"{name} <{email}>"
        yield Commit(oid=oid, parents=tuple(parents.split()), author=author, date=date, subject=summary, body=body.rstrip("\n"))


def _identity(git: Git) -> dict[str, str]:
    """Variables that fill in who commits where neither the settings nor the environment say so.

    git would guess one from the machine's user and host name, which is neither stable nor anybody's wish.
    """
    configured: dict[str, str] = {}
    listing = git.run("config", "-z", "--get-regexp", r"^(user|author|committer)\.(name|email)$", check=False)
    for entry in listing.decode("utf-8", "replace").split("\0")[:-1]:
        key, _, value = entry.partition("\n")
        configured[key.lower()] = value
    missing: dict[str, str] = {}
    for role in ("author", "committer"):
        for part, fallback in (("name", FALLBACK_NAME), ("email", FALLBACK_EMAIL)):
            variable = f"GIT_{role.upper()}_{part.upper()}"
            known = os.environ.get(variable) or configured.get(f"{role}.{part}") or configured.get(f"user.{part}")
            if not (known or (part == "email" and os.environ.get("EMAIL"))):
                missing[variable] = fallback
    return missing


def _literal(paths: Sequence[str]) -> bytes:
    """Paths as pathspecs in which nothing is a wildcard. Marked one by one: the global switch would also bind the user's hooks."""
    return joined([f":(top,literal){path}" for path in paths])


def _nothing_staged(git: Git, allow_empty: bool) -> bool:
    if allow_empty:
        return False
    head = git.ask("rev-parse", "--verify", "--quiet", "HEAD^{tree}")
    base = head.out.decode().strip() if head.code == 0 else git.empty_tree
    return git.ask("diff-index", "--cached", "--quiet", base, "--").code == 0


def _break_locks(git: Git, branch: str) -> None:
    current = git.run("symbolic-ref", "--quiet", "HEAD", check=False).decode("utf-8", "surrogateescape").strip()
    locks = [git.git_dir / "index.lock", git.git_dir / "HEAD.lock"]
    locks += [git.common_dir / f"{ref}.lock" for ref in (current, f"refs/heads/{branch}" if branch else "") if ref]
    for lock in locks:
        with suppress(FileNotFoundError):
            lock.unlink()


def delete_branch(git: Git, name: str) -> None:
    """Delete a branch, merged or not; one that is checked out anywhere stays and is an error. Nothing there is fine."""
    answer = git.ask("branch", "--delete", "--force", "--", name)
    if answer.code != 0 and "not found" not in answer.err:
        raise failure(["branch"], answer)


def create_branch(git: Git, name: str, start: str) -> None:
    """Create a branch. Raises GitError when it exists or the name is not allowed."""
    if name.startswith("-") or start.startswith("-"):
        raise GitError(f"{name!r} is not a branch name", next="choose a name that does not start with a dash")
    git.run("branch", "--no-track", "--", name, start)
