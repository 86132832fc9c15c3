"""What every verb shares: the repository it works in, its options, and how it speaks.

A verb's `command` returns its exit code (None means 0). Data goes to stdout, progress and trouble to stderr.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from twelve.model.errors import Trouble, TwelveError
from twelve.model.settings import Settings
from twelve.system import config, git, journal
from twelve.workflow import switches

F = TypeVar("F", bound=Callable[..., Any])
DIRECTORY_HELP = "Work in this folder instead of the current one."


class Session:
    """One command's view of the repository; nothing is read before it is asked for."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @cached_property
    def repository(self) -> git.Repository:
        if not self.directory.is_dir():
            raise TwelveError(f"{self.directory} is not a folder", next="give an existing folder to -C", kind=Trouble.USAGE)
        return git.discover(self.directory)

    @property
    def root(self) -> Path:
        return self.repository.root

    @cached_property
    def loaded(self) -> config.Loaded:
        return config.load(self.root)

    @cached_property
    def settings(self) -> Settings:
        """What is in force: switched-off factors are taken out. ConfigError for an unknown switch."""
        return switches.effective(self.loaded.settings)

    @cached_property
    def journal(self) -> journal.Journal:
        return journal.Journal(self.repository.state_dir / "journal")


class Verb(click.Command):
    """A command with worked examples below its help and, when it answers in JSON, the type of that answer."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), answer: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.answer = answer

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(self.examples, formatter)
        super().format_epilog(ctx, formatter)


class VerbGroup(click.Group):
    """A verb with words below it, e.g. `twelve config explain`."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(self.examples, formatter)
        super().format_epilog(ctx, formatter)


def write_examples(examples: Sequence[str], formatter: click.HelpFormatter) -> None:
    """One example per line; click would fold them into a paragraph."""
    if not examples:
        return
    with formatter.section("Examples"):
        for example in examples:
            formatter.write(f"{'':>{formatter.current_indent}}{example}\n")


def directory_option(function: F) -> F:
    """Adds -C/--directory as `directory`; falls back to the one given before the verb."""
    where = click.option("-C", "--directory", type=click.Path(path_type=Path), callback=_inherited, help=DIRECTORY_HELP)
    return where(function)


def json_option(function: F) -> F:
    """Adds --json as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON; the schema is in docs/reference.")(function)


def _inherited(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> Path:
    if value is not None:
        return value
    outer = ctx.find_root().obj
    return outer if isinstance(outer, Path) else Path(".")


def session(directory: Path | str = ".") -> Session:
    """The repository around `directory`, found only when a property needs it."""
    return Session(Path(directory))


def say(text: str = "") -> None:
    """One answer for a person, on stdout."""
    click.echo(text)


def emit_json(value: Any) -> None:
    """One JSON document on stdout: structs as objects, ASCII only, so every terminal and pipe can carry it."""
    click.echo(json.dumps(msgspec.to_builtins(value, str_keys=True), indent=2, ensure_ascii=True))


def show(value: Any, *, as_json: bool, human: Callable[[], str]) -> None:
    """The same answer for a program or for a person."""
    if as_json:
        emit_json(value)
    else:
        say(human())


def colour() -> bool:
    """Whether stdout is a terminal that wants colour (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def progress(wanted: bool | None = None) -> Callable[[str], None]:
    """A function for live lines on stderr; silent unless stderr is a terminal or `wanted` says so."""
    speak = sys.stderr.isatty() if wanted is None else wanted
    return (lambda text: click.echo(text, err=True)) if speak else (lambda _text: None)
