"""Codex CLI, headless: `codex exec --json`, prompt on standard input.

A turn is DONE only when the process ended with 0, the last turn event is `turn.completed` and the
last agent message is not empty. The client reconnects to an unreachable server without bound and
has no limit of turns, so both bounds are ours: the turn's time-out, and a count of tool calls.

Known limits: a refusal the model marks as such never reaches the client's events and shows up as
EMPTY; a turn that failed reports no usage.

Hooks: the client skips hooks nobody trusted, silently. Ours are given on the command line of a turn the driver owns,
together with the client's own flag that lets them run; the work tree's own hooks stay off, because a new folder is not a
trusted project. The client reports no hooks, so the turn is armed when the hooks themselves left word of its session.

Sandbox: `workspace-write`. Git's own folder is read-only in it, which is right: the driver commits.
Arguments of the settings that name a sandbox or an approval mode replace ours.
"""

from __future__ import annotations

import json
from asyncio import Event
from collections.abc import Iterator, Mapping
from typing import Any

from twelve.factors.agents import conversation, symptoms
from twelve.factors.agents.harness import NO_HOOKS, OnEvent, Probe, Turn, TurnEvent, TurnResult, TurnStatus, Usage, ignore
from twelve.model.settings import HarnessSettings
from twelve.system import files

NAME = "codex"
SUMMARY = "Codex CLI (codex exec --json)"
INSTALL = "install the Codex CLI or set [harness.codex] command"
TRUST = "--dangerously-bypass-hook-trust"
TOOL_ITEMS = ("command_execution", "file_change", "mcp_tool_call", "web_search")
OWN_SANDBOX = (
    "-s",
    "--sandbox",
    "--dangerously-bypass-approvals-and-sandbox",
    "--approve-for-me",
)


def probe(settings: HarnessSettings, *, env: Mapping[str, str] | None = None) -> Probe:
    """Find the client and its version without calling any model."""
    return conversation.probe(settings.command or (NAME,), install=INSTALL, env=env)


def arguments(turn: Turn, settings: HarnessSettings) -> list[str]:
    """The command line; a lone `-` makes the client read the prompt from standard input."""
    argv = [*(settings.command or (NAME,)), "exec", "--json", "--skip-git-repo-check", "-C", str(turn.workdir)]
    if not conversation.given(settings.args, *OWN_SANDBOX):
        argv += ["--sandbox", "workspace-write"]
    if model := turn.model or settings.model:
        argv += ["--model", model]
    if turn.schema is not None:
        argv += ["--output-schema", str(turn.logs / f"{turn.label}.schema.json")]
    if turn.hooks is not None:
        argv += hook_arguments(turn.hooks.settings.get("hooks", {}))
    return [*argv, *settings.args, "-"]


def hook_arguments(events: dict[str, Any]) -> list[str]:
    """Hooks as settings of this process alone. They come from no file, so nobody could have trusted them beforehand."""
    overrides = [part for event, groups in events.items() for part in ("-c", f"hooks.{event}={_toml(groups)}")]
    return [TRUST, *overrides] if overrides else []


def _toml(value: Any) -> str:
    """A value as TOML on one line."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(key))}={_toml(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


class Reading:
    """What the event stream said, in the order it said it."""

    def __init__(self, max_turns: int) -> None:
        self._max_turns = max_turns
        self.session_id = ""
        self.last_words = ""
        self.last_error = ""
        self.outcome = ""
        self.calls = 0
        self.retries = 0
        self.usage = Usage()

    def feed(self, event: dict[str, Any]) -> Iterator[TurnEvent]:
        match event["type"]:
            case "thread.started":
                self.session_id = str(event.get("thread_id", ""))
            case "turn.completed" | "turn.failed" as kind:
                self._turn(kind, event)
                yield TurnEvent(kind="usage", fields={"gen_ai.usage.total_tokens": self.usage.total})
            case "error":
                self.last_error = str(event.get("message", ""))
                self.retries += self.last_error.startswith("Reconnecting")
                yield TurnEvent(kind="retry" if self.last_error.startswith("Reconnecting") else "notice", text=self.last_error)
            case "item.completed":
                yield from self._item(event.get("item"))

    def _turn(self, kind: str, event: dict[str, Any]) -> None:
        self.outcome = kind
        error, usage = event.get("error"), event.get("usage")
        if isinstance(error, dict):
            self.last_error = str(error.get("message", ""))
        if isinstance(usage, dict):
            self.usage = _usage(usage)

    def _item(self, item: object) -> Iterator[TurnEvent]:
        if not isinstance(item, dict):
            return
        kind = str(item.get("type", ""))
        if kind == "agent_message":
            self.last_words = str(item.get("text", ""))
            yield TurnEvent(kind="text", text=self.last_words)
        elif kind in TOOL_ITEMS:
            self.calls += 1
            yield TurnEvent(kind="tool", text=kind, fields={"command": item.get("command"), "exit_code": item.get("exit_code")})
        elif kind == "error":
            yield TurnEvent(kind="notice", text=str(item.get("message", "")))

    def full(self) -> bool:
        return self.calls > self._max_turns


def _usage(row: dict[str, Any]) -> Usage:
    def count(key: str) -> int:
        value = row.get(key)
        return value if isinstance(value, int) and value > 0 else 0

    cached, written = count("cached_input_tokens"), count("cache_write_input_tokens")
    # input_tokens includes what came from the cache, so it is taken out again
    fresh = max(0, count("input_tokens") - cached - written)
    return Usage(input=fresh, output=count("output_tokens"), cache_read=cached, cache_write=written)


def _judge(turn: Turn, reading: Reading, ending: conversation.Ending) -> tuple[TurnStatus, str]:
    if ending.capped:
        return TurnStatus.MAX_TURNS, f"made more than {reading.calls - 1} tool calls, the limit for one turn"
    if trouble := conversation.process_trouble(ending, turn, last_error=reading.last_error):
        return trouble
    exit_code = ending.execution.exit_code
    if reading.outcome == "turn.completed" and exit_code == 0:
        return (TurnStatus.DONE, "") if reading.last_words.strip() else (TurnStatus.EMPTY, "the client ended without a word")
    if reading.outcome == "turn.completed":
        return TurnStatus.FAILED, f"ended with {exit_code} although its turn completed"
    cause = reading.last_error or ending.noise[-2_000:]
    if not cause:
        return TurnStatus.BROKEN_STREAM, f"ended with {exit_code} before its turn was complete"
    return symptoms.from_text(cause), cause


async def take_turn(turn: Turn, settings: HarnessSettings, *, on_event: OnEvent = ignore, stop: Event | None = None) -> TurnResult:
    """Run one turn to its end. Never raises for what the agent does."""
    argv = arguments(turn, settings)
    env = conversation.environment(turn, settings)
    if refusal := conversation.located(argv, turn, env, install=INSTALL):
        return refusal
    if turn.schema is not None:
        turn.logs.mkdir(parents=True, exist_ok=True)
        files.write_atomic(turn.logs / f"{turn.label}.schema.json", json.dumps(turn.schema))
    reading = Reading(turn.max_turns or settings.max_turns)
    ending = await conversation.hold(argv, turn, env=env, read=reading.feed, on_event=on_event, stop=stop, full=reading.full)
    status, detail = _judge(turn, reading, ending)
    return conversation.concluded(
        ending,
        TurnResult(
            status=status,
            detail=detail,
            text=reading.last_words,
            usage=reading.usage,
            session_id=reading.session_id,
            model=turn.model or settings.model,
            turns=reading.calls,
            retries=reading.retries,
            hooks=turn.hooks.armed_in(reading.session_id) if turn.hooks else NO_HOOKS,
        ),
    )
