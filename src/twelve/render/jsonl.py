"""Frozen values as JSON lines: ASCII only, one value per line, keys in the order of the type."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from twelve.model.verdict import Verdict


def lines(values: Iterable[Any]) -> str:
    """One line per value; lone surrogates (undecodable file names) stay representable as escapes."""
    return "".join(line(value) + "\n" for value in values)


def line(value: Any) -> str:
    """One value without its line end."""
    return json.dumps(msgspec.to_builtins(value, str_keys=True), ensure_ascii=True, separators=(",", ":"))


def verdict(answer: Verdict) -> dict[str, Any]:
    """A verdict as plain data, with what a reader would otherwise compute: outcome, blocks, fingerprints."""
    plain: dict[str, Any] = msgspec.to_builtins(answer)
    report = plain.pop("report")
    pairs = zip(report["findings"], answer.report.findings, strict=True)
    report["findings"] = [{**data, "fingerprint": found.fingerprint} for data, found in pairs]
    return {**plain, "blocks": answer.blocks, **report}
