"""Runs made by other tools, taken into the journal through one documented form.

What they say is a claim: it is recorded as such, redacted, and never counts as evidence of a gate.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from twelve.model.errors import TwelveError
from twelve.model.verdict import Outcome
from twelve.system import clock, documents, files, journal, redact

LIMIT = 10_000_000
"""Largest file, characters (ours)."""

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]
Text = Annotated[str, Meta(max_length=10_000)]
Moment = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0)]
Commit = Annotated[str, Meta(pattern=r"^[0-9a-f]{7,64}$")]


class ForeignGate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A check the other tool says it ran."""

    name: Name
    outcome: Outcome
    command: tuple[Text, ...] = ()
    detail: Text = ""


class ForeignUsage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the other tool says it used."""

    input_tokens: Count = 0
    output_tokens: Count = 0
    cost_usd: Annotated[float, Meta(ge=0)] = 0


class ForeignRun(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="schema", tag="twelve.foreign-run.v1"):
    """One run of another agent tool."""

    id: Name
    """The tool's own id; with `tool` it names the run."""
    tool: Name
    task: Text
    status: Literal["succeeded", "failed", "cancelled", "unknown"]
    started: Moment
    """ISO 8601 with an offset."""
    finished: Moment | None = None
    agent: Annotated[str, Meta(max_length=200)] = ""
    model: Annotated[str, Meta(max_length=200)] = ""
    commits: tuple[Commit, ...] = ()
    gates: Annotated[tuple[ForeignGate, ...], Meta(max_length=1_000)] = ()
    usage: ForeignUsage = field(default_factory=ForeignUsage)


class Ingested(Struct, frozen=True, kw_only=True):
    """What became of one record."""

    tool: str
    id: str
    recorded: bool
    """False when exactly this record was there already."""


def parse(text: str, *, name: str) -> tuple[ForeignRun, ...]:
    """Records in a JSON document (one object or a list) or in JSON lines. TwelveError names the place that is wrong."""
    values = _lines(text, name) if name.endswith(".jsonl") else _values(documents.load_json(text, name=name, limit=LIMIT))
    if not values:
        raise TwelveError(f"{name} holds no record", why="an empty file records nothing", next="give a file with at least one run")
    return tuple(_record(value, place, name) for place, value in values)


def ingest(records: Sequence[ForeignRun], book: journal.Journal, known: Sequence[dict[str, Any]]) -> tuple[Ingested, ...]:
    """Append what `known` (the journal so far) does not hold yet, redacted; all records were valid before the first is written."""
    seen = {event.get("digest") for event in known if event.get("name") == "run.ingested"}
    answers = []
    for record in records:
        digest = files.digest_bytes(documents.canonical_json(msgspec.to_builtins(record)))
        fresh = digest not in seen
        if fresh:
            book.emit("run.ingested", digest=digest, **_fields(record))
            seen.add(digest)
        answers.append(Ingested(tool=record.tool, id=record.id, recorded=fresh))
    return tuple(answers)


def _values(value: Any) -> list[tuple[str, Any]]:
    return [(f"record {number}", item) for number, item in enumerate(value, 1)] if isinstance(value, list) else [("record 1", value)]


def _lines(text: str, name: str) -> list[tuple[str, Any]]:
    numbered = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    return [(f"line {number}", documents.load_json(line, name=f"{name}:{number}", limit=LIMIT)) for number, line in numbered]


def _record(value: Any, place: str, name: str) -> ForeignRun:
    try:
        return msgspec.convert(value, ForeignRun)
    except msgspec.ValidationError as error:
        raise TwelveError(
            f"{name}, {place}: {error}",
            why="records are taken in whole or not at all",
            next="compare with docs/reference/schemas/foreign-run.json",
        ) from None


def _fields(record: ForeignRun) -> dict[str, Any]:
    fields = {
        "record": record.id,
        "source": record.tool,
        "status": record.status,
        "task": record.task,
        "started": clock.iso(record.started),
        "finished": clock.iso(record.finished) if record.finished else "",
        "commits": record.commits,
        "gates": len(record.gates),
        "input_tokens": record.usage.input_tokens,
        "output_tokens": record.usage.output_tokens,
        "cost_usd": record.usage.cost_usd,
        "attributes": {"claimed": msgspec.to_builtins(record.gates)},
    }
    optional = {key: value for key, value in (("agent", record.agent), ("model", record.model)) if value}
    plain: dict[str, Any] = redact.redact_value({**fields, **optional})
    return plain
