"""Carry out one action of a replay script. Paths stay inside the work tree, whatever the script says."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from twelve.factors.agents.replay.script import Action, End, fill
from twelve.model.errors import ConfigError
from twelve.model.verdict import Outcome
from twelve.system import files, processes

OUTPUT_SHOWN = 4_000
"""Characters of a command's output that are reported; the rest stays with the command."""
SOURCE_LIMIT = 10_000_000
FOREVER_S = 86_400.0
CHILD = """
import os, sys, time
seconds, path = float(sys.argv[1]), sys.argv[2]
if path:
    open(path, "w").write(str(os.getpid()))
time.sleep(seconds)
if path:
    open(path + ".alive", "w").write("alive")
"""


class Stage:
    """Where a scripted agent acts: its work tree, its variables, and the line it reports on."""

    def __init__(self, workdir: Path, script_folder: Path, variables: dict[str, str], report: Callable[..., None]) -> None:
        self.workdir, self.script_folder, self.variables, self.report = workdir, script_folder, variables, report
        self.end = End(status="done")
        self.last_words = ""

    def fill(self, text: str) -> str:
        return fill(text, self.variables)

    def path(self, relative: str) -> Path:
        """A path of the script, inside the work tree and never in git's own folder."""
        filled = self.fill(relative)
        if ".git" in Path(filled).parts:
            raise ConfigError(f"a replay script may not touch git's own folder: {filled}", next="use a run action with git instead")
        return files.confined(self.workdir, filled)

    def do(self, action: Action) -> bool:
        """Carry it out; False when the turn ends here."""
        verb = action.verb
        self.report("tool", tool=verb)
        VERBS[verb](self, getattr(action, verb))
        return verb != "end"


def write(stage: Stage, given: Any) -> None:
    target = stage.path(given.path)
    target.parent.mkdir(parents=True, exist_ok=True)
    if given.source is not None:
        data: bytes | str = files.read_bounded(files.confined(stage.script_folder, given.source), SOURCE_LIMIT)
    else:
        data = stage.fill(given.text)
    files.write_atomic(target, data, mode=0o755 if given.executable else 0o644)


def append(stage: Stage, given: Any) -> None:
    target = stage.path(given.path)
    target.parent.mkdir(parents=True, exist_ok=True)
    before = files.read_bounded(target, SOURCE_LIMIT) if target.exists() else b""
    files.write_atomic(target, before + stage.fill(given.text).encode())


def edit(stage: Stage, given: Any) -> None:
    target = stage.path(given.path)
    text = files.read_bounded(target, SOURCE_LIMIT).decode("utf-8", "surrogateescape")
    old, new = stage.fill(given.old), stage.fill(given.new)
    if (count := text.count(old)) != given.count:
        raise ConfigError(f"edit of {given.path}: the text occurs {count} times, the script says {given.count}", why=old[:200])
    files.write_atomic(target, text.replace(old, new).encode("utf-8", "surrogateescape"))


def delete(stage: Stage, given: Any) -> None:
    target = stage.path(given.path)
    if target.is_dir() and not target.is_symlink():
        files.remove_tree(target)
    else:
        target.unlink()


def run(stage: Stage, given: Any) -> None:
    argv = [stage.fill(word) for word in given.argv]
    execution = processes.run(argv, cwd=stage.workdir, timeout_s=given.timeout_s, stdin=stage.fill(given.stdin).encode())
    shown = f"{execution.text}{execution.stderr.decode('utf-8', 'replace')}"[-OUTPUT_SHOWN:]
    stage.report("command", argv=argv, exit_code=execution.exit_code, output=shown)
    if execution.outcome is Outcome.ERROR:
        raise ConfigError(f"run {argv[0]}: {execution.reason}")
    if given.expect is not None and execution.exit_code != given.expect:
        raise ConfigError(f"run {argv[0]} ended with {execution.exit_code}, the script expects {given.expect}", why=shown[-500:])
    if given.save:
        stage.variables[given.save] = execution.text.strip()


def say(stage: Stage, given: str) -> None:
    stage.last_words = stage.fill(given)
    stage.report("text", text=stage.last_words)


def wait(_: Stage, given: float) -> None:
    time.sleep(given)


def usage(stage: Stage, given: Any) -> None:
    stage.report("usage", **msgspec.structs.asdict(given))


def crash(_: Stage, given: Any) -> None:
    sys.stdout.flush()
    if given.signal is not None:
        name = f"SIG{given.signal}"
        os.kill(os.getpid(), getattr(signal, name))
    # no clean-up on purpose: a crash runs no finalisers
    os._exit(given.exit or 0)


def hang(_: Stage, given: float) -> None:
    time.sleep(given or FOREVER_S)


def flood(_: Stage, given: Any) -> None:
    piece = (b"x" * 1023 + b"\n") if given.lines else b"x" * 1024
    for _number in range(max(1, given.bytes // 1024)):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def ignore_term(_: Stage, given: bool) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN if given else signal.SIG_DFL)


def background(stage: Stage, given: Any) -> None:
    """Leave a child behind, with our output as its own, as careless agents do."""
    path = str(stage.path(given.path)) if given.path else ""
    argv = [sys.executable, "-I", "-c", CHILD, str(given.seconds), path]
    # processes.run would clean this child up, and leaving it behind is the point
    os.posix_spawn(sys.executable, argv, os.environ)


def delete_worktree(stage: Stage, given: bool) -> None:
    if given:
        files.remove_tree(stage.workdir)


def end(stage: Stage, given: End) -> None:
    stage.end = given


VERBS: dict[str, Callable[[Stage, Any], None]] = {
    "write": write,
    "append": append,
    "edit": edit,
    "delete": delete,
    "run": run,
    "say": say,
    "wait": wait,
    "usage": usage,
    "crash": crash,
    "hang": hang,
    "flood": flood,
    "ignore_term": ignore_term,
    "background": background,
    "delete_worktree": delete_worktree,
    "end": end,
}
