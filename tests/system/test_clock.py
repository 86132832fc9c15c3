from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.system import clock

MOMENTS = st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC))


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_a_stamp_and_an_iso_text_say_utc_whatever_zone_the_moment_had() -> None:
    moment = datetime(2026, 11, 20, 10, 22, 43, tzinfo=timezone(timedelta(hours=1)))
    assert clock.stamp(moment) == "20261120T092243Z"
    assert clock.iso(moment) == "2026-11-20T09:22:43Z"


def test_milliseconds_appear_only_when_there_are_any() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.iso(moment + timedelta(milliseconds=7)) == "2026-01-01T00:00:00.007Z"
    assert clock.iso(moment + timedelta(microseconds=7)) == "2026-01-01T00:00:00Z"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock.stamp(datetime(2026, 1, 1))


@given(MOMENTS, MOMENTS)
def test_names_sort_like_moments(a: datetime, b: datetime) -> None:
    a, b = a.replace(microsecond=0), b.replace(microsecond=0)
    assert (clock.stamp(a) < clock.stamp(b)) == (a < b)


@given(MOMENTS)
def test_an_iso_text_reads_back_to_the_millisecond(moment: datetime) -> None:
    assert abs(datetime.fromisoformat(clock.iso(moment)) - moment) < timedelta(milliseconds=1)


def test_monotonic_does_not_run_backwards() -> None:
    assert clock.monotonic() <= clock.monotonic()
