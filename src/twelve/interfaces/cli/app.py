"""The table of verbs. A verb is one file with a `command`, imported only when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click

from twelve.version import __version__


class Entry(NamedTuple):
    """Where a verb lives and what it is for."""

    module: str
    help: str
    group: str


_HERE = "twelve.interfaces.cli"
UNLISTED = ""
"""Group of verbs that programs call and the list of verbs leaves out."""

VERBS: Mapping[str, Entry] = {
    "demo": Entry(f"{_HERE}.demo", "See the whole loop work in a throw-away repository.", "start"),
    "init": Entry(f"{_HERE}.init", "Put this repository under operations.", "start"),
    "upgrade": Entry(f"{_HERE}.upgrade", "Bring what init wrote to this version, never over your edits.", "start"),
    "doctor": Entry(f"{_HERE}.doctor", "Find what keeps hooks and gates from working, and repair it.", "start"),
    "uninstall": Entry(f"{_HERE}.uninstall", "Take back everything init wrote, byte for byte.", "start"),
    "status": Entry(f"{_HERE}.status", "Say what holds here, what is open, what waits for a person.", "start"),
    "config": Entry(f"{_HERE}.config", "Show and explain the effective settings.", "start"),
    "factors": Entry(f"{_HERE}.factors", "List the twelve factors and what each guarantees today.", "start"),
    "run": Entry(f"{_HERE}.run", "Drive an agent through the five phases.", "runs"),
    "resume": Entry(f"{_HERE}.resume", "Continue a run that stopped or waited.", "runs"),
    "runs": Entry(f"{_HERE}.runs", "List runs and what they wait for.", "runs"),
    "logs": Entry(f"{_HERE}.logs", "Show what happened in a run.", "runs"),
    "cancel": Entry(f"{_HERE}.cancel", "Stop a run.", "runs"),
    "worker": Entry(f"{_HERE}.worker", "Drive queued runs on this machine.", "runs"),
    "approve": Entry(f"{_HERE}.approve", "Allow exactly what a request names.", "runs"),
    "reject": Entry(f"{_HERE}.reject", "Refuse what a request names.", "runs"),
    "approvals": Entry(f"{_HERE}.approvals", "See requests, standing approvals and whether answers mean something.", "runs"),
    "exempt": Entry(f"{_HERE}.exempt", "Set a guard rule aside for a scope and a time.", "runs"),
    "next": Entry(f"{_HERE}.next", "Say where the work stands, what is missing, what may come next.", "phases"),
    "prime": Entry(f"{_HERE}.prime", "Start or check phase 1: the problem.", "phases"),
    "research": Entry(f"{_HERE}.research", "Start or check phase 2: the approaches.", "phases"),
    "plan": Entry(f"{_HERE}.plan", "Start or check phase 3: the steps.", "phases"),
    "implement": Entry(f"{_HERE}.implement", "Start or check phase 4: the work.", "phases"),
    "learn": Entry(f"{_HERE}.learn", "Start or check phase 5: what was learned.", "phases"),
    "gate": Entry(f"{_HERE}.gate", "Run, list, explain and prove gates.", "gates"),
    "guard": Entry(f"{_HERE}.guard", "Ask the guard about a call, list, explain and test its rules.", "gates"),
    "prove": Entry(f"{_HERE}.prove", "See guards and gates stop what they must: live fire, planted defects.", "gates"),
    "verify": Entry(f"{_HERE}.verify", "Judge a range by the rules of what it is to be merged into.", "gates"),
    "evidence": Entry(f"{_HERE}.evidence", "Exchange verdicts and approvals with a remote.", "records"),
    "audit": Entry(f"{_HERE}.audit", "Say what was decided about a file or commit, why and by whom.", "records"),
    "laws": Entry(f"{_HERE}.laws", "Say what the laws are and how they are kept.", "gates"),
    "hook": Entry(f"{_HERE}.hook", "Answer a git hook; git calls it.", UNLISTED),
    "ingest": Entry(f"{_HERE}.ingest", "Record runs made by another tool.", "records"),
}

GROUPS: Mapping[str, str] = {
    "start": "Start here",
    "runs": "Runs",
    "phases": "The five phases, by hand",
    "gates": "Gates",
    "records": "Records",
}


class LazyGroup(click.Group):
    """Finds a verb in the table instead of importing all of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = VERBS.get(cmd_name)
        return load(entry) if entry else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in VERBS:
            raise click.UsageError(f"there is no verb '{args[0]}'{_suggestion(args[0])}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for group, heading in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, entry.help) for name, entry in VERBS.items() if entry.group == group])


def load(entry: Entry) -> click.Command:
    """Import a verb's file and hand out its command."""
    found: click.Command = import_module(entry.module).command
    return found


def explain(trouble: click.ClickException) -> str:
    """A wrong command line in words, with the help page that settles it."""
    context: click.Context | None = getattr(trouble, "ctx", None)
    path = context.command_path if context else "twelve"
    if isinstance(trouble, click.exceptions.NoArgsIsHelpError) and context and isinstance(context.command, click.Group):
        words = ", ".join(context.command.list_commands(context))
        return f"{path} needs one more word\nwhy: it is one of {words}\nnext: see {path} --help"
    return f"{trouble.format_message()}\nnext: see {path} --help"


def _suggestion(word: str) -> str:
    close = get_close_matches(word, VERBS, n=2, cutoff=0.6)
    return f"; did you mean {' or '.join(close)}?" if close else ""


@click.command(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="See one verb with: twelve VERB --help",
)
@click.option("-C", "--directory", type=click.Path(path_type=Path), default=Path("."), help="Work in this folder.")
@click.version_option(__version__, prog_name="twelve", message="%(prog)s %(version)s")
@click.pass_context
def command(ctx: click.Context, directory: Path) -> Any:
    """Operate coding agents through a gated loop: prime, research, plan, implement, learn."""
    ctx.obj = directory
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
