"""Cobertura XML: how much of the code the tests reached."""

from __future__ import annotations

import msgspec

from twelve.factors.gates.parsers import markup
from twelve.factors.gates.parsers.markup import Element
from twelve.model.finding import Finding


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """Lines as counted from the report's own line entries."""

    lines: int
    covered: int
    files: tuple[tuple[str, int, int], ...]
    """(path, lines, covered) per file."""

    @property
    def percent(self) -> float:
        return 100 * self.covered / self.lines if self.lines else 0.0


def parse(data: bytes, name: str) -> Coverage:
    """Coverage by file. TwelveError when this is no Cobertura report."""
    top = markup.parse(data, name)
    if top.name != "coverage":
        raise markup.unreadable(name, f"its root element is {top.name!r}, not 'coverage'")
    seen: dict[str, dict[str, bool]] = {}
    for unit in top.every("class"):
        lines = seen.setdefault(unit.attributes.get("filename", ""), {})
        for line in _own_lines(unit):
            number = line.attributes.get("number", "")
            lines[number] = lines.get(number, False) or line.attributes.get("hits", "0") != "0"
    files = tuple((path, len(lines), sum(lines.values())) for path, lines in sorted(seen.items()))
    return Coverage(lines=sum(file[1] for file in files), covered=sum(file[2] for file in files), files=files)


def below(coverage: Coverage, percent: float) -> tuple[Finding, ...]:
    """One finding for the whole, and the five files that would help most, when coverage is under `percent`."""
    if coverage.percent >= percent:
        return ()
    worst = sorted(coverage.files, key=lambda file: file[2] - file[1])[:5]
    gaps = ", ".join(f"{path} ({lines - covered} lines)" for path, lines, covered in worst if lines > covered)
    message = f"coverage is {coverage.percent:.1f} %, required are {percent:.1f} %"
    return (Finding(rule="coverage-low", message=message, anchor="coverage", fix=f"cover first: {gaps}" if gaps else ""),)


def _own_lines(unit: Element) -> list[Element]:
    lines = unit.first("lines")
    return lines.children if lines else []
