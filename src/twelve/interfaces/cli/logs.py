"""`twelve logs`: what happened in a run, effect by effect, with the transcripts at hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import click

from twelve.interfaces.cli import terminal
from twelve.model.errors import TwelveError
from twelve.system import files, redact
from twelve.workflow import compose
from twelve.workflow.drive.projection import Entry, Runs

POLL_S = 0.5
LOG_LIMIT = 50_000_000


@click.command(cls=terminal.Verb, answer=tuple[Entry, ...], examples=("twelve logs a1b2", "twelve logs a1b2 --show 1-4"))
@click.argument("run_id", metavar="RUN")
@click.option("--show", "key", help="Print the log of one effect, e.g. an agent's transcript.")
@click.option("--follow", is_flag=True, help="Stay and print what happens next.")
@terminal.json_option
@terminal.directory_option
def command(run_id: str, key: str | None, follow: bool, as_json: bool, directory: Path) -> int:
    """Show what a run did: one line per finished effect. RUN may be shortened."""
    session = terminal.session(directory)
    runs = compose.runs(session.repository)
    run = runs.find(run_id)
    if key:
        terminal.say(_log(runs, run, key).rstrip("\n"))
        return 0
    entries = runs.entries(run)
    terminal.show(entries, as_json=as_json, human=lambda: "\n".join(map(_line, entries)) or "nothing finished yet")
    for entry in _coming(runs, run, len(entries)) if follow and not as_json else ():
        terminal.say(_line(entry))
    return 0


def _coming(runs: Runs, run: str, seen: int) -> Iterator[Entry]:
    while True:
        entries = runs.entries(run)
        yield from entries[seen:]
        seen = len(entries)
        if runs.status(run).state.over:
            return
        time.sleep(POLL_S)


def _line(entry: Entry) -> str:
    place = f"{entry.phase}{f' {entry.step}' if entry.step else ''}".strip()
    mark = "ok" if entry.ok else entry.kind
    words = [f"{entry.key:>6}", entry.started, f"{entry.move:8}", f"{place:24}", f"{mark:9}", f"{entry.duration_s:7.1f} s"]
    words += [entry.commit[:12]] if entry.commit else []
    words += [entry.detail.splitlines()[0][:160]] if entry.detail else []
    return "  ".join(words).rstrip()


def _log(runs: Runs, run: str, key: str) -> str:
    entry = next((item for item in runs.entries(run) if item.key == key), None)
    if entry is None:
        raise TwelveError(f"run {run} has no effect {key[:40]!r}", next=f"see twelve logs {run} for the keys")
    if not entry.log:
        raise TwelveError(f"effect {key} left no log", why=f"a {entry.move} needs none", next=f"see twelve logs {run}")
    path = Path(entry.log)
    place = path if path.is_absolute() else files.confined(runs.folder(run), entry.log)
    return redact.redact(files.read_text(place, LOG_LIMIT))
