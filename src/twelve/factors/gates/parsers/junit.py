"""JUnit XML as pytest, surefire, jest-junit and others write it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec

from twelve.factors.gates.parsers import markup
from twelve.factors.gates.parsers.markup import Element
from twelve.model.finding import Finding

_PLACE = re.compile(r"^(?P<path>[^\s:][^:\n]{0,500}\.\w{1,8}):(?P<line>\d{1,7})(?::|$)", re.MULTILINE)
_FRAME = re.compile(r'File "(?P<path>[^"\n]{1,500})", line (?P<line>\d{1,7})')


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Counted from the test cases themselves; the totals in the file's head are claims."""

    tests: int
    skipped: int
    findings: tuple[Finding, ...]

    @property
    def ran(self) -> int:
        return self.tests - self.skipped


def parse(data: bytes, name: str, root: Path | None = None) -> Result:
    """Cases, skips and one finding per failed or broken case. TwelveError when this is no JUnit report."""
    top = markup.parse(data, name)
    if top.name not in ("testsuites", "testsuite"):
        raise markup.unreadable(name, f"its root element is {top.name!r}, not a test suite")
    cases = top.every("testcase")
    findings = [_finding(case, bad, root) for case in cases if (bad := case.first("failure", "error"))]
    skipped = sum(case.first("skipped") is not None and case.first("failure", "error") is None for case in cases)
    return Result(tests=len(cases), skipped=skipped, findings=tuple(findings))


def _finding(case: Element, bad: Element, root: Path | None) -> Finding:
    test = "::".join(part for part in (case.attributes.get("classname", ""), case.attributes.get("name", "")) if part) or "unnamed test"
    message = (bad.attributes.get("message") or bad.text).strip()
    path, line = _place(case, bad, root)
    return Finding(
        rule="test-failed" if bad.name == "failure" else "test-error",
        message=f"{test}: {message.splitlines()[0][:300] if message else 'failed'}",
        path=path,
        line=line,
        anchor=test,
    )


def _place(case: Element, bad: Element, root: Path | None) -> tuple[str, int]:
    path = _relative(case.attributes.get("file", ""), root)
    line = _number(case.attributes.get("line", "")) + 1 if case.attributes.get("line") else 0
    seen = [(_relative(found["path"], root), int(found["line"])) for pattern in (_PLACE, _FRAME) for found in pattern.finditer(bad.text)]
    inside = [place for place in seen if place[0]]
    same_file = [place for place in inside if place[0] == path]
    if same_file:
        return same_file[-1]
    return (path, line) if path else (inside[-1] if inside else ("", 0))


def _relative(path: str, root: Path | None) -> str:
    """Inside the tree or nothing: a report may name any file of the machine."""
    if root is not None and os.path.isabs(path):
        path = os.path.relpath(path, root)
    path = os.path.normpath(path).replace(os.sep, "/") if path else ""
    return "" if path.startswith(("..", "/")) or path == "." else path


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
