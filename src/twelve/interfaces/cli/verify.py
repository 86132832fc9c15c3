"""`twelve verify`: is this range fit to be merged, for somebody who trusts the target branch and nothing else?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import resources
from pathlib import Path

import click

from twelve.interfaces.cli import exits, gate_answers, terminal
from twelve.model.errors import Trouble, TwelveError
from twelve.model.verdict import Outcome, Verdict
from twelve.render import human, sarif
from twelve.workflow.install import machine
from twelve.workflow.verify import verification
from twelve.workflow.verify.verification import Verification

PIPELINES = {"github": "github.yml", "gitlab": "gitlab.yml"}
SHOWN = 30
"""Findings listed for a person; `--json` holds all."""


@click.command(
    cls=terminal.Verb,
    answer=Verification,
    examples=("twelve verify", "twelve verify main..HEAD --json", "twelve verify --print github"),
)
@click.argument("range", required=False, default="")
@click.option("--base", default="", help="What it is to be merged into; default: the pipeline's target branch, or the main branch.")
@click.option("--bootstrap", is_flag=True, help="The target has no policy yet: judge the change that brings the first one by itself.")
@click.option("--print", "pipeline", type=click.Choice(tuple(PIPELINES)), help="Print a ready job for this CI and do nothing else.")
@click.option("--sarif", "sarif_file", type=click.Path(path_type=Path), help="Also write SARIF 2.1.0 to this file.")
@click.option("--progress/--no-progress", default=None, help="Live lines on stderr; default: when stderr is a terminal.")
@terminal.json_option
@terminal.directory_option
def command(
    range: str,
    base: str,
    bootstrap: bool,
    pipeline: str | None,
    sarif_file: Path | None,
    progress: bool | None,
    as_json: bool,
    directory: Path,
) -> int:
    """Judge RANGE by the rules of the branch it is to be merged into.

    Policy, people and gates are read from the target; every gate runs again on the content; notes count only by signatures
    of keys the target lists. Exit code 5 when only people's answers are missing, 3 when this clone lacks history.
    """
    if pipeline is not None:
        terminal.say(ready(pipeline))
        return exits.PASS
    here, speak = terminal.session(directory), terminal.progress(progress)
    if here.repository.is_unborn():
        raise TwelveError("there is no commit here yet", why="a range of commits is judged", next="commit first")
    if base and not here.repository.resolve(base) and here.repository.resolve(f"origin/{base}"):
        raise TwelveError(
            f"there is no branch {base!r} in this clone", why="origin has one", next=f"--base origin/{base}", kind=Trouble.CONFIG
        )
    found = verification.verify(
        here.repository,
        range=range,
        base=base,
        env=os.environ,
        bootstrap=bootstrap,
        on_progress=gate_answers.progress(speak),
        say=lambda text: speak(f"... {human.one_line(text)}"),
    )
    _note(here, found)
    if sarif_file is not None:
        _write(sarif_file, found)
    terminal.show(found, as_json=as_json, human=lambda: "\n".join(_lines(found, _unfetched(here, found))))
    return _code(found)


def ready(pipeline: str) -> str:
    """The text of a job that runs this in a code host's CI."""
    return (resources.files("twelve") / "content" / "pipelines" / PIPELINES[pipeline]).read_text(encoding="utf-8").rstrip("\n")


def _code(found: Verification) -> int:
    if found.passed:
        return exits.PASS
    if found.waiting:
        return exits.WAITING
    return exits.TOOL if found.lacking else exits.RED


def _lines(found: Verification, notes: Iterable[str] = ()) -> Iterator[str]:
    colour = terminal.colour()
    yield f"{human.count(found.commits, 'commit')}, {found.base[:12]}..{found.head[:12]}, to be merged into {human.one_line(found.called)}"
    yield f"by the rules of {found.rules_from[:12]}" + (", of high risk" if found.critical else "")
    if not found.adopted:
        yield human.style("FIRST POLICY: judged by the rules it brings itself. Read them before you merge.", "bold", colour=colour)
    yield ""
    rows = [(check.report.outcome.value, check.title, check.report.summary) for check in found.checks]
    yield human.table(("", "check", "what"), rows, colour=colour)
    if any(verdict.blocks for verdict in found.gates):
        yield "\n" + gate_answers.run_text(found.gates, {}, colour=colour)
    told = [finding for check in found.checks for finding in check.report.findings]
    if told:
        yield ""
    yield from (human.finding(finding, colour=colour) for finding in told[:SHOWN])
    if len(told) > SHOWN:
        yield f"and {len(told) - SHOWN} more; --json lists all"
    yield from (f"{check.title}: {check.report.reason}" for check in found.checks if check.red and check.report.reason)
    yield from (f"this machine says, and it proves nothing: {human.one_line(notice)}" for notice in found.notices)
    yield from notes
    yield ""
    yield "fit to be merged" if found.passed else "waiting for people" if found.waiting else "not fit to be merged"


def _unfetched(here: terminal.Session, found: Verification) -> Iterator[str]:
    """Answers travel as notes, which a clone leaves out: what is missing may only be missing here."""
    missing = any(check.id == "approvals" and check.red for check in found.checks)
    if missing and not machine.notes_refs(here.repository):
        yield "this clone holds no evidence (refs/notes/twelve); answers given elsewhere are not seen"
        yield "next: twelve evidence fetch, when somebody answered and pushed the evidence"


def _note(here: terminal.Session, found: Verification) -> None:
    """For the journal of this machine; a clone that cannot be written to is judged all the same."""
    outcome = Outcome.PASS if found.passed else Outcome.FAIL
    red = tuple(check.id for check in found.checks if check.red)
    with suppress(TwelveError):
        here.journal.emit("range.verified", target=found.target, base=found.base, head=found.head, outcome=outcome, red=red)


def _as_verdicts(found: Verification) -> Iterator[Verdict]:
    """The checks that are no gates, in the shape that is rendered."""
    for check in found.checks:
        if check.id != "gates" or not found.gates:
            yield Verdict(
                gate=check.id,
                kind="verify",
                required=True,
                report=check.report,
                definition=found.rules_from,
                subject=found.head,
                inputs="",
                started="",
                duration_s=0,
            )


def _write(target: Path, found: Verification) -> None:
    try:
        target.write_text(sarif.verdicts((*found.gates, *_as_verdicts(found))) + "\n", encoding="utf-8")
    except OSError as refused:
        raise TwelveError(
            f"cannot write {target}", why=str(refused.strerror), next="name a file in a writable folder", kind=Trouble.USAGE
        ) from None
