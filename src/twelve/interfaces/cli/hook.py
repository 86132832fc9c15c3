"""`twelve hook`: what the installed git hooks run. Not for typing, but nothing happens when somebody does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from twelve.interfaces.cli import exits, gate_answers, terminal
from twelve.model.errors import TwelveError
from twelve.model.settings import Settings
from twelve.workflow.githooks import commit_msg, post_commit, pre_commit, pre_push, prepare_commit_msg, witnessing
from twelve.workflow.githooks.occasion import Answer, Occasion, refusal, where

STDIN_LIMIT = 4_000_000
"""Bytes of a push's list of references (ours)."""


@click.group(cls=terminal.VerbGroup, hidden=True, examples=("twelve hook git pre-commit", "twelve hook git commit-msg .git/COMMIT_EDITMSG"))
def command() -> None:
    """Answer what git calls its hooks for."""


@command.command(cls=terminal.Verb, examples=("twelve hook git pre-commit", "twelve hook git commit-msg .git/COMMIT_EDITMSG"))
@click.argument("name")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@terminal.directory_option
def git(name: str, words: tuple[str, ...], directory: Path) -> int:
    """Answer one git hook. Exit code 1 stops git."""
    here = terminal.session(directory)
    answers: dict[str, Callable[[Occasion], Answer]] = {
        "pre-commit": lambda now: pre_commit.answer(now, on_progress=gate_answers.progress(terminal.progress(None))),
        "prepare-commit-msg": lambda now: prepare_commit_msg.answer(now, where(here.repository, words[0]), *words[1:2]),
        "commit-msg": lambda now: commit_msg.answer(now, where(here.repository, words[0])),
        "pre-push": lambda now: pre_push.answer(now, sys.stdin.buffer.read(STDIN_LIMIT)),
        "post-commit": post_commit.answer,
    }
    if name not in answers or (name.endswith("-msg") and not words):
        # A newer git may call hooks that nobody knew when these were written; it must not stop on us.
        return exits.PASS
    ruled = (here.root / "twelve.toml").is_file()
    if not ruled and not witnessing.installed(here.repository):
        click.echo(f"twelve: {name}: there is no twelve.toml here, so there is nothing to judge by", err=True)
        return exits.PASS
    occasion = Occasion(here.repository, here.settings if ruled else Settings())
    seen = _answer(lambda now: witnessing.answer(now, name, ruled=ruled), occasion)
    if seen.code or not ruled:
        return _told(name, seen)
    _told(name, seen)
    return _told(name, _answer(answers[name], occasion))


def _answer(ask: Callable[[Occasion], Answer], occasion: Occasion) -> Answer:
    try:
        return ask(occasion)
    except TwelveError as trouble:
        return Answer(code=1, lines=(refusal(trouble.what, why=trouble.why, next=trouble.next),))


def _told(name: str, answer: Answer) -> int:
    """Hooks speak on standard error: some of git's own output is read by programs."""
    for line in answer.lines:
        click.echo(f"twelve {name}: {line}", err=True)
    if answer.verdicts:
        click.echo(gate_answers.run_text(answer.verdicts, {}, colour=sys.stderr.isatty()), err=True)
    return exits.RED if answer.code else exits.PASS
