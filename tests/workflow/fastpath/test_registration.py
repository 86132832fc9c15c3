"""Each client's own shape, units and events; nothing an older client would choke on."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from kit import repos
from twelve.interfaces.hooks import launch, occasion
from twelve.model.guard import GuardSettings, PathRule, RulesSettings
from twelve.model.settings import Settings
from twelve.workflow.fastpath import registration

OLDEST_CLAUDE = frozenset(
    (
        "PreToolUse", "PostToolUse", "PostToolUseFailure", "UserPromptSubmit", "SessionStart", "SessionEnd", "Stop", "SubagentStop",
        "SubagentStart", "PreCompact", "PostCompact", "ConfigChange", "PermissionRequest", "Notification",
    )
)  # fmt: skip
"""Events of 2.1.197 as far as they concern us: one newer name would drop all hooks there."""

every_client = pytest.mark.parametrize("client", registration.EVENTS)


def test_the_command_line_names_the_real_interpreter_and_survives_odd_folders(tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path / "a 'b\" c", {"a": "a"})
    words = shlex.split(registration.command(repository, "claude"))
    assert words == [os.path.realpath(sys.executable), "-I", "-S", str(repository.state_dir / "hook.py"), "claude"]
    assert not Path(words[0]).is_symlink()


@every_client
def test_one_dispatcher_per_event_and_every_event_is_understood(client: str) -> None:
    hooks = registration.hooks(client, "x")
    for event, groups in hooks.items():
        assert event in occasion.KINDS
        assert [len(group["hooks"]) for group in groups] == [1]
        assert groups[0].get("matcher") in (None, "", "*")
        assert groups[0]["hooks"][0]["type"] == "command"


def test_only_events_the_oldest_client_knows() -> None:
    assert set(registration.hooks("claude", "x")) <= OLDEST_CLAUDE


@every_client
def test_the_time_granted_is_in_the_clients_own_unit_and_above_our_deadline(client: str) -> None:
    unit = 1000 if client == "gemini" else 1
    for event, groups in registration.hooks(client, "x").items():
        seconds = groups[0]["hooks"][0]["timeout"] / unit
        assert seconds in (registration.TIMEOUT_S, registration.END_TIMEOUT_S)
        if occasion.KINDS[event] in occasion.GUARDED:
            assert seconds > 3 * launch.DEADLINE_S


def test_no_refusal_of_the_client_hides_a_tool() -> None:
    rules = registration.deny_rules("claude", Settings())
    assert "Edit(/twelve.toml)" in rules
    assert all("(" in rule and rule.endswith(")") for rule in rules)
    assert registration.deny_rules("codex", Settings()) == ()


def test_a_rule_the_policy_loosened_is_not_refused_by_the_client_either() -> None:
    loose = Settings(guard=GuardSettings(rules=RulesSettings(protect_policy=PathRule(decision="ask"))))
    assert "Edit(/twelve.toml)" not in registration.deny_rules("claude", loose)
