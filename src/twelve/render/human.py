"""Text for a person at a terminal: aligned, optionally coloured, and never obeying what it quotes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from twelve.model.finding import Finding, Severity
from twelve.model.verdict import Outcome, Verdict

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34"}
_OUTCOME_STYLE = {Outcome.PASS: "green", Outcome.FAIL: "red", Outcome.ERROR: "red", Outcome.SKIP: "yellow"}
_SEVERITY_STYLE = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def clean(text: str) -> str:
    """Untrusted text without control characters, bidirectional overrides or lone surrogates; tabs and newlines stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(letter if letter in "\n\t" or unicodedata.category(letter) not in _INVISIBLE else _escaped(letter) for letter in text)


def one_line(text: str) -> str:
    """`clean`, with line ends and tabs made visible too: for names, paths and messages inside a line."""
    return clean(text).replace("\n", "\\n").replace("\t", "\\t")


def style(text: str, name: str, *, colour: bool) -> str:
    """`text` in one of bold, dim, red, green, yellow, blue when colour is wanted."""
    return f"\x1b[{_STYLES[name]}m{text}\x1b[0m" if colour else text


def count(number: int, noun: str) -> str:
    """`1 run`, `2 runs`: for nouns that take an s."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def width(text: str) -> int:
    """Terminal columns: wide East Asian characters count two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_columns(letter) for letter in text)


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], *, colour: bool = False) -> str:
    """Columns aligned by display width, headers in bold; cells are cleaned, the last column is not padded."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [max([width(header), *(width(row[index]) for row in cells)]) for index, header in enumerate(headers)]
    lines = [style(_line(headers, widths), "bold", colour=colour), *(_line(row, widths) for row in cells)]
    return "\n".join(lines)


def verdicts(answers: Sequence[Verdict], *, colour: bool = False) -> str:
    """One line per verdict, its findings below, and a closing count that never calls a SKIP a pass."""
    blocks = [verdict(answer, colour=colour) for answer in answers]
    return "\n".join([*blocks, closing(answers, colour=colour)])


def verdict(answer: Verdict, *, colour: bool = False) -> str:
    """A verdict with its findings or, when there are none, the reason and the end of the tool's output."""
    outcome = style(f"{answer.outcome.value:<5}", _OUTCOME_STYLE[answer.outcome], colour=colour)
    head = f"{outcome} {one_line(answer.gate)}  {one_line(answer.report.summary)}{_remarks(answer)}"
    details = [f"      {finding(found, colour=colour)}" for found in answer.report.findings]
    if answer.report.reason:
        details.insert(0, f"      why: {one_line(answer.report.reason)}")
    if answer.outcome in (Outcome.FAIL, Outcome.ERROR) and not answer.report.findings and answer.report.log:
        details.extend(f"      | {line}" for line in clean(answer.report.log).splitlines()[-12:])
    return "\n".join([head, *details])


def finding(found: Finding, *, colour: bool = False) -> str:
    """`path:line  rule  message`, and what to do next when known."""
    place = f"{one_line(found.path)}{f':{found.line}' if found.line else ''}  " if found.path else ""
    rule = style(one_line(found.rule), _SEVERITY_STYLE[found.severity], colour=colour)
    fix = f"  (next: {one_line(found.fix)})" if found.fix else ""
    return f"{place}{rule}  {one_line(found.message)}{fix}"


def closing(answers: Sequence[Verdict], *, colour: bool = False) -> str:
    """`3 passed, 1 failed, 1 skipped (not a pass)`."""
    words = {Outcome.PASS: "passed", Outcome.FAIL: "failed", Outcome.ERROR: "could not be judged", Outcome.SKIP: "skipped (not a pass)"}
    parts = [f"{count} {word}" for outcome, word in words.items() if (count := sum(answer.outcome is outcome for answer in answers))]
    blocked = any(answer.blocks for answer in answers)
    return style(", ".join(parts) or "nothing was judged", "red" if blocked or not answers else "green", colour=colour)


def _remarks(answer: Verdict) -> str:
    remarks = [
        f"{answer.duration_s:.1f}s" if not answer.cached else "cached",
        "" if answer.required else "optional",
        "" if answer.proven else "unproven",
        f"{answer.attempts} attempts" if answer.attempts > 1 else "",
    ]
    return f"  [{', '.join(remark for remark in remarks if remark)}]"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (size - width(cell)) for cell, size in zip(cells, widths, strict=True)]
    return "  ".join(padded).rstrip()


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _escaped(letter: str) -> str:
    number = ord(letter)
    if 0xDC80 <= number <= 0xDCFF:
        return f"\\x{number - 0xDC00:02x}"
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
