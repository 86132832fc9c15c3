"""The scripted agent: a real child process that carries out `docs/reference/replay-script.md`.

It needs no network, no key and no model, and it is as deterministic as its script: the turn is
chosen by phase, step, round and attempt, never by how many turns ran before. A crash, a hang or a
flood in the script is a real crash, hang or flood of the child.
"""

from __future__ import annotations

import sys
from asyncio import Event
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

import twelve
from twelve.factors.agents import conversation
from twelve.factors.agents.harness import OnEvent, Probe, Turn, TurnEvent, TurnResult, TurnStatus, Usage, ignore
from twelve.factors.agents.replay import script as scripts
from twelve.model.settings import HarnessSettings
from twelve.version import __version__

NAME = "replay"
SUMMARY = "scripted agent (twelve.replay.v1), no network, no key"
SCRIPT = "TWELVE_REPLAY_SCRIPT"
"""Variable that names the script; the first of the settings' args does the same."""
START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from twelve.factors.agents.replay import agent; sys.exit(agent.main(sys.argv[1:]))"
)


def probe(settings: HarnessSettings, *, env: Mapping[str, str] | None = None) -> Probe:
    """Always there: it is part of Twelve."""
    script = script_path(settings, env or {})
    return Probe(found=True, path=sys.executable, version=__version__, reason="" if script else "no script is set")


def script_path(settings: HarnessSettings, env: Mapping[str, str]) -> str:
    return env.get(SCRIPT) or settings.env.get(SCRIPT) or (settings.args[0] if settings.args else "")


def check(path: Path) -> None:
    """Whether this can be played at all. Raises TwelveError before anything is started."""
    scripts.load(path)


def arguments(script: str) -> list[str]:
    """-P and an explicit path: neither the work tree nor PYTHONPATH can replace the agent's own modules."""
    return [sys.executable, "-P", "-c", START, str(Path(twelve.__file__).parents[1]), script]


class Reading:
    """What the agent reported, in order."""

    def __init__(self) -> None:
        self.result: dict[str, Any] | None = None
        self.usage = Usage()

    def feed(self, event: dict[str, Any]) -> Iterator[TurnEvent]:
        match event["type"]:
            case "result":
                self.result = event
            case "text":
                yield TurnEvent(kind="text", text=str(event.get("text", "")))
            case "tool" | "command":
                words = " ".join(map(str, event.get("argv", ()))) or str(event.get("tool", ""))
                yield TurnEvent(kind="tool", text=words, fields={"exit_code": event.get("exit_code")})
            case "usage":
                self.usage = self.usage.plus(_usage(event))
                yield TurnEvent(kind="usage", fields={"gen_ai.usage.total_tokens": self.usage.total})


def _usage(event: dict[str, Any]) -> Usage:
    known = {name: event[name] for name in Usage.__struct_fields__ if name in event}
    try:
        return msgspec.convert(known, Usage)
    except msgspec.ValidationError:
        return Usage()


def _judge(turn: Turn, reading: Reading, ending: conversation.Ending) -> tuple[TurnStatus, str]:
    if trouble := conversation.process_trouble(ending, turn):
        return trouble
    result, exit_code = reading.result, ending.execution.exit_code
    if result is None and exit_code == 0:
        return TurnStatus.BROKEN_STREAM, "the agent ended with 0 but never reported a result"
    if result is None:
        return TurnStatus.CRASHED, f"ended with {exit_code} in the middle of its turn; {ending.noise[-500:]}"
    status = TurnStatus(str(result.get("status", "failed")))
    if status is not TurnStatus.DONE:
        return status, str(result.get("detail", ""))
    if exit_code != 0:
        return TurnStatus.FAILED, f"ended with {exit_code} although its result claims success"
    return (TurnStatus.DONE, "") if str(result.get("text", "")).strip() else (TurnStatus.EMPTY, "the agent ended without a word")


async def take_turn(turn: Turn, settings: HarnessSettings, *, on_event: OnEvent = ignore, stop: Event | None = None) -> TurnResult:
    """Run one turn to its end. Never raises for what the agent does."""
    script = script_path(settings, turn.env)
    if not script:
        return TurnResult(
            status=TurnStatus.FAILED, detail=f"no replay script; name one in [harness.replay] args or in the variable {SCRIPT}"
        )
    argv = arguments(script)
    env = conversation.environment(turn, settings)
    if refusal := conversation.located(argv, turn, env, install="the interpreter that runs Twelve is gone"):
        return refusal
    reading = Reading()
    ending = await conversation.hold(argv, turn, env=env, read=reading.feed, on_event=on_event, stop=stop)
    status, detail = _judge(turn, reading, ending)
    return conversation.concluded(
        ending,
        TurnResult(
            status=status,
            detail=detail,
            text=str((reading.result or {}).get("text", "")),
            usage=reading.usage,
            model="replay",
            client_version=__version__,
            turns=1,
        ),
    )
