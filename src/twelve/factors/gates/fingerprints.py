"""What changed since the last run: findings that are new, fixed or still there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from twelve.model.finding import Finding
from twelve.model.verdict import Outcome, Verdict
from twelve.system import files

_LIMIT = 20_000_000


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Findings by what became of them; each list is sorted by path, line and rule."""

    new: tuple[Finding, ...] = ()
    fixed: tuple[Finding, ...] = ()
    recurring: tuple[Finding, ...] = ()


def compare(previous: Iterable[Finding], current: Iterable[Finding]) -> Changes:
    """Match by fingerprint, as often as each occurs: two equal findings, one fixed, leaves one recurring and one fixed."""
    left: dict[str, list[Finding]] = {}
    for finding in _sorted(previous):
        left.setdefault(finding.fingerprint, []).append(finding)
    new: list[Finding] = []
    recurring: list[Finding] = []
    for finding in _sorted(current):
        known = left.get(finding.fingerprint)
        (recurring if known else new).append(finding)
        if known:
            known.pop(0)
    fixed = _sorted(finding for rest in left.values() for finding in rest)
    return Changes(new=tuple(new), fixed=tuple(fixed), recurring=tuple(recurring))


def since_last(state: Path, branch: str, verdicts: Iterable[Verdict]) -> dict[str, Changes]:
    """Gate id -> changes since the last run on this branch, for gates that were judged; remembers this run for the next.

    A gate that ended in ERROR or SKIP says nothing about its findings: they are neither fixed nor forgotten.
    """
    last = _load(state, branch)
    judged = [verdict for verdict in verdicts if verdict.outcome in (Outcome.PASS, Outcome.FAIL)]
    changes = {verdict.gate: compare(last.get(verdict.gate, ()), verdict.report.findings) for verdict in judged}
    now = {**last, **{verdict.gate: verdict.report.findings for verdict in judged}}
    if now != last:
        _store(state, branch, now)
    return changes


def _path(state: Path, branch: str) -> Path:
    name = hashlib.sha256(branch.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return state / "findings" / f"{name}.json"


def _load(state: Path, branch: str) -> dict[str, tuple[Finding, ...]]:
    try:
        plain = json.loads(files.read_bounded(_path(state, branch), _LIMIT))
        return msgspec.convert(plain["gates"], dict[str, tuple[Finding, ...]])
    except Exception:  # noqa: BLE001 - without a readable history every finding is new
        return {}


def _store(state: Path, branch: str, gates: Mapping[str, tuple[Finding, ...]]) -> None:
    path = _path(state, branch)
    plain = {"schema": "twelve.findings.v1", "branch": branch, "gates": msgspec.to_builtins(gates)}
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_atomic(path, json.dumps(plain, ensure_ascii=True, sort_keys=True))


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda found: (found.path, found.line, found.rule, found.message))
