"""Hook entries in the shape all three clients share, and what is wrong with a file that holds them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from twelve.model.errors import TwelveError
from twelve.system import files
from twelve.system.documents import json_edit
from twelve.workflow.install.restoring import HOOK_FILE
from twelve.workflow.livefire.words import Cause, Problem

NARROWING = ("if", "once", "async", "asyncRewake")
"""Members that keep a hook from some calls, or from being waited for."""


class Entry(Struct, frozen=True, kw_only=True):
    """One registered hook."""

    event: str
    matcher: str | None
    type: str
    command: str
    """As the client gives it to a shell; "" for a hook that is no command."""
    timeout: float | None
    """In the client's own unit; None = the client's default."""
    narrowed: tuple[str, ...]
    source: str
    env: tuple[tuple[str, str], ...] = ()
    """Variables the client sets for hooks from this place."""

    @property
    def ours(self) -> bool:
        return HOOK_FILE in self.command

    @property
    def words(self) -> tuple[str, ...]:
        """The command line as words; empty when no shell could read it."""
        try:
            return tuple(shlex.split(self.command))
        except ValueError:
            return ()


class Reading(Struct, frozen=True, kw_only=True):
    """What a client would have loaded here."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What keeps the client from loading something, or from running any of it."""
    files: tuple[str, ...] = ()
    """Every file that counts, existing or not."""

    @property
    def ours(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.ours)


def document(path: Path, *, comments: bool = False) -> Any:
    """A settings file's value, None without the file. TwelveError when it cannot be read."""
    return json_edit.read(files.read_bounded(path), name=str(path), comments=comments) if path.exists() else None


def unreadable(client: str, path: Path, trouble: TwelveError) -> Problem:
    """The client ignores this file."""
    return Problem(
        cause=Cause.SETTINGS_INVALID,
        what=f"{path} cannot be read: {trouble.what}",
        why=f"{client} ignores such a file without a word, and every hook in it",
        next="correct the file",
        path=str(path),
    )


def unknown_type(client: str, path: Path, found: list[str]) -> Problem:
    """The client drops the whole file."""
    return Problem(
        cause=Cause.SETTINGS_INVALID,
        what=f"{path} holds a hook of type {found[0]!r}, which {client} does not know",
        why="the oldest supported version then ignores the whole file without a word",
        next="take that hook out of the file",
        path=str(path),
    )


def listed(hooks: Any, source: Path, env: tuple[tuple[str, str], ...] = ()) -> Iterator[Entry]:
    """Every entry of a `hooks` member. What is not shaped like one is left out, as the clients do."""
    for event, groups in hooks.items() if isinstance(hooks, dict) else ():
        for group in groups if isinstance(groups, list) else ():
            if isinstance(group, dict):
                inner = group.get("hooks")
                for entry in inner if isinstance(inner, list) else ():
                    if isinstance(entry, dict):
                        yield _entry(str(event), group, entry, source, env)


def _entry(event: str, group: dict[str, Any], entry: dict[str, Any], source: Path, env: tuple[tuple[str, str], ...]) -> Entry:
    matcher, timeout, words = group.get("matcher"), entry.get("timeout"), entry.get("args")
    command = str(entry.get("command") or "")
    if isinstance(words, list):
        command = shlex.join([command, *map(str, words)])
    return Entry(
        event=event,
        matcher=matcher if isinstance(matcher, str) else None,
        type=str(entry.get("type")),
        command=command,
        timeout=float(timeout) if isinstance(timeout, int | float) and not isinstance(timeout, bool) else None,
        narrowed=tuple(name for name in NARROWING if entry.get(name)),
        source=str(source),
        env=env,
    )
