"""A person's run with the real Gemini client: past a busy server and a red gate, and the ways it must not end well."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit import endings, journeys, slugs

client = pytest.mark.client
slow = pytest.mark.slow


@client
@slow
def test_gemini_takes_a_task_through_all_phases(tmp_path: Path) -> None:
    ended = journeys.run("gemini", tmp_path, slugs.striving("gemini"))
    endings.assert_worked_through(ended)
    endings.assert_told_what_was_red(ended)
    endings.assert_recorded(ended)
    endings.assert_counted_once(ended)
    endings.assert_key_was_seen_by_the_agent(ended, "gemini")
    endings.assert_no_key(ended)


@client
@slow
def test_gemini_claiming_what_it_did_not_do_ends_with_a_person(tmp_path: Path) -> None:
    ended = journeys.run("gemini", tmp_path, slugs.boasting("gemini"))
    endings.assert_stopped(ended, about="tests: FAIL")
    endings.assert_no_key(ended)


@client
@slow
def test_a_key_the_provider_refuses_is_escalated_and_shown_nowhere(tmp_path: Path) -> None:
    ended = journeys.run("gemini", tmp_path, slugs.refusing("gemini"))
    endings.assert_given_up_at_once(ended, because="bad_credentials: ")
    assert "invalid x-api-key" in ended.kept(), "the provider's words are kept, the key in them is not"
    endings.assert_no_key(ended)


@slow
def test_a_run_without_the_gemini_client_says_what_to_install(tmp_path: Path) -> None:
    ended = journeys.start("gemini", tmp_path, {}, path=journeys.without_clients(tmp_path))
    endings.assert_given_up_at_once(ended, because="missing_client: gemini was not found")
    assert "install the Gemini CLI" in ended.answer["detail"]
    assert ended.prompts == ()
