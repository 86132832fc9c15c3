"""Gemini CLI, headless: `gemini -p "" --output-format stream-json`, prompt on standard input.

A turn is DONE only when the process ended with 0, the result event says `success`, no error event
came after the last answer, and that answer is not empty. The exit code alone proves nothing: an
empty answer ends with 0 and `status: error`, a detected loop ends with 0 and `status: success`
after a warning, and a hook that asks a question ends with 0 and no result event at all.

Known limit: when the model is cut off after some words (length or safety), the client reports plain
success and its events do not tell. The gates on what was written are what catches that.

Approval: `auto_edit`, and the shell tool by name. With `auto_edit` alone a headless client removes
the shell tool, and the agent cannot run the tests it is asked to make pass; `yolo` would approve
every tool there is, also those of MCP servers. The client's own web tools stay on. What it runs has the rights of the person who
started the run. The client runs git without its hooks, so only gates and CI stand behind it.
Arguments of the settings that name an approval mode or tools replace ours.

Hooks: the client takes them from files only, and a settings file named by the environment must belong to the system. So
the work tree's own settings hold them while the turn lasts and are put back afterwards. The client reports no hooks, so
the turn is armed when the hooks themselves left word of its session.

Trust: a run's work tree is a new folder the client has never seen, and headless it refuses those.
Starting the run is the person's word for it, so the folder is trusted for this process only;
`env = {GEMINI_CLI_TRUST_WORKSPACE = "false"}` in the settings takes that back.
"""

from __future__ import annotations

import json
import re
from asyncio import Event
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from twelve.factors.agents import conversation, symptoms
from twelve.factors.agents.harness import NO_HOOKS, OnEvent, Probe, Turn, TurnEvent, TurnResult, TurnStatus, Usage, ignore
from twelve.model.settings import HarnessSettings
from twelve.system import files

NAME = "gemini"
SUMMARY = "Gemini CLI (gemini -p, stream-json)"
INSTALL = "install the Gemini CLI or set [harness.gemini] command"
EXIT_CODES = {41: TurnStatus.BAD_CREDENTIALS, 53: TurnStatus.MAX_TURNS}
"""The client's own codes for a failed sign-in and for its turn limit."""
SHELL = "run_shell_command"
SETTINGS = ".gemini/settings.json"
TRUST = "GEMINI_CLI_TRUST_WORKSPACE"
RETRY = re.compile(r"Attempt \d+ failed with status (\d{3})")


def probe(settings: HarnessSettings, *, env: Mapping[str, str] | None = None) -> Probe:
    """Find the client and its version without calling any model."""
    return conversation.probe(settings.command or (NAME,), install=INSTALL, env=env)


def arguments(turn: Turn, settings: HarnessSettings) -> list[str]:
    """The command line; an empty -p makes the client headless and standard input the whole prompt."""
    argv = [*(settings.command or (NAME,)), "--output-format", "stream-json"]
    if not conversation.given(settings.args, "--approval-mode", "-y", "--yolo"):
        argv += ["--approval-mode", "auto_edit"]
    if not conversation.given(settings.args, "--approval-mode", "-y", "--yolo", "--allowed-tools", "--policy"):
        argv += ["--allowed-tools", SHELL]
    if model := turn.model or settings.model:
        argv += ["--model", model]
    return [*argv, *settings.args, "-p", ""]


class Reading:
    """What the event stream said, in the order it said it."""

    def __init__(self, max_turns: int) -> None:
        self._max_turns = max_turns
        self._speaking = False
        self.session_id = ""
        self.model = ""
        self.last_words = ""
        self.error = ""
        self.result: dict[str, Any] | None = None
        self.calls = 0

    def feed(self, event: dict[str, Any]) -> Iterator[TurnEvent]:
        match event["type"]:
            case "init":
                self.session_id, self.model = str(event.get("session_id", "")), str(event.get("model", ""))
            case "message" if event.get("role") == "assistant":
                yield from self._message(event)
            case "tool_use":
                self.calls, self._speaking, self.last_words = self.calls + 1, False, ""
                yield TurnEvent(kind="tool", text=str(event.get("tool_name", "")))
            case "error":
                text = str(event.get("message", ""))
                self.error = text
                yield TurnEvent(kind="notice", text=text)
            case "result":
                self.result = event
                yield TurnEvent(kind="usage", fields={"gen_ai.usage.total_tokens": self.usage().total})

    def _message(self, event: dict[str, Any]) -> Iterator[TurnEvent]:
        text = str(event.get("content", ""))
        self.last_words = self.last_words + text if event.get("delta") and self._speaking else text
        self._speaking, self.error = True, ""
        yield TurnEvent(kind="text", text=text)

    def usage(self) -> Usage:
        """Totals over every model the client used, its own router calls included."""
        stats = (self.result or {}).get("stats")

        def count(key: str) -> int:
            value = stats.get(key) if isinstance(stats, dict) else 0
            return value if isinstance(value, int) and value > 0 else 0

        cached = count("cached")
        fresh = max(0, count("input_tokens") - cached)
        return Usage(input=fresh, output=count("output_tokens"), cache_read=cached)

    def full(self) -> bool:
        return self.calls > self._max_turns


def _result_trouble(result: dict[str, Any], reading: Reading) -> tuple[TurnStatus, str]:
    error = result.get("error")
    words = str(error.get("message", error)) if isinstance(error, dict) else reading.error or "the client reported an error"
    kind = str(error.get("type", "")) if isinstance(error, dict) else ""
    return symptoms.from_text(f"{kind}: {words}"), words


def _judge(turn: Turn, reading: Reading, ending: conversation.Ending) -> tuple[TurnStatus, str]:
    if ending.capped:
        return TurnStatus.MAX_TURNS, f"made more than {reading.calls - 1} tool calls, the limit for one turn"
    retried = [match.group(0) for match in RETRY.finditer(ending.noise)]
    if trouble := conversation.process_trouble(ending, turn, last_error=retried[-1] if retried else ""):
        return trouble
    exit_code = ending.execution.exit_code
    if reading.result is not None and reading.result.get("status") != "success":
        return _result_trouble(reading.result, reading)
    if status := EXIT_CODES.get(exit_code or 0):
        return status, ending.noise[-2_000:]
    if reading.result is None and exit_code == 0:
        return TurnStatus.BROKEN_STREAM, "the client ended with 0 but never reported a result"
    if exit_code != 0:
        return symptoms.from_text(ending.noise), ending.noise[-2_000:] or f"ended with {exit_code}"
    if reading.error:
        return symptoms.from_text(reading.error), reading.error
    return (TurnStatus.DONE, "") if reading.last_words.strip() else (TurnStatus.EMPTY, "the client ended without a word")


@contextmanager
def project_settings(turn: Turn) -> Iterator[None]:
    """The project's settings with the turn's hooks in them, as they were afterwards. Settings nobody can read stay as they are."""
    path = turn.workdir / SETTINGS
    if turn.hooks is None or path.parent.is_symlink() or path.is_symlink():
        yield
        return
    had_folder, before = path.parent.is_dir(), path.read_bytes() if path.is_file() else None
    try:
        found = json.loads(before or b"{}")
        merged = {**found, "hooks": {**found.get("hooks", {}), **turn.hooks.settings.get("hooks", {})}}
    except (ValueError, AttributeError, TypeError):
        yield
        return
    path.parent.mkdir(exist_ok=True)
    files.write_atomic(path, json.dumps(merged))
    try:
        yield
    finally:
        _put_back(path, before, had_folder)


def _put_back(path: Path, before: bytes | None, had_folder: bool) -> None:
    if before is not None:
        path.parent.mkdir(exist_ok=True)
        files.write_atomic(path, before)
        return
    path.unlink(missing_ok=True)
    if not had_folder:
        with suppress(OSError):
            path.parent.rmdir()


async def take_turn(turn: Turn, settings: HarnessSettings, *, on_event: OnEvent = ignore, stop: Event | None = None) -> TurnResult:
    """Run one turn to its end. Never raises for what the agent does."""
    argv = arguments(turn, settings)
    env = {TRUST: "true", **conversation.environment(turn, settings)}
    if refusal := conversation.located(argv, turn, env, install=INSTALL):
        return refusal
    reading = Reading(turn.max_turns or settings.max_turns)
    with project_settings(turn):
        ending = await conversation.hold(argv, turn, env=env, read=reading.feed, on_event=on_event, stop=stop, full=reading.full)
    status, detail = _judge(turn, reading, ending)
    return conversation.concluded(
        ending,
        TurnResult(
            status=status,
            detail=detail,
            text=reading.last_words,
            usage=reading.usage(),
            session_id=reading.session_id,
            model=reading.model,
            turns=reading.calls,
            retries=len(RETRY.findall(ending.noise)),
            hooks=turn.hooks.armed_in(reading.session_id) if turn.hooks else NO_HOOKS,
        ),
    )
