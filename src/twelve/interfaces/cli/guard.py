"""`twelve guard`: what the guard says to a call, which rules there are, what holds them, and whether they are alive."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from twelve.factors.guardrails.coverage import CLIENTS
from twelve.interfaces.cli import exits, guard_answers, terminal
from twelve.model.errors import Trouble, TwelveError
from twelve.workflow import guarding


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
@terminal.json_option
@terminal.directory_option
def check(line: str | None, payload: str | None, client: str, as_json: bool, directory: Path) -> int:
    """Say what would be decided about a command line or tool call, and why. Runs nothing. 0: goes through; 1: asked or refused."""
    if (line is None) == (payload is None):
        raise TwelveError("name a command line or a payload, one of them", next="see twelve guard check --help", kind=Trouble.USAGE)
    session = terminal.session(directory)
    if payload is None:
        question = guarding.of_command(line or "", client)
    else:
        incoming = sys.stdin.buffer.read(guarding.PAYLOAD_LIMIT + 1) if payload == "-" else b""
        question = guarding.of_payload(guarding.read_payload(payload, incoming), client)
    answer = guard_answers.check_answer(guarding.ask(session.repository, session.settings, question), session.settings)
    terminal.show(answer, as_json=as_json, human=lambda: guard_answers.check_text(answer))
    return exits.RED if answer.verdict in ("ask", "deny") else exits.PASS


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
