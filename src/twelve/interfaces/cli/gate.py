"""`twelve gate`: run, list, show, explain and prove the gates of this repository."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from twelve.factors.gates import budgets, engine, fingerprints, ledger, remembering, suites
from twelve.factors.gates.definition import Gate
from twelve.interfaces.cli import exits, gate_answers, gate_inspect, gate_prove, terminal
from twelve.model.errors import ConfigError, Trouble, TwelveError
from twelve.model.phase import Phase
from twelve.model.verdict import Verdict
from twelve.render import sarif


@click.group(cls=terminal.VerbGroup, examples=("twelve gate run", "twelve gate run --suite quick", "twelve gate prove"))
def command() -> None:
    """Run, list, explain and prove gates: the checks this content must pass before work goes on."""


@command.command(
    cls=terminal.Verb,
    answer=gate_answers.RunAnswer,
    examples=("twelve gate run --suite quick", "twelve gate run tests lint --sarif gates.sarif", "twelve gate run --phase plan --json"),
)
@click.argument("ids", nargs=-1)
@click.option("--suite", type=click.Choice([suites.QUICK, suites.FULL]), help="Which gates; full when nothing else is said.")
@click.option("--phase", type=click.Choice([phase.value for phase in Phase]), help="The gates of one phase.")
@click.option(
    "--sarif", "sarif_file", type=click.Path(path_type=Path), help="Also write SARIF 2.1.0 to this file ('-': stdout, nothing else)."
)
@click.option("--no-cache", is_flag=True, help="Judge again even if this content was judged before.")
@click.option("--fail-fast/--no-fail-fast", default=True, help="Stop before more expensive gates once a required one is red (default: on).")
@click.option("--jobs", type=click.IntRange(1, 256), help="Gates at a time; default: processors.")
@click.option("--base", default="", help="Measure the change against this revision; default: the current commit.")
@click.option("--progress/--no-progress", default=None, help="Live lines on stderr; default: when stderr is a terminal.")
@terminal.json_option
@terminal.directory_option
def run(
    ids: tuple[str, ...],
    suite: str | None,
    phase: str | None,
    sarif_file: Path | None,
    no_cache: bool,
    fail_fast: bool,
    jobs: int | None,
    base: str,
    progress: bool | None,
    as_json: bool,
    directory: Path,
) -> int:
    """Judge this content; evidence is kept in git notes. IDS name single gates, with what they need."""
    session = terminal.session(directory)
    gates = chosen(session, ids, suite, phase)
    plain = not (ids or phase or no_cache or base or as_json or sarif_file or not fail_fast)
    seen = remembering.observe(session.repository, gates) if plain else None
    verdicts = engine.judge(
        session.repository,
        session.root,
        gates,
        base=_base(session, base),
        cache=not no_cache,
        jobs=jobs,
        fail_fast=fail_fast,
        on_progress=gate_answers.progress(terminal.progress(progress)),
    )
    commit = ledger.record(session.repository, verdicts, journal=session.journal)
    branch = session.repository.branch() or "HEAD"
    changes = fingerprints.since_last(session.repository.state_dir, branch, verdicts)
    slow = [told for gate, verdict in zip(gates, verdicts, strict=True) if (told := budgets.over(gate, verdict))]
    answer = gate_answers.run_answer(verdicts, changes, commit, slow)
    if sarif_file is not None:
        _write_sarif(sarif_file, verdicts)
    text = gate_answers.run_text(verdicts, changes, slow, colour=terminal.colour())
    if sarif_file != Path("-"):
        terminal.show(answer, as_json=as_json, human=lambda: text)
    code = _code(verdicts)
    if not any(change.new or change.fixed for change in changes.values()):
        again = tuple(msgspec.structs.replace(verdict, cached=True) for verdict in verdicts)
        remembering.remember(seen, suite or suites.FULL, again, code, lambda colour: gate_answers.run_text(again, changes, colour=colour))
    return code


command.add_command(gate_inspect.listing)
command.add_command(gate_inspect.show)
command.add_command(gate_inspect.explain)
command.add_command(gate_prove.prove)


def chosen(session: terminal.Session, ids: tuple[str, ...], suite: str | None, phase: str | None) -> tuple[Gate, ...]:
    """The gates asked for. TwelveError when the question contradicts itself or there is nothing to check."""
    if sum((bool(ids), bool(suite), bool(phase))) > 1:
        raise TwelveError("name gates, a suite or a phase, not several of them", next="see twelve gate run --help", kind=Trouble.USAGE)
    gates = suites.named(session.settings, ids) if ids else suites.select(session.settings, phase or suite or suites.FULL)
    if not gates:
        raise ConfigError(
            f"there is nothing to check: no gate {f'of phase {phase}' if phase else f'in suite {suite}' if suite else 'is defined'}",
            why="a check of nothing would look like a pass",
            next="define gates in twelve.toml; `twelve init` proposes some for this repository",
        )
    return gates


def _base(session: terminal.Session, base: str) -> str:
    if not base:
        return ""
    found = session.repository.resolve(base)
    if not found:
        raise TwelveError(
            f"there is no revision {base!r}", why="git cannot resolve it", next="name a branch, tag or commit", kind=Trouble.USAGE
        )
    return session.repository.merge_base(found, "HEAD") or found


def _write_sarif(target: Path, verdicts: tuple[Verdict, ...]) -> None:
    text = sarif.verdicts(verdicts)
    if str(target) == "-":
        terminal.say(text)
        return
    try:
        target.write_text(text + "\n", encoding="utf-8")
    except OSError as refused:
        raise TwelveError(
            f"cannot write {target}", why=str(refused.strerror), next="name a file in a writable folder", kind=Trouble.USAGE
        ) from None


def _code(verdicts: tuple[Verdict, ...]) -> int:
    """Red beats a missing tool; with nothing but missing tools in the way the machine is to be completed."""
    blocking = [verdict for verdict in verdicts if verdict.blocks]
    if not blocking:
        return exits.PASS
    reached = [verdict for verdict in blocking if not verdict.report.reason.startswith(("not reached", "needs "))]
    missing = [verdict for verdict in reached if verdict.report.summary == f"{verdict.report.tool} is missing"]
    return exits.TOOL if missing and len(missing) == len(reached) else exits.RED
