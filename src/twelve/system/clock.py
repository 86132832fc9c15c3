"""The one place that asks for the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that never run backwards; only differences mean anything."""
    return time.monotonic()


def stamp(moment: datetime) -> str:
    """A moment as it stands in file names and ids, UTC, to the second: `20261120T092243Z`."""
    return _utc(moment).strftime("%Y%m%dT%H%M%SZ")


def iso(moment: datetime) -> str:
    """A moment as it stands in records, UTC; milliseconds appear when there are any: `2026-11-20T09:22:43Z`."""
    moment = _utc(moment)
    milliseconds = moment.microsecond // 1000
    fraction = f".{milliseconds:03d}" if milliseconds else ""
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone means a different instant on every machine")
    moment = moment.astimezone(UTC)
    # strftime leaves out leading zeros of early years on some platforms, which would break sorting by name.
    if moment.year < 1000:
        raise ValueError(f"year {moment.year} cannot be written with four digits")
    return moment
