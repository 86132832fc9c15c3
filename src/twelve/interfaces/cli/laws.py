"""`twelve laws`: the laws in force, and how commits, runs and this repository keep them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from msgspec import Struct

from twelve.factors.guardrails.laws import statute
from twelve.factors.guardrails.laws.statute import Tally
from twelve.interfaces.cli import exits, terminal
from twelve.model.errors import Trouble, TwelveError
from twelve.render import human
from twelve.workflow import registry
from twelve.workflow.laws import audit as auditing
from twelve.workflow.laws.audit import LawAudit, Scope

SHOWN = 20
"""Violations listed for a person; `--json` holds all."""


class Law(Struct, frozen=True, kw_only=True):
    """One law of a set, and the check behind its number."""

    number: str
    check: str
    text: str


class LawsAnswer(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.lawset.v1"):
    """What `twelve laws list --json` prints."""

    lawset: str
    enforced_for: str
    laws: tuple[Law, ...]


@click.group(cls=terminal.VerbGroup, examples=("twelve laws audit", "twelve laws audit main..HEAD --lawset seed-001"))
def command() -> None:
    """The laws of an agent: what they say and how they are kept."""


lawset_option = click.option("--lawset", type=click.Choice(tuple(statute.LAWSETS)), help="Which reading; default: the policy's.")


@command.command("list", cls=terminal.Verb, answer=LawsAnswer, examples=("twelve laws list", "twelve laws list --lawset seed-001 --json"))
@lawset_option
@terminal.json_option
@terminal.directory_option
def list_laws(lawset: str | None, as_json: bool, directory: Path) -> int:
    """Every law of the set in force, and whose commits are refused when it is not kept."""
    settings = terminal.session(directory).settings.laws
    chosen = lawset or settings.lawset
    texts = {**registry.lawsets()[chosen], **registry.lawsets()["conduct"]}
    laws = tuple(Law(number=number, check=check, text=texts[number]) for number, check in statute.LAWSETS[chosen].items())
    answer = LawsAnswer(lawset=chosen, enforced_for=settings.enforce, laws=laws)
    terminal.show(answer, as_json=as_json, human=lambda: _listing(answer))
    return exits.PASS


@command.command(
    cls=terminal.Verb, answer=LawAudit, examples=("twelve laws audit --last 20", "twelve laws audit main..HEAD --scope commits --json")
)
@click.argument("range", required=False, default="")
@click.option("--last", type=click.IntRange(1, 10_000), default=None, help=f"Look at this many commits (default {auditing.LAST}).")
@click.option("--weekly", is_flag=True, help="Look at the last seven days.")
@click.option("--scope", "scopes", type=click.Choice(auditing.SCOPES), multiple=True, help="Look only at this; may be repeated.")
@lawset_option
@terminal.json_option
@terminal.directory_option
def audit(range: str, last: int | None, weekly: bool, scopes: tuple[Scope, ...], lawset: str | None, as_json: bool, directory: Path) -> int:
    """How the laws were kept by commits, runs and the repository. Exit code 1 when one was not."""
    if sum((bool(range), last is not None, weekly)) > 1:
        raise TwelveError("a range, --last and --weekly each say what to look at", next="give one of them", kind=Trouble.USAGE)
    here = terminal.session(directory)
    found = auditing.audit(
        here.repository,
        here.settings,
        range=range,
        last=last or auditing.LAST,
        weekly=weekly,
        lawset=lawset or "",
        scopes=scopes or auditing.SCOPES,
    )
    terminal.show(found, as_json=as_json, human=lambda: "\n".join(_report(found)))
    return exits.PASS if found.kept else exits.RED


def _listing(answer: LawsAnswer) -> str:
    rows = [(law.number, law.text) for law in answer.laws]
    return f"Law-set {answer.lawset}; commits are refused for: {answer.enforced_for}\n\n{human.table(('law', 'says'), rows)}"


def _report(found: LawAudit) -> Iterator[str]:
    looked = f"{human.count(found.commits, 'commit')} ({found.exempt} exempt), {human.count(found.sessions, 'run')}, {found.range}"
    yield f"Law-set {found.lawset} over {looked}"
    if found.shallow:
        yield "This clone is shallow: older commits were not looked at."
    yield ""
    yield human.table(("law", "says", "kept", "judged"), [(law.law, law.text, _percent(law), str(law.judged)) for law in found.laws])
    violations = [violation for law in found.laws for violation in law.violations]
    if violations:
        yield ""
        rows = [(item.law, item.where, item.message, item.remedy) for item in violations[:SHOWN]]
        yield human.table(("law", "where", "what", "remedy"), rows)
        if len(violations) > SHOWN:
            yield f"and {len(violations) - SHOWN} more; --json lists all"


def _percent(law: Tally) -> str:
    return "nothing to judge" if law.percent is None else f"{law.percent:g} %"
