"""No conflict markers left over from a merge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from twelve.factors.gates import globs, reports
from twelve.factors.gates.kind import Job
from twelve.model.finding import Finding
from twelve.model.gate import Cost, Seed
from twelve.model.verdict import Report

SUMMARY = "no merge conflict markers"
COST = Cost.SYNTAX
TOOL = ""
INPUTS: tuple[str, ...] = ("**",)
TIMEOUT_S = 60.0
PURE = True

_PIECE = 65_536
"""Bytes of one line looked at; a longer line is read in pieces of this size."""
_EDGE = re.compile(rb"^(<{7}|>{7}|\|{7})(?: |\r?\n?$)")
_MIDDLE = re.compile(rb"^={7}\r?\n?$")
_SEEDED = "<" * 7 + " ours\nleft\n" + "=" * 7 + "\nright\n" + ">" * 7 + " theirs\n"


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gates.<id>.options]` of the kind `merge_markers`."""

    except_files: tuple[str, ...] = ()
    """Globs of files that show markers on purpose."""


def check(job: Job, options: Options) -> Report:
    """Look at every line of every file; constant memory."""
    chosen = [path for path in job.files if not globs.matches(options.except_files, path)]
    if not chosen:
        return reports.nothing("no file is left to judge", "correct inputs or except_files")
    findings = [finding for path in chosen for finding in _findings(job.root, path)]
    return reports.judged(findings, f"{reports.counted(len(chosen), 'file')} looked at")


def seed(_job: Job, _options: Options) -> Seed | None:
    """A whole conflict in a new text file."""
    return Seed(file="twelve-seeded-defect.txt", write=_SEEDED, because="holds an unresolved conflict")


def _findings(root: Path, path: str) -> list[Finding]:
    try:
        marks = list(_marks(root / path))
    except OSError as error:
        return [
            Finding(
                rule="file-unreadable", path=path, message=f"cannot be read: {error.strerror}", fix="make the file readable or remove it"
            )
        ]
    # Seven equals signs alone underline a title in reStructuredText and Markdown; only next to an edge are they a conflict.
    if not any(mark != "=" for _, mark in marks):
        return []
    return [
        Finding(
            rule="merge-marker",
            path=path,
            line=line,
            message=f"conflict marker {mark * 7}",
            fix="resolve the conflict and remove the marker lines",
            anchor=f"{mark}{sum(1 for at, other in marks if other == mark and at < line)}",
        )
        for line, mark in marks[:50]
    ]


def _marks(file: Path) -> Iterator[tuple[int, str]]:
    with file.open("rb") as stream:
        line = 1
        at_start = True
        while piece := stream.readline(_PIECE):
            if at_start and (mark := _EDGE.match(piece) or _MIDDLE.match(piece)):
                yield line, mark[0][:1].decode()
            at_start = piece.endswith(b"\n")
            line += at_start
