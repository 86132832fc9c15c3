"""SARIF 2.1.0, the format of most scanners."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import msgspec

from twelve.factors.gates.parsers import markup
from twelve.model.finding import Finding, Severity

_LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.INFO, "none": Severity.INFO}
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """Results of all runs of a log."""

    tool: str
    version: str
    findings: tuple[Finding, ...]
    trouble: str
    """Why the scanner itself says that it did not finish, or ""."""


def parse(data: bytes, name: str, root: Path | None = None) -> Scan:
    """Findings of every run. TwelveError when this is no SARIF log or has no run."""
    try:
        log = json.loads(data)
        runs = log["runs"]
        if not isinstance(runs, list) or not runs:
            raise markup.unreadable(name, "it has no runs: nobody scanned anything")
        findings = [found for run in runs for found in _results(run, root)]
        driver = runs[0].get("tool", {}).get("driver", {})
        trouble = "; ".join(text for run in runs if (text := _trouble(run)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise markup.unreadable(name, f"it is no SARIF log ({type(wrong).__name__}: {str(wrong)[:200]})") from None
    return Scan(
        tool=str(driver.get("name", "")),
        version=str(driver.get("semanticVersion") or driver.get("version") or ""),
        findings=tuple(findings),
        trouble=trouble,
    )


def _results(run: dict[str, Any], root: Path | None) -> list[Finding]:
    rules = run.get("tool", {}).get("driver", {}).get("rules", []) or []
    defaults = {rule.get("id"): (rule.get("defaultConfiguration") or {}).get("level") for rule in rules}
    if run.get("results") is None:
        raise ValueError("a run without results was not finished")
    return [_finding(result, defaults, root) for result in run["results"] if _stands(result)]


def _stands(result: dict[str, Any]) -> bool:
    """Whether a result accuses: not suppressed, and of a kind that is not a pass."""
    return not result.get("suppressions") and result.get("kind", "fail") in ("fail", "open", "review")


def _finding(result: dict[str, Any], defaults: dict[Any, Any], root: Path | None) -> Finding:
    rule = str(result.get("ruleId") or (result.get("rule") or {}).get("id") or "unnamed-rule")
    level = result.get("level") or defaults.get(rule) or "warning"
    place = ((result.get("locations") or [{}])[0]).get("physicalLocation") or {}
    line = (place.get("region") or {}).get("startLine") or 0
    return Finding(
        rule=rule,
        message=str((result.get("message") or {}).get("text") or rule)[:500],
        path=_path(str((place.get("artifactLocation") or {}).get("uri") or ""), root),
        line=line if isinstance(line, int) and line > 0 else 0,
        severity=_LEVELS.get(str(level), Severity.WARNING),
    )


def _path(uri: str, root: Path | None) -> str:
    path = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), uri.removeprefix("file://"))
    path = path.encode("latin-1", "ignore").decode("utf-8", "surrogateescape") if _ESCAPED.search(uri) else path
    if root is not None and os.path.isabs(path):
        path = os.path.relpath(path, root)
    path = os.path.normpath(path) if path else ""
    return "" if path.startswith(("..", "/")) or path == "." else path


def _trouble(run: dict[str, Any]) -> str:
    for call in run.get("invocations") or []:
        if call.get("executionSuccessful") is False:
            notes = call.get("toolExecutionNotifications") or []
            texts = [str((note.get("message") or {}).get("text", "")) for note in notes]
            return "; ".join(text for text in texts if text)[:500] or "the scanner says that it did not finish"
    return ""
