"""New remarks that tell a tool to look away, in any language, counted over the whole change so that moved ones are none."""

from __future__ import annotations

import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct, structs

from twelve.factors.gates.integrity import places
from twelve.factors.gates.integrity.rules import finding
from twelve.model.finding import Finding

MANY = 10
"""As many new ones of a kind in one change are a decision about a rule, not about a line (ours)."""
_LINE_LIMIT = 1_000

_BROAD = re.compile(
    r"""\#\s*(?:flake8|ruff)\s*:\s*noqa\s*(?:$|:) | \#\s*mypy:\s*ignore-errors | ^\s*\#\s*pyright:\s*(?:basic|ignore)\s*$
      | \#\s*pylint:\s*(?:skip-file|disable=all)
      | @ts-nocheck | /\*\s*eslint-disable(?!-)\s*\*/ | /\*\s*(?:istanbul|c8|v8)\s+ignore\s+file | tslint:disable\s*(?:\*/|$)
      | biome-ignore-all
      | \#!\[allow\( | \#\s*nosec\s*-?file | SA1000-ignore-file | rubocop:disable\s+(?:all|Lint/?\S*\s*$)
      | \#\s*shellcheck\s+disable=all | //\s*nolint:?\s*all""",
    re.VERBOSE,
)
_NARROW = re.compile(
    r"""(?P<noqa>\#\s*noqa\b) | (?P<type>\#\s*type:\s*ignore\b) | (?P<pyright>\#\s*pyright:\s*ignore) | (?P<pylint>\#\s*pylint:\s*disable)
      | (?P<cover>\#\s*pragma:\s*no\s*(?:cover|branch)) | (?P<nosec>\#\s*nosec\b) | (?P<eslint>eslint-disable(?:-next-line|-line)?\b)
      | (?P<ts>@ts-(?:ignore|expect-error)) | (?P<istanbul>(?:istanbul|c8|v8)\s+ignore\s+(?:next|if|else|start)) | (?P<biome>biome-ignore\b)
      | (?P<tslint>tslint:disable) | (?P<nolint>//\s*nolint\b) | (?P<gosec>//\s*\#nosec)
      | (?P<allow>\#\[\s*(?:allow|expect)\s*\() | (?P<java>@SuppressWarnings|@Suppress\()
      | (?P<sonar>\bNOSONAR\b|\bNOPMD\b|\bNOLINT(?:NEXTLINE)?\b)
      | (?P<csharp>\#pragma\s+warning\s+disable|\[(?:assembly:\s*)?SuppressMessage)
      | (?P<ruby>rubocop:disable) | (?P<shellcheck>\#\s*shellcheck\s+disable=)
      | (?P<iac>(?:checkov:skip|tfsec:ignore|trivy:ignore|kics-ignore|hadolint\s+ignore))
      | (?P<secret>(?:gitleaks:allow|pragma:\s*allowlist\s+secret)) | (?P<phpstan>@phpstan-ignore) | (?P<swift>swiftlint:disable)""",
    re.VERBOSE,
)
_QUICK = re.compile(
    r"noqa|ignore|disable|no\s*cover|no\s*branch|nosec|nolint|allow|expect-error|nocheck|uppress|NOSONAR|NOPMD|NOLINT|skip|basic|nosec",
    re.I,
)


class _Mute(Struct, frozen=True):
    path: str
    line: int
    kind: str
    broad: bool
    text: str
    fresh: bool = False
    """In a file that was not there before."""


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Finding]:
    """Suppressions that are there afterwards and were not before."""
    old = list(_all(before))
    new = [structs.replace(mute, fresh=mute.path not in before) for mute in _all(after)]
    known = Counter((mute.kind, _flat(mute.text)) for mute in old)
    fresh: dict[str, list[_Mute]] = {}
    for mute in new:
        key = (mute.kind, _flat(mute.text))
        if known[key] > 0:
            known[key] -= 1
        else:
            fresh.setdefault(mute.kind, []).append(mute)
    for kind, mutes in fresh.items():
        more = sum(mute.kind == kind for mute in new) - sum(mute.kind == kind for mute in old)
        yield from _told(kind, mutes, more)


def _told(kind: str, mutes: list[_Mute], more: int) -> Iterator[Finding]:
    """As many as there are more than before: the others only changed their line."""
    broad = [mute for mute in mutes if mute.broad]
    narrow = [mute for mute in mutes if not mute.broad]
    for mute in broad[: max(more, 0)]:
        said = f"a whole file is taken out of a check: {_shown(mute)}"
        rule = "suppression-added" if mute.fresh and places.is_test(mute.path) else "suppression-broad"
        yield finding(rule, mute.path, said, line=mute.line, anchor=_flat(mute.text))
    if more >= MANY:
        yield finding("suppression-broad", narrow[0].path if narrow else "", f"{more} new exceptions of the kind {kind!r}", anchor=kind)
    for mute in narrow[: max(more, 0)]:
        yield finding(
            "suppression-added", mute.path, f"a tool is told to look away: {_shown(mute)}", line=mute.line, anchor=_flat(mute.text)
        )


def _all(texts: Mapping[str, str]) -> Iterator[_Mute]:
    for path, text in texts.items():
        if places.is_snapshot(path) or not (places.language(path) or path.endswith((".yml", ".yaml", ".tf", ".mk", "Makefile"))):
            continue
        if not _QUICK.search(text):
            continue
        found = [mute for number, line in enumerate(text.split("\n"), 1) for mute in _in_line(path, number, line[:_LINE_LIMIT])]
        if found and places.language(path) is places.Language.PYTHON:
            comments = _comments(text)
            found = [mute for mute in found if comments is None or mute.line in comments]
        yield from found


def _comments(text: str) -> frozenset[int] | None:
    """Lines of a Python file that hold a comment; None when it is no Python. A directive in a string is none."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    return frozenset(token.start[0] for token in tokens if token.type == tokenize.COMMENT)


def _in_line(path: str, number: int, line: str) -> Iterator[_Mute]:
    if not _QUICK.search(line):
        return
    broad, narrow = _BROAD.search(line), _NARROW.search(line)
    found = broad or narrow
    if found is None or _quoted(line, found.start()):
        return
    kind = next(name for name, value in narrow.groupdict().items() if value) if narrow else "file"
    yield _Mute(path, number, kind, broad is not None, line.strip())


def _quoted(line: str, place: int) -> bool:
    """Inside a string, as in the tests of a linter."""
    return any(line.count(quote, 0, place) % 2 for quote in "\"'`")


def _flat(text: str) -> str:
    return "".join(text.split())


def _shown(mute: _Mute) -> str:
    return mute.text if len(mute.text) <= 120 else f"...{mute.text[-117:]}"
