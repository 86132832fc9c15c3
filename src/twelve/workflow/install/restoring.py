"""What to leave of one file of this machine when our part of it goes: the person's bytes, whatever they did meanwhile."""

from __future__ import annotations

import re

from msgspec import Struct

from twelve.system import files
from twelve.system.documents import DocumentError, json_edit
from twelve.system.documents.json_edit import Addition
from twelve.workflow.install import githooks, scripts
from twelve.workflow.install.record import Kind, Piece

_HOOK_BLOCK = re.compile(
    re.escape(scripts.MARK.encode()) + rb"[^\n]*\n.*?^" + re.escape(scripts.END.encode()) + rb"\n", re.DOTALL | re.MULTILINE
)
HOOK_FILE = "/twelve/state/hook.py"
"""In a command line, this is ours whatever stands around it."""


class Rest(Struct, frozen=True, kw_only=True):
    """What stays of a file, None when nothing does; `note` says what the person must know, `exact` that it is as before."""

    content: bytes | None
    note: str = ""
    exact: bool = True


def of(piece: Piece, current: bytes | None) -> Rest:
    """What to leave of a file that is not a displaced hook."""
    if current is None or piece.kind is Kind.RUNTIME:
        return Rest(content=None)
    now = files.digest_bytes(current)
    if piece.before and now == piece.before:
        return Rest(content=current)
    if now in (piece.after, piece.former):
        exact = json_edit.cut(current, piece.insertions()) if piece.before else None
        if not piece.before or exact is not None:
            return Rest(content=exact)
    if piece.kind is Kind.JSON:
        return _json(piece, current)
    return _block(piece, current) if piece.kind is Kind.BLOCK else hook(piece, current)


def _json(piece: Piece, current: bytes) -> Rest:
    comments = piece.part == "gemini"
    try:
        left, lost = json_edit.remove(current, piece.additions(), piece.made, name=piece.path, comments=comments)
        left, stubborn = _without_ours(left, piece, comments=comments)
        empty = json_edit.read(left, comments=comments) == {}
    except DocumentError as error:
        note = f"kept: {piece.path} is not JSON any more ({error.message}); take our entries out by hand: they name {HOOK_FILE}"
        return Rest(content=current, note=note, exact=False)
    note = f"kept: your edits of {piece.path}; only what twelve added was taken out"
    if stubborn:
        note = f"{note}; an entry that shares a group with one of yours is left: it names {HOOK_FILE}"
    elif lost and left == current:
        note = f"kept: {piece.path}: nothing of what twelve added was found in it"
    return Rest(content=None if empty and not piece.before else left, note=note, exact=not lost)


def _without_ours(data: bytes, piece: Piece, *, comments: bool) -> tuple[bytes, bool]:
    """Groups that run our hook after a person changed them: left behind they would block every call of the client."""
    hooks = json_edit.read(data, comments=comments).get("hooks")
    if not isinstance(hooks, dict):
        return data, False
    events = {event: groups for event, groups in hooks.items() if isinstance(groups, list)}
    ours = [Addition(pointer=("hooks", event), value=group) for event, groups in events.items() for group in groups if _runs_only_us(group)]
    own = {item.pointer for item in piece.additions()}
    # An event whose name a person changed is not one they had before.
    made = [*piece.made, *dict.fromkeys(item.pointer for item in ours if item.pointer not in own)]
    left, _ = json_edit.remove(data, ours, made, name=piece.path, comments=comments)
    return left, HOOK_FILE in left.decode("utf-8", "replace")


def _runs_only_us(group: object) -> bool:
    entries = group.get("hooks") if isinstance(group, dict) else None
    return isinstance(entries, list) and bool(entries) and all(HOOK_FILE in str(entry) for entry in entries)


def _block(piece: Piece, current: bytes) -> Rest:
    left = githooks.without_block(current, piece.edits[0].text.encode())
    if left is None:
        return Rest(content=current, exact=False)
    return Rest(content=None if not left.strip() and not piece.before else left)


def hook(piece: Piece, current: bytes) -> Rest:
    """An edited hook: what the person wrote around our lines stays."""
    if scripts.MARK.encode() not in current:
        return Rest(content=current, exact=False)
    left = _HOOK_BLOCK.sub(b"", current)
    if scripts.MARK.encode() in left:
        return Rest(content=current, note=f"kept: our lines in {piece.path} were edited; remove them by hand", exact=False)
    if not left.replace(b"#!/bin/sh", b"").strip():
        return Rest(content=None)
    return Rest(content=left, note=f"kept: your own lines in {piece.path}; only ours were removed", exact=False)
