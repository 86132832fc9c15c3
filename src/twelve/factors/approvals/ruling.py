"""Who decided what: the law (a guard rule), automation (a gate) or a person; read back from the journal and the notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct


class Judge(StrEnum):
    """The three that decide (S1: laws, enforcement, judge)."""

    LAW = "law"
    AUTOMATION = "automation"
    PERSON = "person"


class Ruling(Struct, frozen=True, kw_only=True):
    """One decision about something, whoever made it."""

    at: str
    judge: Judge
    what: str
    outcome: str
    by: str = ""
    why: str = ""
    about: tuple[str, ...] = ()
    """Paths, digests and ids it names."""
    where: str = ""
    """Where the record lies."""


def rulings(events: Iterable[Mapping[str, Any]]) -> Iterator[Ruling]:
    """Decisions among journal events, in their order. Unknown events are passed over."""
    for event in events:
        name = str(event.get("name", ""))
        if name == "gate.finished":
            yield _gate(event)
        elif name == "guard.tampered" or (name == "hook.answered" and _text(event, "rules")):
            yield _guard(event, name)
        elif name in ("approval.granted", "approval.rejected", "approval.revoked", "exemption.granted"):
            yield _person(event, name)


def _gate(event: Mapping[str, Any]) -> Ruling:
    return Ruling(
        at=_text(event, "ts"),
        judge=Judge.AUTOMATION,
        what=f"gate {_text(event, 'gate')}",
        outcome=_text(event, "outcome"),
        by="twelve",
        about=_about(event, "subject", "run"),
        where="journal",
    )


def _guard(event: Mapping[str, Any], name: str) -> Ruling:
    """The fast path's answers name rules and digests, never paths; what was tampered with is named."""
    tampered = name == "guard.tampered"
    return Ruling(
        at=_text(event, "ts"),
        judge=Judge.LAW,
        what="guard: protected file" if tampered else f"guard {_text(event, 'rules')}",
        outcome=_text(event, "change") if tampered else _text(event, "decision"),
        by=_text(event, "client"),
        about=_about(event, "path", "digest", "run"),
        where="journal",
    )


def _person(event: Mapping[str, Any], name: str) -> Ruling:
    standing = _text(event, "channel") == "standing"
    return Ruling(
        at=_text(event, "ts"),
        judge=Judge.PERSON,
        what=_text(event, "request"),
        outcome=name.partition(".")[2] + (" (standing)" if standing else ""),
        by=_text(event, "by"),
        why=_text(event, "reason"),
        about=_about(event, "subject", "run", "scope", "rule", "decision"),
        where="journal",
    )


def _text(event: Mapping[str, Any], key: str) -> str:
    extra = event.get("attributes")
    value = event.get(key, extra.get(key, "") if isinstance(extra, Mapping) else "")
    return value if isinstance(value, str) else ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _about(event: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
    return tuple(text for key in keys if (text := _text(event, key)))
