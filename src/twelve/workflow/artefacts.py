"""The artefacts of a run on disk: where they are, how they are read, what their rules say about them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, structs

from twelve.model.errors import TwelveError
from twelve.model.finding import Finding
from twelve.system import documents, files, redact
from twelve.workflow.phases import implement, learn, plan, prime, research, schema, tiny
from twelve.workflow.phases.context import Context
from twelve.workflow.phases.schema import Artefact

RUNS = ".twelve/runs"
"""Folder of all runs, repository-relative."""
LIMIT = 400_000
"""Largest artefact read, bytes (ours)."""

TYPES: dict[str, type[Artefact]] = {
    kind.NAME: kind for kind in (prime.Prime, research.Research, plan.Plan, implement.Implement, learn.Learn, tiny.Tiny)
}
_CHECKS: dict[str, Callable[[Any, Context], Iterator[Finding]]] = {
    "prime": prime.findings,
    "research": research.findings,
    "plan": plan.findings,
    "implement": implement.findings,
    "learn": learn.findings,
    "tiny": tiny.findings,
}
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_LEARN_FIELDS = ("worked", "improve", "patterns", "backlog", "domain_update")


class Reading(Struct, frozen=True, kw_only=True):
    """One artefact as found."""

    name: str
    """File stem: a phase, or `tiny`."""
    path: str
    present: bool = False
    artefact: Artefact | None = None
    """None when absent or when its fields do not fit the format."""
    body: str = ""
    findings: tuple[Finding, ...] = ()
    """What the format says; rules are checked by `check`."""
    digest: str = ""


def folder(run: str) -> str:
    """The run's folder, repository-relative. TwelveError when `run` cannot be a run id."""
    if not _RUN.fullmatch(run) or ".." in run:
        raise TwelveError(f"{run[:80]!r} is not a run id", why="it becomes a folder name", next="see `twelve runs` for the runs there are")
    return f"{RUNS}/{run}"


def relative(run: str, name: str) -> str:
    """Where an artefact is written, repository-relative."""
    return f"{folder(run)}/{name}.md"


def read(root: Path, run: str, name: str) -> Reading:
    """The artefact under `root`, hostile or missing as it may be; trouble becomes findings, never an exception."""
    place = relative(run, name)
    try:
        path = files.confined(root, place)
        if path.is_symlink():
            return _damaged(name, place, f"{name}-not-a-file", "the artefact is a link")
        if not path.exists():
            return Reading(name=name, path=place)
        text = files.read_text(path, LIMIT)
    except (TwelveError, OSError) as trouble:
        return _damaged(name, place, f"{name}-unreadable", str(trouble).splitlines()[0])
    return parse(text, run=run, name=name)


@lru_cache(maxsize=64)
def parse(text: str, *, run: str, name: str) -> Reading:
    """The artefact in a text. Kept for texts seen lately: a driver asks for the same ones before every move."""
    place = relative(run, name)
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    try:
        document = documents.parse_document(text, name=place)
    except documents.DocumentError as trouble:
        return _damaged(name, place, f"{name}-not-a-document", trouble.what, line=trouble.line, digest=digest)
    if not document.meta:
        message = "there is no front matter between two `---` lines at the top"
        return _damaged(name, place, f"{name}-without-front-matter", message, digest=digest)
    if redact.redact(text) != text:
        return _damaged(name, place, f"{name}-secret", f"line {_secret_line(text)} holds what looks like a secret", digest=digest)
    artefact, found = schema.read(document.meta, TYPES[name], run=run, path=place)
    return Reading(name=name, path=place, present=True, artefact=artefact, body=document.body, findings=found, digest=digest)


def check(reading: Reading, context: Context) -> tuple[Finding, ...]:
    """Everything format and rules say, each with the artefact's path."""
    if reading.artefact is None:
        return reading.findings
    rules = _CHECKS[reading.name](reading.artefact, context)
    return (*reading.findings, *(structs.replace(item, path=item.path or reading.path) for item in rules))


def opening_digest(reading: Reading) -> str:
    """Digest of what a tiny artefact says before the work; writing learn's part leaves it alone."""
    if not isinstance(reading.artefact, tiny.Tiny):
        return reading.digest
    kept = {key: value for key, value in structs.asdict(reading.artefact).items() if key not in _LEARN_FIELDS}
    return hashlib.sha256(msgspec.json.encode(kept, order="deterministic")).hexdigest()


def _secret_line(text: str) -> int:
    """The first line that is not written as it is; artefacts are committed, so they may hold no secret."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if redact.redact(line) != line), 1)


def _damaged(name: str, path: str, rule: str, message: str, *, line: int = 0, digest: str = "") -> Reading:
    found = Finding(rule=rule, message=message, path=path, line=line, fix="write the artefact again as its format says")
    return Reading(name=name, path=path, present=True, findings=(found,), digest=digest or f"{rule}:{message}")
