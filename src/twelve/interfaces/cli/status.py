"""`twelve status`: one screen about what holds here, what is open, and what waits for a person."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from msgspec import Struct

from twelve.factors.approvals import record as requests
from twelve.factors.gates import proofs, suites
from twelve.factors.guardrails import exemptions
from twelve.interfaces.cli import terminal
from twelve.model.errors import TwelveError
from twelve.render import human
from twelve.system import clock
from twelve.version import __version__
from twelve.workflow import compose, enforcement
from twelve.workflow.byhand import notebook
from twelve.workflow.fastpath import tampering
from twelve.workflow.install import record
from twelve.workflow.install.clients import CLIENTS
from twelve.workflow.livefire import proof, proving
from twelve.workflow.livefire.proof import Standing
from twelve.workflow.livefire.words import Around

SCOPE = "In a session a person works in; what a driven run guarantees is told by: twelve factors"


class Gates(Struct, frozen=True, kw_only=True):
    """How many gates there are and how many were seen red."""

    defined: int
    proven: int
    required_unproven: tuple[str, ...]


class Aside(Struct, frozen=True, kw_only=True):
    """One exemption in force."""

    rule: str
    scope: str
    until: str


class Answer(Struct, frozen=True, kw_only=True, tag_field="schema", tag="twelve.status.v1"):
    """What `twelve status --json` prints."""

    version: str
    policy: bool
    """Whether there is a twelve.toml."""
    guards: tuple[Standing, ...]
    guards_seen: str
    """When the one fired at longest ago was, UTC; "" = none is proven."""
    gates: Gates
    runs: dict[str, int]
    """State -> how many runs, of those that are not over."""
    by_hand: str
    """The newest run by hand of this work tree."""
    pending: int
    overdue: int
    exemptions: tuple[Aside, ...]
    tampered: tuple[str, ...]
    """Protected files that changed without an explanation and wait for a person."""
    factors: tuple[enforcement.Row, ...]
    troubles: tuple[str, ...]
    """What could not be read."""


@click.command(cls=terminal.Verb, answer=Answer, examples=("twelve status", "twelve status --json"))
@terminal.json_option
@terminal.directory_option
def command(as_json: bool, directory: Path) -> None:
    """Say what holds here: guards and gates proven, runs, questions, exemptions, tampering. Runs nothing and changes nothing."""
    here = terminal.session(directory)
    here.repository.need_work_tree()
    answer = _answer(here)
    terminal.show(answer, as_json=as_json, human=lambda: _text(answer))


def _answer(here: terminal.Session) -> Answer:
    state, now = here.repository.state_dir, clock.now()
    troubles: list[str] = []
    guards = _guards(here, troubles)
    book = notebook.latest(state, here.root)
    waiting = requests.pending(state)
    return Answer(
        version=__version__,
        policy=(here.root / "twelve.toml").is_file(),
        guards=guards,
        guards_seen=_seen(here, guards),
        gates=_gates(here),
        runs=_runs(here, troubles),
        by_hand=book.run if book else "",
        pending=len(waiting),
        overdue=sum(item.overdue for item in waiting),
        exemptions=tuple(_aside(item) for item in exemptions.active(state, now)),
        tampered=tuple(item.path for item in tampering.waiting(state)),
        factors=tuple(enforcement.table(here.settings, {guard.guard: guard.proven for guard in guards})),
        troubles=tuple(troubles),
    )


def _guards(here: terminal.Session, troubles: list[str]) -> tuple[Standing, ...]:
    around = Around(repository=here.repository, environ=os.environ)
    try:
        known = record.load(here.repository)
    except TwelveError as trouble:
        troubles.append(trouble.what)
        known = None
    pieces = known.of_tree(str(here.root)) if known else ()
    names = proving.wanted([piece.part for piece in pieces], around, hooks=bool(known and known.hooks))
    return tuple(proof.standings(around, names, days=here.settings.guard.prove_days))


def _seen(here: terminal.Session, guards: tuple[Standing, ...]) -> str:
    found = proof.load(here.repository.state_dir)
    marks = found.of(here.root) if found else {}
    moments = [marks[guard.guard].at for guard in guards if guard.proven and guard.guard in marks]
    return clock.iso(min(moments)) if moments else ""


def _gates(here: terminal.Session) -> Gates:
    gates = suites.select(here.settings, suites.FULL)
    unproven = [gate for gate in gates if proofs.find(here.repository.state_dir, gate) is None]
    missing = tuple(gate.id for gate in unproven if gate.required)
    return Gates(defined=len(gates), proven=len(gates) - len(unproven), required_unproven=missing)


def _runs(here: terminal.Session, troubles: list[str]) -> dict[str, int]:
    runs, counted = compose.runs(here.repository), Counter[str]()
    for run in runs.all():
        try:
            found = runs.status(run).state
        except TwelveError as trouble:
            troubles.append(trouble.what)
            continue
        if not found.over:
            counted[found.value] += 1
    return dict(counted)


def _aside(item: exemptions.Exemption) -> Aside:
    return Aside(rule=item.rule, scope=item.scope, until=clock.iso(datetime.fromtimestamp(item.expires, UTC)))


def _text(answer: Answer) -> str:
    rows = [(name, human.one_line(told)) for name, told in _rows(answer)]
    levels = [(row.numeral, row.slug, *(row.here[client] for client in enforcement.CLIENTS), row.why) for row in answer.factors]
    colour = terminal.colour()
    table = human.table(("", "factor", *enforcement.CLIENTS, "held here"), levels, colour=colour)
    width = max(len(name) for name, _ in rows)
    return "\n".join([*(f"{name:<{width}}  {told}".rstrip() for name, told in rows), "", SCOPE, table])


def _rows(answer: Answer) -> Iterator[tuple[str, str]]:
    yield "twelve", answer.version
    yield "policy", "twelve.toml" if answer.policy else "none: twelve init writes one"
    yield "guards", _guard_line(answer)
    yield from (("", f"{guard.guard}: {guard.why}") for guard in answer.guards if not guard.proven)
    if answer.guards and not any(guard.guard in CLIENTS for guard in answer.guards):
        yield "", "no agent client is guarded here: twelve init --client claude (or codex, gemini)"
    gates = answer.gates
    missing = f"; required and never seen red: {', '.join(gates.required_unproven)}" if gates.required_unproven else ""
    yield "gates", f"{gates.proven}/{gates.defined} proven{missing}" if gates.defined else "none is defined"
    told = ", ".join(f"{count} {state}" for state, count in answer.runs.items()) or "none open"
    yield "runs", f"{told}{f'; by hand: {answer.by_hand}' if answer.by_hand else ''}"
    yield "questions", f"{answer.pending} open{f', {answer.overdue} overdue' if answer.overdue else ''}"
    yield "exemptions", ", ".join(f"{item.rule} for {item.scope} until {item.until}" for item in answer.exemptions) or "none in force"
    changed = f"{len(answer.tampered)} unexplained: {', '.join(answer.tampered[:3])}" if answer.tampered else "nothing unexplained"
    yield "protected files", changed
    yield from (("trouble", what) for what in answer.troubles)


def _guard_line(answer: Answer) -> str:
    if not answer.guards:
        return "none is armed here: twelve init"
    proven = sum(guard.proven for guard in answer.guards)
    ago = f" {_ago(clock.now() - datetime.fromisoformat(answer.guards_seen))}" if answer.guards_seen else ""
    return f"{proven}/{len(answer.guards)} proven{ago}{'' if proven == len(answer.guards) else '; next: twelve prove guards'}"


def _ago(age: timedelta) -> str:
    seconds = max(0, int(age.total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return "just now"
