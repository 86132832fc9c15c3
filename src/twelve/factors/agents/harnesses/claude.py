"""Claude Code, headless: `claude -p --output-format stream-json`, prompt on standard input.

A turn is DONE only when the process ended with 0, the last result event is no error, its
`terminal_reason` is `completed`, a requested schema was met and the answer is not empty. The exit
code alone proves nothing: a hook that ends the turn and a missed schema both end with 0.

Permissions: `acceptEdits` plus an allow list with Bash. Without Bash a headless client silently
denies every command and the agent cannot run the tests it is asked to make pass. What it runs has
the rights of the person who started the run; the work tree is not a sandbox. Arguments of the
settings that name a permission mode, tools or setting sources replace ours.

Place: below a folder named `.git` the client denies every write, whatever is allowed (seen with
2.1.197, also through a link), so a work tree there is refused before it costs anything.
"""

from __future__ import annotations

import json
from asyncio import Event
from collections.abc import Iterator, Mapping
from typing import Any

from twelve.factors.agents import conversation, symptoms
from twelve.factors.agents.harness import ARMED, NO_HOOKS, OnEvent, Probe, Turn, TurnEvent, TurnResult, TurnStatus, Usage, ignore
from twelve.model.settings import HarnessSettings

NAME = "claude"
SUMMARY = "Claude Code (claude -p, stream-json)"
INSTALL = "install Claude Code or set [harness.claude] command"
TOOLS = "Bash,Read,Edit,Write,NotebookEdit,Glob,Grep,TodoWrite,Task"
"""Allowed without asking: everything that works on the work tree; nothing that reaches the web."""
KEY_REFUSALS = 3
"""Refused keys in a row after which the client's own ten retries are cut short."""
SUBTYPES = {"error_max_turns": TurnStatus.MAX_TURNS, "error_max_budget_usd": TurnStatus.OVER_BUDGET}
GUARDED = ".git"
KEY_STATUSES = (401, 403)


def probe(settings: HarnessSettings, *, env: Mapping[str, str] | None = None) -> Probe:
    """Find the client and its version without calling any model."""
    return conversation.probe(settings.command or (NAME,), install=INSTALL, env=env)


def arguments(turn: Turn, settings: HarnessSettings) -> list[str]:
    """The command line; the prompt is not on it, so it never shows in a process list."""
    own = settings.args
    argv = [*(settings.command or (NAME,)), "-p", "--output-format", "stream-json", "--verbose"]
    if not conversation.given(own, "--permission-mode", "--dangerously-skip-permissions"):
        argv += ["--permission-mode", "acceptEdits"]
    if not conversation.given(own, "--allowedTools", "--allowed-tools", "--tools"):
        argv += ["--allowedTools", TOOLS]
    argv += ["--max-turns", str(turn.max_turns or settings.max_turns)]
    if model := turn.model or settings.model:
        argv += ["--model", model]
    if turn.schema is not None:
        argv += ["--json-schema", json.dumps(turn.schema)]
    if turn.hooks is not None:
        # an explicit false beats a project's disableAllHooks, and inline settings cannot be edited by the agent
        argv += ["--settings", json.dumps({**turn.hooks.settings, "disableAllHooks": False}), "--include-hook-events"]
    return [*argv, *own]


class Reading:
    """What the event stream said, in the order it said it."""

    def __init__(self, turn: Turn) -> None:
        self._proof = turn.hooks.proof if turn.hooks else ""
        self._messages: dict[str, dict[str, Any]] = {}
        self.result: dict[str, Any] | None = None
        self.init: dict[str, Any] = {}
        self.retries = 0
        self.armed = False
        self.last_error = ""
        self.key_refused = 0

    def feed(self, event: dict[str, Any]) -> Iterator[TurnEvent]:
        match event["type"]:
            case "system":
                yield from self._system(event)
            case "assistant":
                yield from self._assistant(event)
            case "result":
                self.result = event
                yield TurnEvent(kind="usage", fields={"gen_ai.usage.total_tokens": self.usage().total})

    def _system(self, event: dict[str, Any]) -> Iterator[TurnEvent]:
        match event.get("subtype"):
            case "init":
                self.init = event
            case "api_retry":
                self.retries += 1
                status = event.get("error_status")
                self.key_refused = self.key_refused + 1 if status in KEY_STATUSES else 0
                self.last_error = f"API status {status}: {event.get('error', '')}"
                yield TurnEvent(kind="retry", text=self.last_error)
            case "hook_response":
                proven = bool(self._proof) and self._proof in f"{event.get('stdout', '')}{event.get('stderr', '')}"
                self.armed = self.armed or proven
                yield TurnEvent(kind="hook", text=str(event.get("hook_name", "")), fields={"outcome": event.get("outcome")})

    def _assistant(self, event: dict[str, Any]) -> Iterator[TurnEvent]:
        message = event.get("message")
        if not isinstance(message, dict):
            return
        self.key_refused = 0
        usage = message.get("usage")
        if isinstance(usage, dict) and message.get("model") != "<synthetic>":
            # one message arrives as several events with the same id and usage; the last one counts
            self._messages[str(message.get("id"))] = usage
        content = message.get("content")
        for block in content if isinstance(content, list) else ():
            if isinstance(block, dict) and block.get("type") == "text":
                yield TurnEvent(kind="text", text=str(block.get("text", "")))
            elif isinstance(block, dict) and block.get("type") == "tool_use":
                yield TurnEvent(kind="tool", text=str(block.get("name", "")))

    def usage(self) -> Usage:
        """Main thread and sub-agents. Per-model totals first; without a result, the messages seen so far."""
        result = self.result or {}
        cost = _number(result.get("total_cost_usd"))
        per_model = result.get("modelUsage")
        models = [m for m in per_model.values() if isinstance(m, dict)] if isinstance(per_model, dict) else []
        whole = _sum(models, "inputTokens", "outputTokens", "cacheReadInputTokens", "cacheCreationInputTokens", cost)
        if whole.total:
            return whole
        messages = list(self._messages.values())
        return _sum(messages, "input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", cost)

    def keys_are_refused(self) -> bool:
        return self.key_refused >= KEY_REFUSALS


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _sum(rows: list[dict[str, Any]], fresh: str, output: str, read: str, write: str, cost: float) -> Usage:
    def total(key: str) -> int:
        return sum(int(_number(row.get(key))) for row in rows)

    return Usage(input=total(fresh), output=total(output), cache_read=total(read), cache_write=total(write), cost_usd=cost)


def verdict(result: dict[str, Any], exit_code: int | None, *, schema: bool) -> tuple[TurnStatus, str]:
    """The success rule, applied to the last result event."""
    text = result.get("result")
    errors = result.get("errors")
    words = text if isinstance(text, str) else "; ".join(map(str, errors)) if isinstance(errors, list) else ""
    reason = result.get("terminal_reason")
    if status := SUBTYPES.get(str(result.get("subtype"))):
        return status, words or status.value
    if result.get("stop_reason") == "refusal":
        return TurnStatus.REFUSED, words
    if result.get("is_error") is not False:
        return symptoms.from_status(result.get("api_error_status")) or symptoms.from_text(words), words
    if exit_code != 0:
        return TurnStatus.FAILED, f"ended with {exit_code} although its result claims success"
    if reason is None:
        return TurnStatus.FAILED, "this version of the client does not say why the turn ended (no terminal_reason); use 2.1.197 or later"
    if reason != "completed":
        return TurnStatus.FAILED, f"the turn was cut short: {reason}"
    if not result.get("num_turns"):
        return TurnStatus.FAILED, f"the prompt was blocked before the model saw it: {words}"
    if schema and "structured_output" not in result:
        return TurnStatus.FAILED, "the answer never met the requested schema"
    return (TurnStatus.DONE, "") if words.strip() else (TurnStatus.EMPTY, "the client ended without a word")


def _judge(turn: Turn, reading: Reading, ending: conversation.Ending) -> tuple[TurnStatus, str]:
    if reading.keys_are_refused():
        return TurnStatus.BAD_CREDENTIALS, f"the key was refused {reading.key_refused} times in a row; {reading.last_error}"
    if trouble := conversation.process_trouble(ending, turn, last_error=reading.last_error):
        return trouble
    if reading.result is not None:
        return verdict(reading.result, ending.execution.exit_code, schema=turn.schema is not None)
    if ending.execution.exit_code == 0:
        return TurnStatus.BROKEN_STREAM, "the client ended with 0 but never reported a result"
    status = symptoms.from_text(ending.noise)
    return status, ending.noise[-2_000:] or f"ended with {ending.execution.exit_code} and no result"


async def take_turn(turn: Turn, settings: HarnessSettings, *, on_event: OnEvent = ignore, stop: Event | None = None) -> TurnResult:
    """Run one turn to its end. Never raises for what the agent does."""
    argv = arguments(turn, settings)
    env = conversation.environment(turn, settings)
    if refusal := conversation.located(argv, turn, env, install=INSTALL):
        return refusal
    if GUARDED in turn.workdir.resolve().parts:
        return TurnResult(
            status=TurnStatus.FAILED, detail=f"the work tree {turn.workdir} lies below {GUARDED}, where this client denies every write"
        )
    reading = Reading(turn)
    ending = await conversation.hold(argv, turn, env=env, read=reading.feed, on_event=on_event, stop=stop, full=reading.keys_are_refused)
    status, detail = _judge(turn, reading, ending)
    result = reading.result or {}
    denials = result.get("permission_denials")
    return conversation.concluded(
        ending,
        TurnResult(
            status=status,
            detail=detail,
            text=str(result.get("result") or ""),
            usage=reading.usage(),
            session_id=str(reading.init.get("session_id", "")),
            model=str(reading.init.get("model", "")),
            client_version=str(reading.init.get("claude_code_version", "")),
            turns=int(_number(result.get("num_turns"))),
            retries=reading.retries,
            hooks=ARMED if reading.armed else NO_HOOKS,
            denials=tuple(str(d.get("tool_name", "?")) for d in denials if isinstance(d, dict)) if isinstance(denials, list) else (),
        ),
    )
