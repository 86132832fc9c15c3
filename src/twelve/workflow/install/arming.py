"""What is put in place to arm this machine: the generated hook, and what each client and git are told to run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

CLIENTS = ("claude", "codex", "gemini")
GIT = "git"


class Arming(Struct, frozen=True, kw_only=True):
    """Generated files and registrations that belong together."""

    generated: dict[str, int]
    """Files below the state folder, with their sizes in bytes. Their content depends on everything else that is installed."""
    write: Callable[[], None]
    """Generates and writes them for the tree as it is now."""
    digest: str
    """Of the files as they would be generated now."""
    written: Callable[[], str]
    """Digest of the files as they lie there; "" when they are not there."""
    commands: dict[str, str]
    """The command line for each client, and for `git`; ready for a shell."""
    hooks: dict[str, dict[str, list[Any]]]
    """Events and their groups in each client's own shape."""
    deny: dict[str, tuple[str, ...]]
    """Permission rules of the client itself."""
