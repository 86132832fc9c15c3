"""Each client's own shape, units and events; nothing an older client would choke on."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from kit import guarding, repos
from twelve.factors.guardrails import protected
from twelve.factors.guardrails.actions.action import WRITE, Action, Surroundings
from twelve.factors.guardrails.actions.reading import line_actions
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


AROUND = Surroundings(root=guarding.ROOT, cwd=guarding.ROOT, home=guarding.HOME, look=False)
GOES_ON = (
    "", " ", " origin main", " origin feature/x", " origin HEAD:x", " -m 'fix: x'", " --amend", " -q", " -- src", " src/a.py", " build/",
    " --tags", " .", ' "$X"', " 2>&1", " > /tmp/x", " && ls", " | cat", " --force-with-lease origin x", " --if-includes", " -u origin x",
    " -a", " --no-force-if-includes", " --", " -v origin", " -a -m x",
)  # fmt: skip
"""How a command line may go on behind a listed beginning; those that only ask for help or a dry run do nothing."""
GLUED = {
    "git push --force": ("-with-lease", "-with-lease origin x", "-with-lease=x:y"), "git push -f": ("u origin x", "q"),
    "git commit -n": ("m x", "a", "am x"),
}  # fmt: skip
"""The same without a blank between."""


@pytest.mark.parametrize("beginning", registration.BEGINNINGS)
def test_whatever_begins_like_a_refusal_of_the_client_is_refused_by_the_policy_too(beginning: str) -> None:
    assert f"Bash({beginning}:*)" in registration.deny_rules("claude", Settings())
    for rest in (*GOES_ON, *GLUED.get(beginning, ())):
        assert guarding.decide(*line_actions(beginning + rest, AROUND)).verdict in ("deny", "ask"), beginning + rest


@pytest.mark.parametrize("line", registration.WHOLE)
def test_a_refusal_of_one_whole_line_does_not_reach_further(line: str) -> None:
    assert f"Bash({line})" in registration.deny_rules("claude", Settings())
    assert guarding.decide(*line_actions(line, AROUND)).verdict == "deny"


@pytest.mark.parametrize(
    "line", ["rm -rf /tmp/x", "rm -rf .git/../build", "rm -rf .github/ISSUE_TEMPLATE", "git clean -fdx build", "rm -rf ./build"]
)
def test_what_the_policy_allows_the_client_does_not_refuse(line: str) -> None:
    assert guarding.decide(*line_actions(line, AROUND)).verdict == "allow"
    for rule in registration.deny_rules("claude", Settings()):
        body = rule.removeprefix("Bash(").removesuffix(")")
        assert not rule.startswith("Bash(") or (not line.startswith(body[:-2]) if body.endswith(":*") else line != body)


def test_every_file_the_client_refuses_is_one_the_policy_refuses() -> None:
    for glob in registration.candidates():
        path = glob.replace("**", "any/name.txt")
        place = guarding.HOME + path[1:] if path.startswith("~/") else f"{guarding.ROOT}/{path}"
        assert guarding.decide(Action(WRITE, path=place, verb="write")).verdict == "deny", glob
    assert set(registration.LOCK_FILES) <= set(protected.LOCK_NAMES)


def test_a_rule_the_policy_loosened_is_not_refused_by_the_client_either() -> None:
    loose = Settings(guard=GuardSettings(rules=RulesSettings(protect_policy=PathRule(decision="ask"))))
    assert "Edit(/twelve.toml)" not in registration.deny_rules("claude", loose)
