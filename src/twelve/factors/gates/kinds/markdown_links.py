"""Links between files of the repository lead somewhere: files, folders, headings, lines. No network.

Web links are not followed and nothing is said about them.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable
from functools import cache

from msgspec import Struct

from twelve.factors.gates import globs, reports
from twelve.factors.gates.kind import Job
from twelve.factors.gates.reading import markdown
from twelve.model.errors import TwelveError
from twelve.model.finding import Finding, Severity
from twelve.model.gate import Cost, Seed
from twelve.model.verdict import Report
from twelve.system import files

SUMMARY = "links between Markdown files lead somewhere"
COST = Cost.SYNTAX
TOOL = ""
INPUTS: tuple[str, ...] = ("*.md", "*.markdown")
TIMEOUT_S = 60.0
# Not pure: a target can be any file, folder or record, also one outside the inputs.

_SCHEME = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]{0,30}:|//)")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_LINES = re.compile(r"^L(\d{1,7})(?:C\d+)?(?:-L?(\d{1,7})(?:C\d+)?)?$")
_PAGES = (".md", ".markdown")

Reader = Callable[[str], markdown.Page | str]
"""Reads a page once; text instead of a page says why it cannot be read."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[gates.<id>.options]` of the kind `markdown_links`."""

    ignore_targets: tuple[str, ...] = ()
    """Targets, as written, that are left alone; globs."""
    max_bytes: int = 2_000_000
    """Largest page that is read, bytes (ours)."""


def check(job: Job, options: Options) -> Report:
    """Judge every relative link, image, reference and anchor of every page."""
    pages = job.files
    if not pages:
        return reports.nothing("no Markdown file matches", "correct the gate's inputs or remove the gate")
    read = _reader(job, options.max_bytes)
    findings: list[Finding] = []
    links = 0
    for path in pages:
        page = read(path)
        if isinstance(page, str):
            findings.append(Finding(rule="page-unreadable", path=path, message=page, fix="split the page or make it readable"))
            continue
        links += len(page.links)
        findings += [_undefined(path, label, line) for label, line in page.undefined]
        for link in page.links:
            if not _SCHEME.match(link.target) and not globs.matches(options.ignore_targets, link.target):
                findings += _judge(job, path, link, read)
    return reports.judged(findings, f"{reports.counted(links, 'link')} in {reports.counted(len(pages), 'page')}")


def seed(_job: Job, _options: Options) -> Seed | None:
    """A page with a link to a file that is not there."""
    return Seed(file="twelve-seeded-defect.md", write="[nowhere](twelve-no-such-file.md)\n", because="links to a file that does not exist")


def _reader(job: Job, limit: int) -> Reader:
    @cache
    def read(path: str) -> markdown.Page | str:
        try:
            return markdown.read(files.read_text(files.confined(job.root, path), limit))
        except TwelveError as error:
            return error.what

    return read


def _judge(job: Job, path: str, link: markdown.Link, read: Reader) -> list[Finding]:
    target, _, fragment = link.target.partition("#")
    target = _decode(target.split("?", 1)[0])
    if not target:
        place = path
    elif target.startswith("/"):
        place = posixpath.normpath(target.lstrip("/") or ".")
    else:
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    if place == ".." or place.startswith("../"):
        return [_broken("link-leaves-repository", path, link, "leads out of the repository")]
    try:
        found = job.root if place == "." else files.confined(job.root, place)
    except TwelveError:
        return [_broken("link-leaves-repository", path, link, "leads out of the repository")]
    # os.path rather than pathlib: a name no file system accepts is absent, not an exception.
    if not os.path.exists(found):
        return [_broken("link-missing-file", path, link, f"{place} does not exist")]
    if not fragment or os.path.isdir(found):
        return []
    return _judge_fragment(path, link, place, _decode(fragment), read)


def _judge_fragment(path: str, link: markdown.Link, place: str, fragment: str, read: Reader) -> list[Finding]:
    if not place.lower().endswith(_PAGES):
        return []
    page = read(place)
    if (
        isinstance(page, str)
        or _LINES.match(fragment)
        or fragment in page.anchors
        or fragment.removeprefix("user-content-") in page.anchors
    ):
        return []
    return [_broken("link-missing-anchor", path, link, f"{place} has no heading or anchor {fragment!r}")]


def _decode(text: str) -> str:
    """Percent decoding; what does not decode stays as it is."""
    return _PERCENT.sub(lambda found: bytes([int(found[1], 16)]), text.encode("utf-8", "surrogateescape")).decode(
        "utf-8", "surrogateescape"
    )


def _broken(rule: str, path: str, link: markdown.Link, message: str) -> Finding:
    # A target's percent codes may spell bytes that are no text; a message must stay printable.
    said = message.encode("utf-8", "replace").decode()
    return Finding(
        rule=rule, path=path, line=link.line, message=said, fix="correct the link or create what it points to", anchor=link.target
    )


def _undefined(path: str, label: str, line: int) -> Finding:
    # GitHub shows an undefined reference as plain text; that is a blemish, and sometimes meant.
    return Finding(
        rule="link-undefined-reference",
        path=path,
        line=line,
        message=f"the reference [{label}] is not defined in this page",
        severity=Severity.WARNING,
        fix=f"add a line [{label}]: target",
        anchor=label,
    )
