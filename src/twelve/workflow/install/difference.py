"""A plan as a unified diff: every file once, as it will be in the end, with its permission bits."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from twelve.workflow.install.record import RECORD
from twelve.workflow.install.values import MANIFEST, Change, Place, Plan

STATE = "twelve/state/"
"""What lies there below the git directory is generated: the hook, and the record of the installation."""


def diff(plan: Plan) -> str:
    """The manifest comes last, because it says only what the rest shows."""
    every = (*plan.changes, *plan.final)
    last = {(change.place, change.path): change for change in every}
    first = {(change.place, change.path): change for change in reversed(every)}
    whole = [
        Change(
            place=key[0],
            path=key[1],
            before=first[key].before,
            after=last[key].after,
            mode=last[key].mode,
            mode_before=first[key].mode_before,
        )
        for key in last
    ]
    return "".join(line for change in sorted(whole, key=lambda change: change.path in (MANIFEST, RECORD)) for line in of_change(change))


def of_change(change: Change) -> Iterator[str]:
    """The lines for one file; state of ours, which nobody reads as text, by its size."""
    name = label(change)
    if change.place is Place.GIT and change.path.startswith(STATE):
        yield _size(name, change)
        return
    if change.before is None and change.mode is not None:
        yield f"new file mode {change.mode | 0o100000:o} {name}\n"
    elif change.after is not None and change.mode is not None and change.mode != change.mode_before:
        yield f"mode {change.mode_before or 0:o} -> {change.mode:o} {name}\n"
    old = f"a/{name}" if change.before is not None else "/dev/null"
    new = f"b/{name}" if change.after is not None else "/dev/null"
    yield from text_diff(change.before, change.after, old, new)


def _size(name: str, change: Change) -> str:
    if change.after is None:
        return f"removes {name} ({len(change.before or b'')} bytes, generated)\n"
    mode = f", mode {change.mode | 0o100000:o}" if change.mode is not None and change.before is None else ""
    return f"{'writes' if change.before is None else 'rewrites'} {name} ({len(change.after)} bytes{mode}, generated)\n"


def text_diff(before: bytes | None, after: bytes | None, old: str, new: str) -> Iterator[str]:
    for line in difflib.unified_diff(_lines(before), _lines(after), old, new):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def label(change: Change) -> str:
    """How a person knows the file."""
    return change.path if change.place is Place.TREE else f".git/{change.path}"


def _lines(data: bytes | None) -> list[str]:
    *whole, rest = (data or b"").decode("utf-8", "surrogateescape").split("\n")
    return [*(f"{line}\n" for line in whole), *([rest] if rest else [])]
