"""Text for a Markdown page; what it quotes cannot open a table cell, a link or a tag."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from twelve.model.finding import Finding
from twelve.model.verdict import Verdict
from twelve.render import human

_SPECIAL = re.compile(r"([\\`*_\[\]<>|])")


def escape(text: str) -> str:
    """Untrusted text as plain words inside a line."""
    return _SPECIAL.sub(r"\\\1", human.one_line(text))


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are already Markdown; only a bare `|` and line ends are neutralised."""
    lines = [_row(headers), "|" + "---|" * len(headers)]
    lines.extend(_row(row) for row in rows)
    return "\n".join(lines) + "\n"


def verdicts(answers: Sequence[Verdict]) -> str:
    """A table of gates and, below it, the findings as a list."""
    rows = [
        (code(answer.gate), answer.outcome.value, "yes" if answer.required else "no", escape(answer.report.summary)) for answer in answers
    ]
    findings = [f"- {code(answer.gate)} {_place(found)}{escape(found.message)}" for answer in answers for found in answer.report.findings]
    text = table(("Gate", "Outcome", "Required", "Summary"), rows)
    return text + ("\n" + "\n".join(findings) + "\n" if findings else "")


def _place(found: Finding) -> str:
    return f"{code(f'{found.path}:{found.line}' if found.line else found.path)} " if found.path else ""


def code(text: str) -> str:
    """A code span, fenced with more backticks than the text contains."""
    shown = human.one_line(text)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(re.sub(r"(?<!\\)\|", r"\\|", cell).replace("\n", " ") for cell in cells) + " |"
