"""A person's run with the real Claude Code client: past a busy server and a red gate, and the ways it must not end well."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit import endings, journeys, slugs

client = pytest.mark.client
slow = pytest.mark.slow


@client
@slow
def test_claude_takes_a_task_through_all_phases(tmp_path: Path) -> None:
    ended = journeys.run("claude", tmp_path, slugs.striving("claude"))
    endings.assert_worked_through(ended)
    endings.assert_told_what_was_red(ended)
    endings.assert_recorded(ended)
    endings.assert_counted_once(ended)
    endings.assert_key_was_seen_by_the_agent(ended, "claude")
    endings.assert_no_key(ended)
    assert ended.usage.cost_usd > 0


@client
@slow
def test_claude_claiming_what_it_did_not_do_ends_with_a_person(tmp_path: Path) -> None:
    ended = journeys.run("claude", tmp_path, slugs.boasting("claude"))
    endings.assert_stopped(ended, about="tests: FAIL")
    endings.assert_no_key(ended)


@client
@slow
def test_claude_skipping_research_ends_with_a_person(tmp_path: Path) -> None:
    ended = journeys.run("claude", tmp_path, slugs.skipping("claude"))
    endings.assert_stopped(ended, phase="research", kept=1, about="research.md")


@client
@slow
def test_a_key_the_provider_refuses_is_escalated_and_shown_nowhere(tmp_path: Path) -> None:
    ended = journeys.run("claude", tmp_path, slugs.refusing("claude"))
    endings.assert_given_up_at_once(ended, because="bad_credentials: ")
    assert "Invalid API key" in ended.answer["detail"]
    endings.assert_no_key(ended)


def test_a_run_without_the_claude_client_says_what_to_install(tmp_path: Path) -> None:
    ended = journeys.start("claude", tmp_path, {}, path=journeys.without_clients(tmp_path))
    endings.assert_given_up_at_once(ended, because="missing_client: claude was not found")
    assert "install Claude Code" in ended.answer["detail"]
    assert ended.prompts == ()
