"""The clients whose configuration is understood, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twelve.workflow.livefire import claude, codex, gemini
from twelve.workflow.livefire.entries import Reading
from twelve.workflow.livefire.words import Around

READERS: Mapping[str, Callable[[Around], Reading]] = {"claude": claude.read, "codex": codex.read, "gemini": gemini.read}
