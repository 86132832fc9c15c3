"""`twelve guard`: what the guard says to a call, which rules there are, what holds them, and whether they are alive."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from twelve.factors.guardrails import exemptions
from twelve.factors.guardrails.coverage import CLIENTS
from twelve.interfaces.cli import exits, guard_answers, guard_exemptions, terminal
from twelve.model.errors import Trouble, TwelveError
from twelve.render import human
from twelve.system import clock
from twelve.workflow import guarding
from twelve.workflow.install.doctor import standing


@click.group(cls=terminal.VerbGroup, examples=('twelve guard check "git status"', "twelve guard list", "twelve guard explain protect-ci"))
def command() -> None:
    """Ask the guard: rules over what a tool call would do, whichever client or program does it."""


@command.command(
    cls=terminal.Verb,
    answer=guard_answers.CheckAnswer,
    examples=(
        'twelve guard check "npm test"',
        "twelve guard check --payload call.json --client codex",
        "twelve guard check --payload - --json",
    ),
)
@click.argument("line", metavar="[COMMAND]", required=False)
@click.option("--payload", metavar="FILE", help="A tool call as the client sends it to a hook ('-': from stdin).")
@click.option("--client", type=click.Choice(CLIENTS), default="claude", show_default=True, help="Whose tool call it is.")
@click.option("--verbose", is_flag=True, help="Every rule that spoke, and what holds each, in every client.")
@terminal.json_option
@terminal.directory_option
def check(line: str | None, payload: str | None, client: str, verbose: bool, as_json: bool, directory: Path) -> int:
    """Say what would be decided about a command line or tool call, and why. Runs nothing. 0: goes through; 1: asked or refused."""
    if (line is None) == (payload is None):
        raise TwelveError("name a command line or a payload, one of them", next="see twelve guard check --help", kind=Trouble.USAGE)
    session = terminal.session(directory)
    if payload is None:
        question = guarding.of_command(line or "", client)
    else:
        incoming = sys.stdin.buffer.read(guarding.PAYLOAD_LIMIT + 1) if payload == "-" else b""
        question = guarding.of_payload(guarding.read_payload(payload, incoming), client)
    said = guarding.ask(session.repository, session.settings, question)
    decision, aside = guard_exemptions.applied(said, exemptions.active(session.repository.state_dir), str(session.root))
    answer = guard_answers.check_answer(msgspec.structs.replace(said, decision=decision), session.settings)
    terminal.show(answer, as_json=as_json, human=lambda: _text(session, answer, aside, verbose=verbose))
    return exits.RED if answer.verdict in ("ask", "deny") else exits.PASS


def _text(session: terminal.Session, answer: guard_answers.CheckAnswer, aside: tuple[exemptions.Exemption, ...], *, verbose: bool) -> str:
    """The answer, what was set aside for it, and whether any client here would ask at all."""
    lines = [guard_answers.check_text(answer, verbose=verbose)]
    for one in aside:
        until = clock.iso(datetime.fromtimestamp(one.expires, UTC))
        lines.append(human.one_line(f"set aside: {one.rule} for {one.scope} until {until} (exemption {one.id})"))
    if not standing.armed(session.repository):
        lines.append(standing.UNGUARDED)
    return "\n".join(lines)


@command.command("list", cls=terminal.Verb, answer=guard_answers.ListAnswer, examples=("twelve guard list", "twelve guard list --json"))
@terminal.json_option
@terminal.directory_option
def listing(as_json: bool, directory: Path) -> None:
    """List every rule with its decision, where that comes from, and what else holds it."""
    answer = guard_answers.list_answer(terminal.session(directory).loaded)
    terminal.show(answer, as_json=as_json, human=lambda: guard_answers.list_text(answer, colour=terminal.colour()))


@command.command(
    cls=terminal.Verb,
    answer=guard_answers.ExplainAnswer,
    examples=("twelve guard explain protect-secrets", "twelve guard explain infra-change --json"),
)
@click.argument("rule")
@terminal.json_option
@terminal.directory_option
def explain(rule: str, as_json: bool, directory: Path) -> None:
    """Say what a rule is for, how it is set here, which lines hold it in which client, and what none of them sees."""
    answer = guard_answers.explain_answer(rule, terminal.session(directory).loaded)
    terminal.show(answer, as_json=as_json, human=lambda: guard_answers.explain_text(answer))


@command.command(cls=terminal.Verb, answer=guard_answers.TestAnswer, examples=("twelve guard test", "twelve guard test --json"))
@terminal.json_option
@terminal.directory_option
def test(as_json: bool, directory: Path) -> int:
    """Put a forbidden and a benign call before every rule, as set here. Runs nothing; `twelve prove` asks the registered hooks."""
    session = terminal.session(directory)
    answer = guard_answers.test_answer(guarding.fly(session.repository, session.settings))
    terminal.show(answer, as_json=as_json, human=lambda: guard_answers.test_text(answer, colour=terminal.colour()))
    return exits.PASS if answer.alive else exits.RED
