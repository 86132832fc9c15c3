"""`twelve gate list`, `show` and `explain`: what is defined, what it does, and whether it was ever seen red."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import Struct

from twelve.factors.gates import definition, ledger, proofs, prove, suites
from twelve.factors.gates.definition import Gate
from twelve.factors.gates.tree import Tree
from twelve.interfaces.cli import terminal
from twelve.render import human
from twelve.system import redact


class GateLine(Struct, frozen=True, kw_only=True):
    """One gate of `twelve gate list --json`."""

    gate: str
    title: str
    kind: str
    phase: tuple[str, ...]
    need: str
    cost: str
    needs: tuple[str, ...]
    standing: str
    """proven, unproven or unprovable."""
    definition: str


class ListAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve gate list --json` prints."""

    schema: str = "twelve.gate-list.v1"
    gates: tuple[GateLine, ...]
    unproven: int
    unprovable: int


class ShowAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve gate show --json` prints."""

    schema: str = "twelve.gate-show.v1"
    gate: GateLine
    settings: dict[str, Any]
    """The definition with all defaults filled in; secrets hidden."""
    files: int
    """How many files of this content it reads."""
    proof: dict[str, Any] | None
    evidence: tuple[dict[str, Any], ...]
    """What was judged about exactly this content with exactly this definition."""


class OptionLine(Struct, frozen=True, kw_only=True):
    name: str
    default: Any
    value: Any


class ExplainAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve gate explain --json` prints."""

    schema: str = "twelve.gate-explain.v1"
    gate: str
    kind: str
    does: str
    reads: str
    blocks: str
    order: str
    proof: str
    options: tuple[OptionLine, ...]


@click.command("list", cls=terminal.Verb, answer=ListAnswer, examples=("twelve gate list", "twelve gate list --json"))
@terminal.json_option
@terminal.directory_option
def listing(as_json: bool, directory: Path) -> None:
    """List every gate of the policy and whether it was ever seen red."""
    session = terminal.session(directory)
    gates = tuple(definition.resolve_all(session.settings.gates).values())
    standings = prove.standings(gates, session.repository) if gates else {}
    lines = tuple(_line(gate, standings[gate.id]) for gate in gates)
    answer = ListAnswer(
        gates=lines,
        unproven=sum(line.standing == proofs.Standing.UNPROVEN for line in lines),
        unprovable=sum(line.standing == proofs.Standing.UNPROVABLE for line in lines),
    )
    terminal.show(answer, as_json=as_json, human=lambda: _list_text(answer))


@click.command(cls=terminal.Verb, answer=ShowAnswer, examples=("twelve gate show tests", "twelve gate show tests --json"))
@click.argument("gate_id", metavar="ID")
@terminal.json_option
@terminal.directory_option
def show(gate_id: str, as_json: bool, directory: Path) -> None:
    """Show one gate: its full definition, its proof, and the evidence for this content."""
    session = terminal.session(directory)
    gate = _one(session, gate_id)
    repository = session.repository
    proof = proofs.find(repository.state_dir, gate)
    answer = ShowAnswer(
        gate=_line(gate, prove.standing(gate, repository)),
        settings=_filled(gate),
        files=len(Tree(session.root, repository.files()).files(gate.inputs)),
        proof=msgspec.to_builtins(proof) if proof else None,
        evidence=tuple(msgspec.to_builtins(entry) for entry in ledger.find(repository, repository.subject(), gate.digest)),
    )
    terminal.show(answer, as_json=as_json, human=lambda: _show_text(answer))


@click.command(cls=terminal.Verb, answer=ExplainAnswer, examples=("twelve gate explain tests", "twelve gate explain tests --json"))
@click.argument("gate_id", metavar="ID")
@terminal.json_option
@terminal.directory_option
def explain(gate_id: str, as_json: bool, directory: Path) -> None:
    """Say in words what a gate does, when it blocks and how it is proven."""
    session = terminal.session(directory)
    gate = _one(session, gate_id)
    answer = ExplainAnswer(
        gate=gate.id,
        kind=gate.kind_name,
        does=_does(gate),
        reads=_reads(session, gate),
        blocks=_blocks(gate),
        order=_order(gate),
        proof=_proof(session, gate),
        options=_options(gate),
    )
    terminal.show(answer, as_json=as_json, human=lambda: _explain_text(answer))


def _one(session: terminal.Session, gate_id: str) -> Gate:
    return next(gate for gate in suites.named(session.settings, [gate_id]) if gate.id == gate_id)


def _line(gate: Gate, standing: proofs.Standing) -> GateLine:
    return GateLine(
        gate=gate.id,
        title=gate.settings.title,
        kind=gate.kind_name,
        phase=tuple(phase.value for phase in gate.settings.phase),
        need=gate.need.value,
        cost=gate.cost.value,
        needs=gate.settings.needs,
        standing=standing.value,
        definition=gate.digest,
    )


def _list_text(answer: ListAnswer) -> str:
    if not answer.gates:
        return "no gate is defined; `twelve init` proposes some for this repository"
    rows = [(line.gate, line.kind, ",".join(line.phase), line.need, line.cost, line.standing, line.title) for line in answer.gates]
    headers = ("gate", "kind", "phase", "need", "cost", "seen red", "title" if any(line.title for line in answer.gates) else "")
    table = human.table(headers, rows, colour=terminal.colour())
    return f"{table}\n{answer.unproven} unproven, {answer.unprovable} unprovable of {len(answer.gates)} gates"


def _filled(gate: Gate) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(gate.settings)
    plain.update(
        tool=gate.tool, inputs=list(gate.inputs), timeout_s=gate.timeout_s, cost=gate.cost.value, options=msgspec.to_builtins(gate.options)
    )
    hidden: dict[str, Any] = redact.redact_value(plain)
    return hidden


def _show_text(answer: ShowAnswer) -> str:
    rows = [(key, _words(value)) for key, value in answer.settings.items() if value not in ("", [], (), {}, None)]
    lines = [f"gate {answer.gate.gate}", human.table(("setting", "value"), rows), f"reads {answer.files} files of this content"]
    if answer.proof:
        lines.append(f"seen red {answer.proof['when']} on {answer.proof['because'] or answer.proof['file']}")
    else:
        lines.append(f"{answer.gate.standing}: never seen red with this definition")
    lines.append(f"definition {answer.gate.definition}")
    lines.extend(f"evidence: {entry['outcome']} {entry['started']} ({entry['duration_s']:.1f}s)" for entry in answer.evidence)
    return "\n".join(lines if answer.evidence else [*lines, "no evidence for this content yet"])


def _words(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_words(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}={_words(item)}" for key, item in value.items() if item not in ("", None, False, [], (), {}))
    if value is None:
        return ""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else human.one_line(str(value))


def _does(gate: Gate) -> str:
    command = f": {' '.join(redact.redact(word) for word in gate.settings.command)}" if gate.settings.command else ""
    return f"{gate.kind.SUMMARY}{command}"


def _reads(session: terminal.Session, gate: Gate) -> str:
    if not gate.inputs:
        return "no files; it judges what it is told about the change"
    files = Tree(session.root, session.repository.files()).files(gate.inputs)
    shown = ", ".join(files[:5]) + (" ..." if len(files) > 5 else "")
    return f"{len(files)} files matching {', '.join(gate.inputs)}{f': {shown}' if files else '; nothing to check is an error'}"


def _blocks(gate: Gate) -> str:
    if gate.required:
        return "whenever it does not PASS: red, broken, missing tool, time-out or not run"
    return "when it is red or broken; a missing tool is a SKIP, which is shown and never counts as a pass"


def _order(gate: Gate) -> str:
    needs = f", after {', '.join(gate.settings.needs)}" if gate.settings.needs else ""
    kept = "a verdict is kept for equal content" if gate.pure else "it is judged anew every time"
    return f"among the gates of cost {gate.cost.value}{needs}; stopped after {gate.timeout_s:g} s; {kept}"


def _proof(session: terminal.Session, gate: Gate) -> str:
    found = proofs.find(session.repository.state_dir, gate)
    if found:
        return f"went red {found.when} on {found.because or found.file}"
    if prove.standing(gate, session.repository) is proofs.Standing.UNPROVABLE:
        return f"unprovable: add [gates.{gate.id}.prove] with a file and a defect this gate must see"
    return f"unproven: twelve gate prove {gate.id}"


def _options(gate: Gate) -> tuple[OptionLine, ...]:
    values = msgspec.to_builtins(gate.options)
    defaults = msgspec.to_builtins(type(gate.options)())
    return tuple(OptionLine(name=name, default=defaults[name], value=values[name]) for name in gate.kind.Options.__struct_fields__)


def _explain_text(answer: ExplainAnswer) -> str:
    lines = [f"gate {answer.gate} (kind {answer.kind})"]
    lines += [f"{name:<7} {human.one_line(getattr(answer, name))}" for name in ("does", "reads", "blocks", "order", "proof")]
    if answer.options:
        rows = [(option.name, _words(option.value) or "-", _words(option.default) or "-") for option in answer.options]
        lines += ["", human.table(("option", "value", "default"), rows)]
    return "\n".join(lines)
