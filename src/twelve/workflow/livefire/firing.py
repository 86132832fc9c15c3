"""Running a registered command line as its client does, and reading what came back as the client would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from msgspec import Struct

from twelve.system import processes
from twelve.system.processes import Execution
from twelve.workflow.livefire import circumstances, shots
from twelve.workflow.livefire.entries import Entry
from twelve.workflow.livefire.shots import Shot
from twelve.workflow.livefire.words import Around, Cause, Problem

SHELL = "/bin/sh"
PATIENCE_S = 30.0
"""Longest we wait for one answer ourselves, seconds (ours)."""
OUTPUT = 1_000_000
FAILURES = ("[guard-failure]", "[guard-payload]")
"""Ids by which the hook says that it could not look at the call."""
_AGENT = ("CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SESSION_ID", "CLAUDE_PROJECT_DIR", "TWELVE_RUN", "GEMINI_CLI", "AI_AGENT")


class Hit(Struct, frozen=True, kw_only=True):
    """What one shot brought back."""

    shot: Shot
    took_s: float
    problem: Problem | None


def fire(client: str, entry: Entry, shot: Shot, around: Around, limit_s: float) -> Hit:
    """Run the command line once; nothing it does raises."""
    base = {name: value for name, value in around.environ.items() if name not in _AGENT}
    more = {**_client(client, shot, around.root), **dict(entry.env), **dict(shot.environ)}
    cwd = shot.circumstance.cwd
    done = processes.run(
        # The client hands the line to a shell as it stands; so do we, after what the circumstance wants.
        [SHELL, "-c", f"{shot.circumstance.prelude}\n{entry.command}", str(cwd)],
        cwd=cwd if cwd.is_dir() else around.root,
        env=circumstances.environment(base, shot.circumstance, more),
        stdin=circumstances.dressed(shot.payload, shot.circumstance.dress),
        timeout_s=min(limit_s, PATIENCE_S),
        output_limit=OUTPUT,
        sweep=False,
    )
    return Hit(shot=shot, took_s=done.duration_s, problem=judge(client, shot, done, limit_s))


def judge(client: str, shot: Shot, done: Execution, limit_s: float) -> Problem | None:
    """What is wrong with an answer; None when the client would do what it should."""
    if done.timed_out or done.duration_s > limit_s:
        what = f"{client}: the hook took longer than the {limit_s:g} s this client grants"
        return _problem(Cause.TIMED_OUT, what, shot, why="it is then stopped, and the call runs")
    out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    if done.exit_code is None or done.exit_code not in (0, 2):
        cause = Cause.INTERPRETER if done.exit_code in (126, 127) else Cause.CRASH
        last = (err.strip().splitlines() or [done.reason or "no word"])[-1][:160]
        return _problem(
            cause, f"{client}: the hook ended with {done.exit_code or done.reason}: {last}", shot, why="the client lets the call run"
        )
    if trouble := _not_looked(client, shot, done.exit_code, out, err):
        return trouble
    answer = _object(out)
    if answer is None:
        return _problem(
            Cause.NOISE,
            f"{client}: the answer is not one JSON object and nothing else: {out[:60]!r}",
            shot,
            why="the client does not read it",
        )
    if _fits(shot, done.exit_code, answer, err):
        return None
    return _unfit(client, shot, done.exit_code, answer)


def _not_looked(client: str, shot: Shot, code: int, out: str, err: str) -> Problem | None:
    if code == 2 and not out:
        cause = Cause.PERMISSIONS if "Permission denied" in err else Cause.BUNDLE_MISSING
        why = "every call it should answer is refused" if client != "gemini" else "nothing is answered"
        return _problem(cause, f"{client}: the interpreter cannot open the generated hook: {err.strip()[-160:]}", shot, why=why)
    if any(sign in out for sign in FAILURES) and shot.circumstance.closed:
        return None
    if any(sign in out for sign in FAILURES):
        return _problem(
            Cause.CRASH, f"{client}: the hook could not look at the call: {out[:200]}", shot, why="it refuses everything, benign calls too"
        )
    return None


def _object(out: str) -> dict[str, Any] | None:
    """The answer; empty for silence, None for anything a client could not read."""
    if not out:
        return {}
    try:
        found = json.loads(out)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _fits(shot: Shot, code: int, answer: dict[str, Any], err: str) -> bool:
    reason = answer.get("reason")
    told = isinstance(reason, str) and bool(reason) and set(answer) == {"decision", "reason"} and answer["decision"] == "block"
    if shot.expected == shots.BLOCK or (shot.circumstance.closed and told):
        return code == 2 and told and (bool(err) or shot.circumstance.deaf)
    if shot.expected == shots.RESUME:
        return code == 0 and told
    if shot.expected == shots.SILENT:
        return code == 0 and not answer
    inner = answer.get("hookSpecificOutput")
    return code == 0 and isinstance(inner, dict) and inner.get("hookEventName") == shot.event and inner.get("permissionDecision") == "ask"


def _unfit(client: str, shot: Shot, code: int, answer: dict[str, Any]) -> Problem:
    if shot.expected == shots.SILENT:
        said = str(answer.get("reason", answer))[:200]
        return _problem(Cause.REFUSES_ALL, f"{client}: a benign call was not let through: {said}", shot, why="honest work is stopped")
    if code == 0 and not answer:
        return _problem(
            Cause.LET_THROUGH, f"{client}: a forbidden call was let through [{shot.rule}]", shot, why="the hook answered nothing"
        )
    what = f"{client}: the answer is not one this client acts on: exit code {code}, members {', '.join(sorted(answer)) or 'none'}"
    return _problem(Cause.WRONG_ANSWER, what, shot, why="the call would run, or not be asked about")


def _problem(cause: Cause, what: str, shot: Shot, *, why: str) -> Problem:
    cause = Cause.PATH_SHADOWING if shot.circumstance.shadowed and cause is not Cause.TIMED_OUT else cause
    return Problem(
        cause=cause, what=f"{what} ({shot.shown}; {shot.circumstance.name})", why=why, next="twelve doctor names what can be mended"
    )


def _client(client: str, shot: Shot, root: Path) -> dict[str, str]:
    """Variables the client gives its hooks; one of them gives none that says where the project is."""
    if client == "claude":
        return {
            "CLAUDECODE": "1",
            "CLAUDE_PROJECT_DIR": str(root),
            "CLAUDE_CODE_SESSION_ID": str(shot.payload["session_id"]),
            "CLAUDE_CODE_ENTRYPOINT": "sdk-cli",
            "CLAUDE_CODE_CHILD_SESSION": "1",
        }
    return {"GEMINI_CLI": "1", "CLAUDE_PROJECT_DIR": str(root), "GEMINI_PROJECT_DIR": str(root)} if client == "gemini" else {}
