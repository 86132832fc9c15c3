from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.gates.parsers import cobertura, junit, markup, sarif
from twelve.model.errors import TwelveError

LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><testsuites><testsuite name="&b;"/></testsuites>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><testsuites>&f;</testsuites>'


@pytest.mark.parametrize(
    "data",
    [
        LAUGHS,
        OUTSIDE,
        b'<!DOCTYPE x SYSTEM "http://example.invalid/x.dtd"><testsuites/>',
        b"",
        b"<testsuites>",
        b"not xml",
        b"\xff\xfe\x00",
        b"<a>" * 200 + b"</a>" * 200,
        b"<testsuites>&undefined;</testsuites>",
        b'<?xml version="1.0" encoding="no-such-encoding"?><testsuites/>',
        b"<html><body>502</body></html>",
    ],
    ids=lambda data: repr(data[:30]),
)
def test_hostile_or_broken_reports_are_refused_with_a_reason(data: bytes) -> None:
    for parse in (junit.parse, cobertura.parse):
        with pytest.raises(TwelveError) as refused:
            parse(data, "report.xml")
        assert "report.xml" in refused.value.what
        assert refused.value.why


def test_a_report_of_endless_elements_is_refused_in_bounded_time() -> None:
    began = time.monotonic()
    with pytest.raises(TwelveError):
        markup.parse(b"<testsuites>" + b"<t/>" * 600_000 + b"</testsuites>", "big.xml")
    assert time.monotonic() - began < 20


@given(st.binary(max_size=200))
def test_any_bytes_are_a_report_or_refused(data: bytes) -> None:
    for parse in (junit.parse, cobertura.parse, sarif.parse):
        try:
            parse(data, "r")
        except TwelveError:
            continue


def test_namespaces_are_seen_through() -> None:
    assert markup.parse(b'<a xmlns="urn:x"><b y="1">text</b></a>', "x").first("b") is not None
