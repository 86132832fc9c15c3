"""`twelve ingest`: runs of other agent tools, recorded as claims."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import Struct

from twelve.interfaces.cli import terminal
from twelve.render import human
from twelve.system import files, journal
from twelve.workflow import ingest


class IngestAnswer(Struct, frozen=True, kw_only=True):
    """What `twelve ingest --json` prints."""

    records: tuple[ingest.Ingested, ...]


@click.command(cls=terminal.Verb, answer=IngestAnswer, examples=("twelve ingest runs.json", "twelve ingest export.jsonl --json"))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@terminal.json_option
@terminal.directory_option
def command(file: Path, as_json: bool, directory: Path) -> None:
    """Check FILE (JSON or JSON lines) against the published schema and add its runs to the journal."""
    here = terminal.session(directory)
    records = ingest.parse(files.read_text(file, ingest.LIMIT), name=file.name)
    known = journal.read_all(here.repository.state_dir / "journal").events
    answer = IngestAnswer(records=ingest.ingest(records, here.journal, known))
    terminal.show(answer, as_json=as_json, human=lambda: "\n".join(_line(item) for item in answer.records))


def _line(item: ingest.Ingested) -> str:
    return f"{'recorded' if item.recorded else 'known   '} {human.one_line(item.tool)} {human.one_line(item.id)}"
