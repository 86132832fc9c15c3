"""`twelve audit`: questions about what was decided here. A group that grows; each word below it is one kind of question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from twelve.interfaces.cli import exits, terminal
from twelve.render import human
from twelve.workflow import auditing
from twelve.workflow.auditing import Audit


@click.group(cls=terminal.VerbGroup, examples=("twelve audit laws .gitlab-ci.yml", "twelve audit laws HEAD --json"))
def command() -> None:
    """What was decided in this repository, why and by whom."""


@command.command(
    cls=terminal.Verb,
    answer=Audit,
    examples=("twelve audit laws deploy/prod.yaml", "twelve audit laws a1b2c3d --json"),
)
@click.argument("about", metavar="PATH|COMMIT")
@terminal.json_option
@terminal.directory_option
def laws(about: str, as_json: bool, directory: Path) -> int:
    """Every decision about a file or a commit: commits with their learning, gates, approvals, exemptions, the guard."""
    here = terminal.session(directory)
    found = auditing.audit(here.repository, about)
    terminal.show(found, as_json=as_json, human=lambda: "\n".join(_lines(found)))
    return exits.PASS


def _lines(found: Audit) -> Iterator[str]:
    yield f"{human.one_line(found.about)}: {human.count(len(found.rulings), 'decision')} in {human.count(found.commits, 'commit')}"
    rows = [(item.at[:19], item.judge.value, item.what, item.outcome, item.by, item.why) for item in found.rulings]
    if rows:
        yield human.table(("when", "judge", "what", "decided", "by", "why"), rows)
