"""Error texts as the real clients print them, and what they mean for the turn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twelve.factors.agents import symptoms
from twelve.factors.agents.harness import TRANSIENT, TurnStatus

SEEN = [
    ("unexpected status 401 Unauthorized: invalid x-api-key, url: http://h/v1/responses", TurnStatus.BAD_CREDENTIALS),
    ("Invalid API key · Fix external API key", TurnStatus.BAD_CREDENTIALS),
    ("Failed to authenticate. API Error: 403 forbidden", TurnStatus.BAD_CREDENTIALS),
    ("Not logged in · Please run /login", TurnStatus.BAD_CREDENTIALS),
    ('[API Error: {"error":{"type":"authentication_error","message":"x","code":401}}]', TurnStatus.BAD_CREDENTIALS),
    ("exceeded retry limit, last status: 429 Too Many Requests", TurnStatus.RATE_LIMITED),
    ("API Error: Request rejected (429) · slow down: rate limit", TurnStatus.RATE_LIMITED),
    ("You exceeded your current quota", TurnStatus.RATE_LIMITED),
    ("unexpected status 529 <unknown status code>: Overloaded, url: http://h", TurnStatus.OVERLOADED),
    ("Attempt 3 failed with status 503", TurnStatus.OVERLOADED),
    ("API Error: 529 Overloaded. This is a server-side issue", TurnStatus.OVERLOADED),
    ("API Error: Claude Code is unable to respond to this request, which appears to violate our Usage Policy", TurnStatus.REFUSED),
    ("stream disconnected before completion: Transport error: network error: error decoding response body", TurnStatus.BROKEN_STREAM),
    ("[API Error: terminated]", TurnStatus.BROKEN_STREAM),
    ("stream disconnected before completion: error sending request", TurnStatus.UNREACHABLE),
    ("API Error: Unable to connect to API (ECONNRESET)", TurnStatus.UNREACHABLE),
    ("The model returned an empty response with no text or thoughts.", TurnStatus.EMPTY),
    ("Reached maximum number of turns (3)", TurnStatus.MAX_TURNS),
    ("Loop detected, stopping execution", TurnStatus.MAX_TURNS),
    ("API Error: 400 bad thing", TurnStatus.FAILED),
    ("something nobody has seen before", TurnStatus.FAILED),
    ("", TurnStatus.FAILED),
]


@pytest.mark.parametrize(("text", "status"), SEEN)
def test_an_error_text_means_what_the_client_meant(text: str, status: TurnStatus) -> None:
    assert symptoms.from_text(text) is status


@given(st.text())
def test_no_text_at_all_is_ever_read_as_success(text: str) -> None:
    assert symptoms.from_text(text) is not TurnStatus.DONE


@given(st.integers() | st.none() | st.text() | st.booleans())
def test_only_known_http_statuses_have_a_meaning(status: object) -> None:
    assert symptoms.from_status(status) is not TurnStatus.DONE


def test_wrong_keys_and_refusals_are_never_tried_again_while_overload_is() -> None:
    for status in (TurnStatus.BAD_CREDENTIALS, TurnStatus.REFUSED, TurnStatus.MAX_TURNS, TurnStatus.FAILED, TurnStatus.DONE):
        assert status not in TRANSIENT
    assert {TurnStatus.OVERLOADED, TurnStatus.RATE_LIMITED, TurnStatus.HUNG, TurnStatus.BROKEN_STREAM} <= TRANSIENT
