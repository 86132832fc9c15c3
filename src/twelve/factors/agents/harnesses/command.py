"""Any program as an agent: prompt in, exit code and files out.

The program gets the prompt on standard input, or in a file when its command line contains
`{prompt_file}`. Other placeholders: `{artefact} {workdir} {model} {run} {phase} {step} {round}
{attempt}`; the same words are in the environment as TWELVE_RUN and so on.

Exit codes: 0 = done, 75 = try again later, 77 = no permission, 78 = wrongly set up, any other =
failed. Its words are not searched for meaning: a program's log may quote any error there is. When
an artefact was asked for and the program wrote none, what it printed becomes the artefact. A
program that neither printed nor wrote what was asked is EMPTY.
"""

from __future__ import annotations

from asyncio import Event
from collections.abc import Iterator, Mapping
from typing import Any

from twelve.factors.agents import conversation
from twelve.factors.agents.harness import OnEvent, Probe, Turn, TurnEvent, TurnResult, TurnStatus, ignore
from twelve.model.errors import TwelveError
from twelve.model.settings import HarnessSettings
from twelve.model.verdict import Outcome
from twelve.system import files, processes

NAME = "command"
SUMMARY = "any program: prompt on standard input or in a file"
INSTALL = 'set [harness.command] command = ["PROGRAM", "ARGUMENT"] to a program that exists here'
EXIT_CODES = {
    75: (TurnStatus.OVERLOADED, "the program asks to be tried again later (exit 75)"),
    77: (TurnStatus.BAD_CREDENTIALS, "the program lacks a permission (exit 77)"),
    78: (TurnStatus.FAILED, "the program is wrongly set up (exit 78)"),
}
"""EX_TEMPFAIL, EX_NOPERM and EX_CONFIG of sysexits.h."""
FRONT_MATTER = b"---"
"""Only an output that begins like an artefact may replace one from an earlier round."""
ARTEFACT_LIMIT = 1_000_000
"""Bytes of output that may become an artefact."""


def probe(settings: HarnessSettings, *, env: Mapping[str, str] | None = None) -> Probe:  # noqa: ARG001 - the harness contract
    """Whether the program exists; an unknown program is not started just to ask its version."""
    if not settings.command:
        return Probe(found=False, reason=INSTALL)
    path = processes.which(settings.command[0])
    return Probe(found=path is not None, path=path or "", reason="" if path else f"{settings.command[0]} was not found on PATH")


def arguments(turn: Turn, settings: HarnessSettings) -> list[str]:
    """The command line with its placeholders filled in; unknown braces stay as they are."""
    words = {
        "{prompt_file}": str(_prompt_file(turn)),
        "{artefact}": turn.artefact,
        "{workdir}": str(turn.workdir),
        "{model}": turn.model or settings.model,
        "{run}": turn.run,
        "{phase}": turn.phase,
        "{step}": turn.step,
        "{round}": str(turn.round),
        "{attempt}": str(turn.attempt),
    }
    argv = []
    for word in (*settings.command, *settings.args):
        for placeholder, value in words.items():
            word = word.replace(placeholder, value)
        argv.append(word)
    return argv


def _prompt_file(turn: Turn) -> Any:
    return turn.logs / f"{turn.label}.prompt.in"


def _nothing(_: dict[str, Any]) -> Iterator[TurnEvent]:
    return iter(())


def _judge(turn: Turn, ending: conversation.Ending) -> tuple[TurnStatus, str]:
    if trouble := conversation.process_trouble(ending, turn):
        return trouble
    exit_code = ending.execution.exit_code
    if exit_code != 0:
        status, words = EXIT_CODES.get(exit_code or 0, (TurnStatus.FAILED, f"ended with {exit_code}"))
        return status, f"{words}\n{ending.noise[-2_000:]}"
    return TurnStatus.DONE, ""


def _seen(turn: Turn) -> str:
    """Digest of the artefact as it is now; "" when there is none."""
    if not turn.artefact:
        return ""
    try:
        target = files.confined(turn.workdir, turn.artefact)
        return files.digest(target) if target.is_file() else ""
    except (TwelveError, OSError):
        return ""


def _deliver(turn: Turn, ending: conversation.Ending, before: str) -> tuple[TurnStatus, str]:
    """Make the printed text the artefact when the program wrote none itself."""
    if not turn.artefact or _seen(turn) != before:
        return TurnStatus.DONE, ""
    printed = ending.execution.stdout
    if not printed.strip():
        return TurnStatus.EMPTY, f"the program neither printed anything nor wrote {turn.artefact}"
    if before and not printed.lstrip().startswith(FRONT_MATTER):
        return TurnStatus.DONE, f"it left {turn.artefact} as it was"
    if len(printed) > ARTEFACT_LIMIT:
        return TurnStatus.FAILED, f"wrote no {turn.artefact}, and its output is too long to be one"
    try:
        target = files.confined(turn.workdir, turn.artefact)
        target.parent.mkdir(parents=True, exist_ok=True)
        files.write_atomic(target, printed)
    except (TwelveError, OSError) as error:
        return TurnStatus.FAILED, f"the artefact cannot be written: {error}"
    return TurnStatus.DONE, f"its output became {turn.artefact}"


async def take_turn(turn: Turn, settings: HarnessSettings, *, on_event: OnEvent = ignore, stop: Event | None = None) -> TurnResult:
    """Run one turn to its end. Never raises for what the program does."""
    if not settings.command:
        return TurnResult(status=TurnStatus.MISSING_CLIENT, detail=INSTALL)
    argv = arguments(turn, settings)
    env = conversation.environment(turn, settings)
    if refusal := conversation.located(argv, turn, env, install=INSTALL):
        return refusal
    by_file = any("{prompt_file}" in word for word in (*settings.command, *settings.args))
    if by_file:
        turn.logs.mkdir(parents=True, exist_ok=True)
        files.write_atomic(_prompt_file(turn), turn.prompt, mode=0o600)
    before = _seen(turn)
    try:
        ending = await conversation.hold(argv, turn, env=env, read=_nothing, on_event=on_event, stop=stop, stdin=b"" if by_file else None)
    finally:
        # the unredacted prompt stays no longer than the program needs it
        _prompt_file(turn).unlink(missing_ok=True)
    status, detail = _judge(turn, ending)
    if status is TurnStatus.DONE and ending.execution.outcome is Outcome.PASS:
        status, detail = _deliver(turn, ending, before)
    text = ending.execution.stdout.decode("utf-8", "replace")
    return conversation.concluded(ending, TurnResult(status=status, detail=detail, text=text, model=turn.model or settings.model))
