"""One git process at a time: scrubbed environment, fixed language, no prompts, no hooks but the ones asked for."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from twelve.model.errors import ToolMissing, Trouble, TwelveError
from twelve.system import processes

MINIMUM = (2, 34)
"""The oldest git with everything used here; what Ubuntu 22.04 ships."""

OUTPUT_LIMIT = 256_000_000
"""Bytes of one answer: a listing of two million long paths."""

LOCK_PATIENCE_S = 5.0
"""How long another git process may hold a lock file before we report it. Editors and prompts hold one for milliseconds."""

FALLBACK_NAME = "Twelve"
FALLBACK_EMAIL = "twelve@localhost"

EMPTY_TREE = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}

_SETTINGS = (
    "core.quotePath=false",
    "core.fsmonitor=false",  # its value may be a program, run at every status
    "core.trustctime=true",  # with these two loosened, a change that keeps size and time would go unseen
    "core.checkStat=default",
    "core.pager=cat",
    "color.ui=false",
    "gc.auto=0",  # a background gc would outlive the call and hold locks
    "maintenance.auto=false",
    "submodule.recurse=false",
    "advice.detachedHead=false",
    "advice.addEmbeddedRepo=false",
    "log.showSignature=false",
    "i18n.logOutputEncoding=UTF-8",
    "i18n.commitEncoding=UTF-8",
)

_FIXED = {
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "true",
    "GIT_OPTIONAL_LOCKS": "0",  # reading must not make somebody's commit fail on index.lock
    "GIT_NO_REPLACE_OBJECTS": "1",  # a replaced object would show other content than its id promises
}

# Hooks are the user's programs: they may need UTF-8, which plain C does not promise.
_FIXED_FOR_HOOKS = {**_FIXED, "LC_ALL": "C.UTF-8"}

_LOCKED = re.compile(r"Unable to create '(?P<path>.+\.lock)': File exists|cannot lock ref .*Unable to create", re.DOTALL)
_NOT_A_REPOSITORY = re.compile(r"not a git repository", re.IGNORECASE)
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")


class GitError(TwelveError):
    """A git command that should have worked did not."""

    def __init__(self, what: str, *, why: str = "", next: str = "", exit_code: int | None = None, stderr: str = "") -> None:
        super().__init__(what, why=why, next=next, kind=Trouble.TOOL)
        self.exit_code = exit_code
        self.stderr = stderr


class Answer(Struct, frozen=True, kw_only=True):
    """What one git process said."""

    code: int
    out: bytes
    err: str


class Git:
    """Where git commands run. Base of `Repository`; the functions of this package take one."""

    def __init__(self, *, root: Path, git_dir: Path, common_dir: Path, bare: bool, object_format: str) -> None:
        self.root = root
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.bare = bare
        self._object_format = object_format

    def run(self, *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None, check: bool = True, timeout_s: float = 60) -> bytes:
        """Standard output of one git command, no hooks. `env` adds variables. Raises GitError unless `check` is off."""
        answer = self.ask(*args, stdin=stdin, env=env, timeout_s=timeout_s)
        if check and answer.code != 0:
            raise failure(args, answer)
        return answer.out

    def ask(
        self,
        *args: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        timeout_s: float = 60,
        hooks: bool = False,
        limit: int = OUTPUT_LIMIT,
        inherited: Sequence[int] = (),
    ) -> Answer:
        """Exit code and output of one git command; waits a little for other git processes' locks. Raises GitError if it cannot run."""
        deadline = time.monotonic() + LOCK_PATIENCE_S
        pause = 0.02
        while True:
            answer = execute(args, cwd=self.root, stdin=stdin, env=env, timeout_s=timeout_s, hooks=hooks, limit=limit, inherited=inherited)
            if answer.code == 0 or not _LOCKED.search(answer.err) or time.monotonic() > deadline:
                return answer
            time.sleep(pause)
            pause = min(pause * 2, 0.5)

    def lines(self, *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> list[str]:
        """Fields of a NUL-separated answer; bytes that are not valid text survive as surrogates."""
        return split(self.run(*args, stdin=stdin, env=env))

    def object_format(self) -> str:
        """`sha1` or `sha256`."""
        return self._object_format

    @property
    def empty_tree(self) -> str:
        return EMPTY_TREE[self._object_format]

    @property
    def zero(self) -> str:
        """The id that stands for no object."""
        return "0" * len(self.empty_tree)

    def need_work_tree(self) -> None:
        if self.bare:
            raise TwelveError(
                f"{self.root} is a bare repository", why="there are no files to work on", next="run the command in a clone with a work tree"
            )


def execute(
    args: Sequence[str],
    *,
    cwd: Path,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    timeout_s: float = 60,
    hooks: bool = False,
    limit: int = OUTPUT_LIMIT,
    inherited: Sequence[int] = (),
) -> Answer:
    """One git process. Raises ToolMissing without git, GitError when it cannot finish."""
    settings = _SETTINGS if hooks else (*_SETTINGS, "core.hooksPath=/dev/null")
    argv = ["git", *(part for setting in settings for part in ("-c", setting)), *args]
    execution = processes.run(
        argv,
        cwd=cwd,
        env=processes.environment({**(_FIXED_FOR_HOOKS if hooks else _FIXED), **(env or {})}),
        timeout_s=timeout_s,
        stdin=stdin,
        output_limit=limit,
        # Whatever a hook of the user's left running on purpose, an agent for keys for example, is the user's.
        sweep=False,
        inherited=inherited,
    )
    if execution.exit_code is None:
        if processes.which("git") is None:
            raise ToolMissing("git")
        advice = "run the command again; check the disk if it stays slow"
        raise GitError(f"{_named(args)} did not finish", why=execution.reason, next=advice)
    if execution.truncated and len(execution.stdout) > limit:
        raise GitError(f"the answer of {_named(args)} is larger than {limit} bytes", next="check that it is the object you mean")
    return Answer(code=execution.exit_code, out=execution.stdout, err=execution.stderr.decode("utf-8", "replace"))


def failure(args: Sequence[str], answer: Answer) -> GitError:
    """What a failed git command means for a person."""
    stderr = _CREDENTIALS.sub("***@", answer.err.strip())
    what, why, advice = f"{_named(args)} failed", stderr[-2000:] or f"exit code {answer.code}", "read what git says above"
    if locked := _LOCKED.search(answer.err):
        what = f"{_named(args)} found the repository locked"
        lock = locked.group("path")
        advice = "wait for the other git process" + (f"; when none is running, a crash left {lock} behind: remove it" if lock else "")
    elif "dubious ownership" in answer.err:
        what, why = "git refuses this repository", "its files belong to another user than the one running this command"
        advice = "run as the owner; if you trust the owner, git-config(1) describes safe.directory"
    elif _NOT_A_REPOSITORY.search(answer.err):
        what, advice = "this is not a git repository", "run the command inside a repository"
    elif answer.code == 129 or "is not a git command" in answer.err or "unknown option" in answer.err:
        advice = _age_advice()
    elif "does not have a commit checked out" in answer.err:
        advice = "a repository without commits lies inside this one: ignore it, move it, or give it a commit"
    elif "No space left on device" in answer.err:
        advice = "free some space and run the command again"
    return GitError(what, why=why, next=advice, exit_code=answer.code, stderr=stderr)


def version() -> tuple[int, ...]:
    """Version of the installed git. Raises ToolMissing."""
    out = execute(["version"], cwd=Path("/")).out.decode("ascii", "replace")
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", out)
    return tuple(int(part) for part in found.groups() if part) if found else (0,)


def need_version(found: tuple[int, ...]) -> None:
    """Raises ToolMissing when git is older than what is used here."""
    if found < MINIMUM:
        wanted, have = ".".join(map(str, MINIMUM)), ".".join(map(str, found))
        raise ToolMissing(f"git {wanted} or newer", why=f"the installed git is {have}", next=f"upgrade git to {wanted} or newer")


def split(data: bytes) -> list[str]:
    """Fields of NUL-terminated output."""
    return [os.fsdecode(field) for field in data.split(b"\0")[:-1]] if data else []


def joined(fields: Sequence[str]) -> bytes:
    """NUL-terminated input from fields."""
    return b"".join(os.fsencode(field) + b"\0" for field in fields)


def line(data: bytes) -> str:
    """One line of output that is a path, without its line end."""
    return os.fsdecode(data.removesuffix(b"\n"))


def text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _named(args: Sequence[str]) -> str:
    """The command without its settings, short enough for a message."""
    rest = list(args)
    while len(rest) > 2 and rest[0] == "-c":
        del rest[:2]
    words = [word for word in rest if not word.startswith("-")]
    return f"git {words[0]}" if words else "git"


def _age_advice() -> str:
    found = version()
    if found < MINIMUM:
        return f"upgrade git to {'.'.join(map(str, MINIMUM))} or newer; this is {'.'.join(map(str, found))}"
    return "report this as a bug"
