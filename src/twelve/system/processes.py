"""Programs started by us: argv lists only, in their own process group, bounded in time and output. What happened is a value.

The same for asyncio is `async_processes`: a module of its own, because importing asyncio costs more than this one.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from twelve.model.verdict import Outcome
from twelve.system import expressions, process_group
from twelve.system.process_group import GRACE_S, kill_all, kill_group, started_at
from twelve.system.supervisor import Supervisor

__all__ = [
    "GRACE_S",
    "OUTPUT_LIMIT",
    "Call",
    "Execution",
    "RetryPolicy",
    "environment",
    "kill_all",
    "kill_group",
    "retry",
    "run",
    "started_at",
    "which",
]

OUTPUT_LIMIT = 10_000_000
"""Bytes of each output stream kept: what a very talkative test suite writes; eight times as much ends the process."""

T = TypeVar("T")

GIT_KEPT = {
    "GIT_EXEC_PATH": "a relocated git finds its own programs there",
    "GIT_SSH": "how this person reaches a remote",
    "GIT_SSH_COMMAND": "how this person reaches a remote",
    "GIT_SSL_CAINFO": "certificates of a company proxy",
    "GIT_ASKPASS": "how this person's credentials are asked for",
    "GIT_ALLOW_PROTOCOL": "can only restrict the protocols git may speak",
    "GIT_CONFIG_GLOBAL": "where this person's settings are; tests point it to nothing",
    "GIT_CONFIG_SYSTEM": "where this machine's settings are; tests point it to nothing",
    "GIT_CONFIG_NOSYSTEM": "switches this machine's settings off",
    "GIT_CEILING_DIRECTORIES": "keeps the search for a repository from climbing",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM": "lets the search for a repository cross a mount point",
    "GIT_AUTHOR_NAME": "identity of a container without git settings",
    "GIT_AUTHOR_EMAIL": "identity of a container without git settings",
    "GIT_COMMITTER_NAME": "identity of a container without git settings",
    "GIT_COMMITTER_EMAIL": "identity of a container without git settings",
}
"""The GIT_* variables that survive, and why. All others would make git look at another repository, index or object
store than the one asked about: inside a hook git itself sets them."""

_GIT_CONFIG_PAIRS = expressions.deferred(r"GIT_CONFIG_(COUNT|KEY_\d+|VALUE_\d+)")  # how CI marks a checkout as safe.directory

_NETWORK = expressions.deferred(
    rb"could not resolve host|temporary failure in name resolution|name or service not known|nodename nor servname"
    rb"|connection (?:reset|refused|timed out|aborted)|network is unreachable|no route to host|operation timed out"
    rb"|tls handshake timeout|i/o timeout|the remote end hung up unexpectedly|early eof|read timed out"
    rb"|\b(?:ECONNRESET|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENOTFOUND)\b"
    rb"|\b(?:429 too many requests|502 bad gateway|503 service unavailable|504 gateway time-?out)\b",
    re.IGNORECASE,
)
_NETWORK_WINDOW = 16_384
"""Bytes at the end of the output searched for a network error: the reason a program gave up stands near its end."""


class Execution(Struct, frozen=True, kw_only=True):
    """One program that ran, or could not."""

    argv: tuple[str, ...]
    outcome: Outcome
    """PASS: exit code 0. FAIL: any other. ERROR: could not start, timed out, was killed. Never SKIP."""
    exit_code: int | None
    """None when the program did not exit by itself."""
    stdout: bytes
    stderr: bytes
    truncated: bool
    """True when the middle of an output stream was dropped."""
    duration_s: float
    reason: str = ""
    """Why the outcome is ERROR, one line."""
    timed_out: bool = False

    @property
    def text(self) -> str:
        """Standard output as text; what is not UTF-8 becomes U+FFFD."""
        return self.stdout.decode("utf-8", "replace")

    @property
    def passed(self) -> bool:
        return self.outcome is Outcome.PASS

    @property
    def transient(self) -> bool:
        """Whether the same call may well succeed later: it timed out or lost the network."""
        if self.passed:
            return False
        tails = (self.stderr[-_NETWORK_WINDOW:], self.stdout[-_NETWORK_WINDOW:])
        return self.timed_out or any(_NETWORK.search(tail) for tail in tails)


class RetryPolicy(Struct, frozen=True, kw_only=True):
    """How often and how patiently something transient is tried again."""

    attempts: int = 3
    base_s: float = 2.0
    factor: float = 2.0

    def delay(self, attempt: int) -> float:
        """Seconds to wait after the given failed attempt, counted from 1."""
        return float(self.base_s * self.factor ** (attempt - 1))


def retry(
    call: Callable[[int], T], policy: RetryPolicy, *, transient: Callable[[T], bool], sleep: Callable[[float], None] = time.sleep
) -> tuple[T, int]:
    """Call with the attempt number until the answer is not transient or the attempts are used up; the last answer and their number."""
    attempt = 1
    while True:
        answer = call(attempt)
        if attempt >= policy.attempts or not transient(answer):
            return answer, attempt
        sleep(policy.delay(attempt))
        attempt += 1


def environment(extra: Mapping[str, str] | None = None, *, scrub_git: bool = True) -> dict[str, str]:
    """Our environment for a child: without our internal variables and, unless asked otherwise, without GIT_* that redirect git."""
    kept = {name: value for name, value in os.environ.items() if _inherited(name, scrub_git=scrub_git)}
    kept.update(extra or {})
    return kept


def which(program: str, *, cwd: Path | None = None, path: str | None = None) -> str | None:
    """Absolute path of an executable: by PATH, or relative to `cwd` when it contains a slash.

    Relative entries of PATH are ignored: they would let a repository bring its own `git`.
    """
    if not program or "\0" in program:
        return None
    if os.sep in program:
        found = os.path.join(os.path.abspath(cwd or Path()), program)
        return found if os.path.isfile(found) and os.access(found, os.X_OK) else None
    search = os.environ.get("PATH", os.defpath) if path is None else path
    absolute = [entry for entry in search.split(os.pathsep) if os.path.isabs(entry)]
    return shutil.which(program, path=os.pathsep.join(absolute)) if absolute else None


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout_s: float = 60,
    stdin: bytes = b"",
    output_limit: int = OUTPUT_LIMIT,
    on_output: Callable[[bytes], None] | None = None,
    on_start: Callable[[int], None] | None = None,
    sweep: bool = True,
    grace_s: float = GRACE_S,
    inherited: Sequence[int] = (),
) -> Execution:
    """Run a program to its end and tell what happened; never raises for anything the program does.

    `env` is the whole environment (default: `environment()`). `on_output` gets standard output as it comes, `on_start`
    the process id. At the end, everything still running that the program started is killed: its process group always,
    daemons that left the group too unless `sweep` is off (Linux). `inherited` are file descriptors the program keeps open.
    """
    call = Call(argv, cwd, env, timeout_s, stdin, output_limit, on_output, on_start, sweep, grace_s, inherited)
    return call.execute()


class Call:
    """The arguments of one call, as of `run`; `execute` is the whole policy, in whatever thread it is called."""

    def __init__(
        self,
        argv: Sequence[str],
        cwd: Path,
        env: Mapping[str, str] | None,
        timeout_s: float,
        stdin: bytes,
        output_limit: int,
        on_output: Callable[[bytes], None] | None,
        on_start: Callable[[int], None] | None,
        sweep: bool,
        grace_s: float,
        inherited: Sequence[int] = (),
    ) -> None:
        if isinstance(argv, (str, bytes)):
            raise TypeError("argv is a list of arguments, never a command line")
        self.argv = tuple(argv)
        self.cwd = cwd
        self.mark = process_group.new_mark()
        self.env = process_group.with_mark(environment() if env is None else env, self.mark)
        self.timeout_s = timeout_s
        self.stdin = stdin
        self.output_limit = output_limit
        self.on_output = on_output
        self.on_start = on_start
        self.sweep = sweep
        self.grace_s = grace_s
        self.inherited = tuple(inherited)

    def execute(self, wake: int | None = None) -> Execution:
        """Run to the end; once the descriptor `wake` becomes readable, the program is asked to end and then killed."""
        started = time.monotonic()
        child = self._start()
        if isinstance(child, str):
            return self._error(child, started)
        supervisor = Supervisor(
            child,
            self.mark,
            deadline=started + self.timeout_s,
            timeout_s=self.timeout_s,
            output_limit=self.output_limit,
            stdin=self.stdin,
            on_output=self.on_output,
            wake=wake,
            sweep=self.sweep,
            grace_s=self.grace_s,
            on_start=self.on_start,
        )
        code = supervisor.supervise()
        reason = supervisor.reason or _death(code)
        return Execution(
            argv=self.argv,
            outcome=Outcome.ERROR if reason else Outcome.FAIL if code else Outcome.PASS,
            exit_code=None if reason else code,
            stdout=supervisor.stdout.value(),
            stderr=supervisor.stderr.value(),
            truncated=supervisor.stdout.truncated or supervisor.stderr.truncated,
            duration_s=time.monotonic() - started,
            reason=reason,
            timed_out=supervisor.timed_out,
        )

    def _start(self) -> subprocess.Popen[bytes] | str:
        """The child, or why there is none."""
        if reason := self._unstartable():
            return reason
        executable = which(self.argv[0], cwd=self.cwd, path=self.env.get("PATH", os.defpath))
        if executable is None:
            return self._not_found()
        try:
            return subprocess.Popen(
                self.argv,
                executable=executable,
                cwd=self.cwd,
                env=self.env,
                stdin=subprocess.PIPE if self.stdin else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
                pass_fds=self.inherited,
            )
        except OSError as error:
            if error.errno == errno.ENOEXEC:
                return f"{self.argv[0]} is not a program this system can run"
            return f"{self.argv[0]} cannot be started: {error.strerror}"
        except ValueError as error:
            return f"{self.argv[0]} cannot be started: {error}"

    def _unstartable(self) -> str:
        if not self.argv or not self.argv[0]:
            return "the command is empty"
        if any("\0" in part for part in self.argv):
            return "the command contains a NUL character"
        if any("\0" in name or "=" in name or "\0" in value for name, value in self.env.items()):
            return "the environment contains a NUL character or a name with ="
        if not self.cwd.is_dir():
            return f"the working directory {self.cwd} does not exist"
        return ""

    def _not_found(self) -> str:
        program = self.argv[0]
        if os.sep in program and (self.cwd / program).exists():
            return f"{program} is not executable"
        return f"{program} was not found" + ("" if os.sep in program else " on PATH")

    def _error(self, reason: str, started: float) -> Execution:
        return Execution(
            argv=self.argv,
            outcome=Outcome.ERROR,
            exit_code=None,
            stdout=b"",
            stderr=b"",
            truncated=False,
            duration_s=time.monotonic() - started,
            reason=reason,
        )


def _inherited(name: str, *, scrub_git: bool) -> bool:
    if name.startswith("TWELVE_INTERNAL_"):
        return False
    if scrub_git and name.startswith("GIT_"):
        return name in GIT_KEPT or _GIT_CONFIG_PAIRS.fullmatch(name) is not None
    return True


def _death(code: int | None) -> str:
    if code is None:
        return "it could not be killed"
    if code >= 0:
        return ""
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
