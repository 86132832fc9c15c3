"""What a Markdown text links to and what can be linked to in it. Linear scanning, no rendering.

Anchors follow GitHub: the heading's text in lower case, without punctuation, blanks as hyphens, `-1`, `-2` for
repeats; `<a id>` and `<a name>` count too. Code fences, code spans and HTML comments hold no links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_FENCE = re.compile(r"^ {0,3}(?:> ?){0,3}(?:[-*+] {1,3}|\d{1,9}[.)] {1,3})? {0,8}(?P<mark>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_ATX = re.compile(r"^ {0,3}#{1,6}(?:[ \t]+(?P<text>.*?))?(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r"^ {0,3}(?:=+|-+)[ \t]*$")
_DEFINITION = re.compile(r"^ {0,3}\[(?P<label>[^\]\[\n]{1,300})\]:[ \t]*(?P<target><[^<>\n]*>|\S+)")
_FOOTNOTE = re.compile(r"^\^")
_REFERENCE = re.compile(r"\[(?P<text>[^\[\]\n]{1,500})\]\[(?P<label>[^\[\]\n]{0,300})\]")
_HTML = re.compile(
    r"<(?:a|img|link|source|video|audio)\b[^<>]{0,500}?\b(?:href|src)[ \t]*=[ \t]*(?P<quote>[\"'])(?P<target>[^\"'<>]{0,1000})(?P=quote)",
    re.IGNORECASE,
)
_ANCHOR = re.compile(r"<[a-z][a-z0-9]*\b[^<>]{0,500}?\b(?:id|name)[ \t]*=[ \t]*[\"'](?P<id>[^\"'<>]{1,300})[\"']", re.IGNORECASE)
_TICKS = re.compile(r"`+")
_SPAN = re.compile(r"(?<!`)(`{1,3})(?!`)(.{1,400}?)(?<!`)\1(?!`)")
_LINKED = re.compile(r"!?\[([^\[\]]{0,500})\](?:\([^()]{0,1000}\)|\[[^\[\]]{0,300}\])")
_TARGET_LIMIT = 1_000
"""Characters of one link target (ours): keeps reading linear on hostile lines."""
_BLANKS = re.compile(r"[ \t]{0,20}")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
# Brackets in a target balance, two deep; every alternative starts with another character, so nothing backtracks.
_DESTINATION = re.compile(rf"(?:[^()\s\\]|\\.|\((?:[^()\s\\]|\\.|\([^()\s\\]{{0,200}}\)){{0,200}}\)){{0,{_TARGET_LIMIT}}}")
_TAG = re.compile(r"<[^<>]{1,500}>")
_UNDERSCORES = re.compile(r"(?<!\w)_{1,3}(?=\S)(.{1,400}?)(?<=\S)_{1,3}(?!\w)")


class Link(Struct, frozen=True, kw_only=True):
    """One link or image, target as written."""

    target: str
    line: int


class Page(Struct, frozen=True, kw_only=True):
    """Everything about links in one text."""

    links: tuple[Link, ...]
    anchors: frozenset[str]
    undefined: tuple[tuple[str, int], ...]
    """Reference labels used in `[text][label]` and defined nowhere, with their line."""


def read(text: str) -> Page:
    """Links, anchors and undefined references of one text."""
    shown = list(_lines_without_code(text))
    definitions = {_label(match["label"]): match["target"] for _, line in shown if (match := _definition(line))}
    links: list[Link] = []
    undefined: list[tuple[str, int]] = []
    for number, line in shown:
        if match := _definition(line):
            links.append(Link(target=match["target"].strip("<>"), line=number))
            continue
        bare = _without_spans(line)
        links += [Link(target=target, line=number) for target in _inline(bare)]
        links += [Link(target=match["target"], line=number) for match in _HTML.finditer(bare)]
        for use in _REFERENCE.finditer(bare):
            label = use["label"] or use["text"]
            if _label(label) not in definitions and not _FOOTNOTE.match(label):
                undefined.append((label, number))
    return Page(links=tuple(links), anchors=_anchors(shown), undefined=tuple(undefined))


def slug(heading: str) -> str:
    """GitHub's anchor of one heading, before numbering repeats."""
    text = _LINKED.sub(r"\1", heading)
    text = _SPAN.sub(r"\2", text)
    text = _UNDERSCORES.sub(r"\1", _TAG.sub("", text))
    kept = "".join(sign for sign in text.strip().lower() if sign.isalnum() or sign in " -_" or _is_mark(sign))
    return kept.replace(" ", "-")


def _is_mark(sign: str) -> bool:
    # Combining marks belong to the letters of many scripts.
    return "\u0300" <= sign <= "\u036f" or "\u0900" <= sign <= "\u0dff" or "\u0e30" <= sign <= "\u0e4e"


def _lines_without_code(text: str) -> Iterator[tuple[int, str]]:
    fence = ""
    comment = False
    for number, line in enumerate(_without_front_matter(text).split("\n"), 1):
        found = _FENCE.match(line.rstrip("\r"))
        if fence:
            if found and found["mark"][0] == fence[0] and len(found["mark"]) >= len(fence) and not found["info"].strip():
                fence = ""
            continue
        if found and not comment:
            fence = found["mark"]
            continue
        kept, comment = _without_comment(line.rstrip("\r"), comment)
        yield number, kept


def _without_front_matter(text: str) -> str:
    """YAML frontmatter blanked out, so that line numbers stay."""
    match = re.match(r"\ufeff?---[ \t]*\r?\n", text)
    end = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE).search(text, match.end()) if match else None
    return "\n" * text.count("\n", 0, end.end()) + text[end.end() :] if end else text


def _without_comment(line: str, inside: bool) -> tuple[str, bool]:
    kept = []
    while line:
        if inside:
            _, closed, line = line.partition("-->")
            inside = not closed
        else:
            head, opened, line = line.partition("<!--")
            kept.append(head)
            inside = bool(opened)
    return "".join(kept), inside


def _without_spans(line: str) -> str:
    """The line with code spans blanked: a run of backticks closes at the next run of the same length."""
    runs = [(match.start(), match.end()) for match in _TICKS.finditer(line)]
    if len(runs) < 2 or len(runs) > 2_000:
        return line
    out: list[str] = []
    at = 0
    index = 0
    while index < len(runs):
        start, end = runs[index]
        closing = next((other for other in range(index + 1, len(runs)) if runs[other][1] - runs[other][0] == end - start), None)
        if closing is None or (start and line[start - 1] == "\\"):
            index += 1
            continue
        out.append(line[at:start])
        at = runs[closing][1]
        index = closing + 1
    return "".join([*out, line[at:]])


def _inline(line: str) -> Iterator[str]:
    """Targets of `[text](target "title")`; brackets in the target must balance, as CommonMark wants."""
    at = line.find("](")
    while at >= 0:
        target, at = _target(line, at + 2)
        if target is not None:
            yield target
        at = line.find("](", at)


def _target(line: str, at: int) -> tuple[str | None, int]:
    blanks = _BLANKS.match(line, at)
    start = blanks.end() if blanks else at
    if line[start : start + 1] == "<":
        end = line.find(">", start, start + _TARGET_LIMIT)
        return (line[start + 1 : end], end) if end > 0 else (None, start + 1)
    found = _DESTINATION.match(line, start)
    if found is None or line[found.end() : found.end() + 1] not in (")", " ", "\t"):
        return None, start
    return _ESCAPED.sub(r"\1", found[0]), found.end()


def _definition(line: str) -> re.Match[str] | None:
    match = _DEFINITION.match(line)
    return None if match is None or _FOOTNOTE.match(match["label"]) else match


def _label(text: str) -> str:
    return " ".join(text.casefold().split())


def _anchors(lines: list[tuple[int, str]]) -> frozenset[str]:
    found: set[str] = set()
    counts: dict[str, int] = {}
    above = ""
    for _, line in lines:
        for match in _ANCHOR.finditer(line):
            found.add(match["id"])
        heading = _heading(line, above)
        if heading is not None:
            base = slug(heading)
            name = base
            while name in counts:
                counts[base] += 1
                name = f"{base}-{counts[base]}"
            counts[name] = 0
            found.add(name)
        above = line
    return frozenset(found)


def _heading(line: str, above: str) -> str | None:
    if match := _ATX.match(line):
        return match["text"] or ""
    if above.strip() and _SETEXT.match(line) and not _ATX.match(above) and not above.startswith(("    ", "\t", "|", ">")):
        return above.strip()
    return None
