"""The three real clients under the generated hook: what is forbidden does not happen, what is harmless is not disturbed."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from kit import clients
from kit.fakemodel import FakeModel
from kit.hooks import Guarded, guarded
from twelve.factors.agents import harness
from twelve.factors.agents.harness import TurnResult
from twelve.model.settings import Settings
from twelve.workflow.fastpath import arming, registration

pytestmark = [pytest.mark.client, pytest.mark.slow]

every_client = pytest.mark.parametrize("client", clients.CLIENTS)
FILES = {"twelve.toml": "", "src/a.py": "x = 1\n", "a.txt": "a\n"}


@pytest.fixture
def place(tmp_path: Path) -> Guarded:
    return guarded(tmp_path, FILES)


def take(
    place: Guarded, client: str, calls: list[dict[str, Any]], *, words: str = "Done.", armed: bool = True, **fields: Any
) -> tuple[TurnResult, str]:
    """One turn in which the model makes these calls, one after the other. Returns its result and all the model was told."""
    script = {"turns": [{"tools": [call]} for call in calls] + [{"text": words}], "default": {"text": "Well then."}}
    hooks = arming.hooks(place.repository, Settings(), client) if armed else None
    with FakeModel(script) as model:
        settings = clients.settings(client, place.home, model.url)
        turn = clients.turn(place.root, place.home / "logs", hooks=hooks, **fields)
        result = asyncio.run(harness.load(client).take_turn(turn, settings))
        told = json.dumps(model.requests("main")[-1]["body"])
    return result, told


@every_client
def test_a_turn_is_armed_and_forbidden_calls_have_no_effect(client: str, place: Guarded) -> None:
    calls = [
        clients.shell_call(client, "echo x > twelve.toml"),
        clients.write_call(client, ".claude/settings.json", "{}\n"),
        clients.shell_call(client, "python3 -c \"open('twelve.toml','w').write('x')\""),
        clients.shell_call(client, "git commit --allow-empty --no-verify -m x"),
    ]
    head = place.repository.head()
    result, told = take(place, client, calls)
    assert result.hooks == "armed"
    assert (place.root / "twelve.toml").read_text() == ""
    assert place.repository.head() == head
    assert told.count("[protect-policy]") >= 3
    assert "[hook-skip]" in told
    assert "hook.py" not in told, "no command line leaks to the model"


@every_client
def test_a_harmless_turn_is_not_disturbed(client: str, place: Guarded) -> None:
    calls = [
        clients.write_call(client, "src/b.py", "y = 2\n"),
        clients.shell_call(client, "ls src && cat src/b.py"),
        clients.shell_call(client, "for f in src/*.py; do python3 $f; done"),
        clients.shell_call(client, "git status --short"),
    ]
    place.proven(client)
    result, told = take(place, client, calls)
    assert (result.done, result.hooks) == (True, "armed")
    assert (place.root / "src/b.py").read_text() == "y = 2\n"
    assert "Next:" not in told
    assert {event["decision"] for event in place.journal()} <= {"allow", "cleared", "silent"}
    assert not (place.root / ".gemini").exists()
    assert not (place.root / ".codex").exists()


@every_client
def test_a_claim_without_a_result_sends_the_agent_back_once(client: str, place: Guarded) -> None:
    result, told = take(place, client, [], words="All tests pass.")
    assert "unverified-claim" in told
    assert told.count("unverified-claim") <= 2
    assert result.text.endswith("Well then.")


@every_client
def test_without_hooks_the_same_calls_take_effect(client: str, place: Guarded) -> None:
    result, _ = take(place, client, [clients.shell_call(client, "echo x > twelve.toml")], armed=False)
    assert result.hooks == "no hooks"
    assert (place.root / "twelve.toml").read_text() == "x\n"


def test_each_of_claudes_tools_is_refused_the_same_path(place: Guarded) -> None:
    target = str(place.root / "twelve.toml")
    calls = [
        {"name": "Read", "input": {"file_path": target}},
        {"name": "Edit", "input": {"file_path": target, "old_string": "", "new_string": "x"}},
        {"name": "Write", "input": {"file_path": target, "content": "x"}},
        {"name": "Bash", "input": {"command": f"tee {target} <<< x", "description": "write"}},
        {"name": "Bash", "input": {"command": f"cp src/a.py {target}", "description": "copy"}},
    ]
    _, told = take(place, "claude", calls)
    assert (place.root / "twelve.toml").read_text() == ""
    assert told.count("[protect-policy]") >= 3


def test_codex_patches_are_looked_into(place: Guarded) -> None:
    patch = "*** Begin Patch\n*** Update File: twelve.toml\n@@\n+x = 1\n*** End Patch\n"
    _, told = take(place, "codex", [{"name": "apply_patch", "custom": True, "input": patch}])
    assert (place.root / "twelve.toml").read_text() == ""
    assert "[protect-policy]" in told


def test_settings_that_lose_our_hooks_in_mid_session_do_not_come_into_force(place: Guarded) -> None:
    path = place.root / ".claude/settings.local.json"
    path.parent.mkdir()
    registered = {"hooks": registration.hooks("claude", registration.command(place.repository, "claude"))}
    path.write_text(json.dumps(registered))

    def rewrite() -> None:
        for _ in range(400):
            if any(event.get("tool") == "Bash" for event in place.journal()):
                path.write_text("{}")
                return
            time.sleep(0.05)

    thread = threading.Thread(target=rewrite)
    thread.start()
    calls = [clients.shell_call("claude", "sleep 6"), clients.shell_call("claude", "echo x > twelve.toml")]
    take(place, "claude", calls, armed=False)
    thread.join()
    refused = [event for event in place.journal() if event.get("event") == "ConfigChange" and event["decision"] == "deny"]
    assert refused
    assert (place.root / "twelve.toml").read_text() == ""


def test_a_sub_agents_calls_are_judged_too(place: Guarded) -> None:
    task = {"description": "look", "prompt": "SUBAGENT: do it", "subagent_type": "general-purpose"}
    script = {
        "turns": [{"tools": [{"name": "Agent", "input": task}]}, {"text": "Main done."}],
        "lanes": [
            {
                "name": "sub",
                "first_user": "SUBAGENT",
                "turns": [{"tools": [clients.shell_call("claude", "echo x > twelve.toml")]}, {"text": "Sub done."}],
            }
        ],
        "default": {"text": "Done."},
    }
    hooks = arming.hooks(place.repository, Settings(), "claude")
    with FakeModel(script) as model:
        settings = clients.settings("claude", place.home, model.url)
        asyncio.run(harness.load("claude").take_turn(clients.turn(place.root, place.home / "logs", hooks=hooks), settings))
    denied = [event for event in place.journal() if event.get("decision") == "deny"]
    assert [bool(event.get("agent")) for event in denied] == [True]
    assert (place.root / "twelve.toml").read_text() == ""
