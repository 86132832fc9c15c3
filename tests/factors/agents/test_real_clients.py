"""The three real clients against a scripted model: each way a turn can end is told apart, and only one is success."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from kit import clients, repos
from kit.fakemodel import FakeModel
from twelve.factors.agents import harness
from twelve.factors.agents.harness import Hooks, TurnEvent, TurnResult, TurnStatus

pytestmark = [pytest.mark.client, pytest.mark.slow]

every_client = pytest.mark.parametrize("client", clients.CLIENTS)
REFUSED_KEY = {"default": {"status": 401, "error": "authentication_error", "text": "invalid x-api-key"}}


def work_tree(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    (folder / "a.txt").write_text("a\n")
    return folder


def take(client: str, tmp_path: Path, scenario: dict[str, Any], **fields: Any) -> tuple[TurnResult, FakeModel, list[TurnEvent]]:
    """One turn of the real client; `args` and `max_turns` go to its settings, the rest to the turn."""
    seen: list[TurnEvent] = []
    chosen = {key: fields.pop(key) for key in ("args", "max_turns") if key in fields}
    extra_env = fields.pop("settings_env", {})
    with FakeModel(scenario) as model:
        settings = clients.settings(client, tmp_path / "home", model.url, **chosen)
        settings.env.update(extra_env)
        turn = clients.turn(work_tree(tmp_path), tmp_path / "logs", **fields)
        result = asyncio.run(harness.load(client).take_turn(turn, settings, on_event=seen.append))
    return result, model, seen


@every_client
def test_a_turn_that_writes_its_artefact_is_done_with_usage_and_a_session(client: str, tmp_path: Path) -> None:
    folder = work_tree(tmp_path)
    script = clients.scenario(clients.writes(client, {"notes/prime.md": 'first\nit\'s "second"\n'}), words="Written.")
    result, model, seen = take(client, tmp_path, script)
    assert (result.status, result.detail) == (TurnStatus.DONE, "")
    assert (folder / "notes/prime.md").read_text() == 'first\nit\'s "second"\n'
    assert result.text == "Written."
    assert result.usage.input > 0
    assert result.usage.output > 0
    assert result.session_id
    assert result.hooks == "no hooks"
    assert {event.kind for event in seen} >= {"started", "tool", "text", "usage"}
    assert model.unused == []


@every_client
def test_the_prompt_reaches_the_model_whole_and_stays_off_the_command_line(client: str, tmp_path: Path) -> None:
    prompt = "Line one.\n--not-an-option $(touch pwned) `x`\n" + "word " * 2_000 + "LAST-WORD"
    result, model, seen = take(client, tmp_path, {"default": {"text": "Read."}}, prompt=prompt)
    assert result.status is TurnStatus.DONE
    assert any("LAST-WORD" in str(request["body"]) for request in model.requests("main"))
    started = next(event for event in seen if event.kind == "started")
    assert "LAST-WORD" not in started.text
    assert not (tmp_path / "work" / "pwned").exists()


@every_client
def test_a_file_can_be_overwritten_and_a_command_run(client: str, tmp_path: Path) -> None:
    calls = [clients.overwrite_call(client, "a.txt", "new\n"), clients.shell_call(client, "echo ran > ran.txt")]
    result, _, _ = take(client, tmp_path, {"turns": [{"tools": [call]} for call in calls], "default": {"text": "Done."}})
    assert result.status is TurnStatus.DONE
    assert (tmp_path / "work" / "a.txt").read_text() == "new\n"
    assert (tmp_path / "work" / "ran.txt").read_text() == "ran\n"


@every_client
def test_a_refused_key_is_bad_credentials_and_never_shows_the_key(client: str, tmp_path: Path) -> None:
    result, _, _ = take(client, tmp_path, REFUSED_KEY)
    assert result.status is TurnStatus.BAD_CREDENTIALS
    assert not result.transient
    kept = "".join(path.read_text() for path in (tmp_path / "logs").iterdir()) + result.detail
    assert "dummy-" not in kept


@every_client
def test_no_key_at_all_is_bad_credentials(client: str, tmp_path: Path) -> None:
    settings = clients.settings(client, tmp_path / "home", "http://127.0.0.1:9")
    for name in [name for name in settings.env if name.endswith("_API_KEY")]:
        del settings.env[name]
    result = asyncio.run(harness.load(client).take_turn(clients.turn(work_tree(tmp_path), tmp_path / "logs", timeout_s=30), settings))
    assert result.status is TurnStatus.BAD_CREDENTIALS
    assert not result.transient


@pytest.mark.parametrize(("client", "status"), [("claude", 529), ("codex", 503), ("gemini", 503)])
def test_one_overloaded_answer_is_survived_by_the_clients_own_retry(client: str, status: int, tmp_path: Path) -> None:
    script = {"turns": [{"status": status, "error": "overloaded_error", "text": "Overloaded"}, {"text": "Fine."}]}
    result, _, _ = take(client, tmp_path, script)
    assert result.status is TurnStatus.DONE


@pytest.mark.parametrize(("client", "status"), [("claude", 529), ("codex", 529), ("gemini", 503)])
def test_a_server_that_stays_overloaded_is_transient(client: str, status: int, tmp_path: Path) -> None:
    script = {"default": {"status": status, "error": "overloaded_error", "text": "Overloaded"}}
    result, _, _ = take(client, tmp_path, script, timeout_s=30)
    assert result.status is TurnStatus.OVERLOADED
    assert result.transient


@every_client
def test_a_rate_limit_is_told_from_an_overload(client: str, tmp_path: Path) -> None:
    script = {"default": {"status": 429, "error": "rate_limit_error", "text": "slow down", "headers": {"retry-after": "0"}}}
    result, _, _ = take(client, tmp_path, script, timeout_s=30)
    assert result.status is TurnStatus.RATE_LIMITED
    assert result.transient


@every_client
def test_a_bad_request_is_a_plain_failure_that_is_not_tried_again(client: str, tmp_path: Path) -> None:
    result, _, _ = take(client, tmp_path, {"default": {"status": 400, "error": "invalid_request_error", "text": "bad thing"}})
    assert result.status is TurnStatus.FAILED
    assert not result.transient
    assert "bad thing" in result.detail


@pytest.mark.parametrize(
    ("client", "reason", "text"), [("claude", "refusal", "I can't."), ("codex", "content_filter", "I"), ("gemini", "SAFETY", "")]
)
def test_a_refusal_is_told_and_not_tried_again(client: str, reason: str, text: str, tmp_path: Path) -> None:
    result, _, _ = take(client, tmp_path, {"default": {"text": text, "stop_reason": reason}})
    assert result.status is TurnStatus.REFUSED
    assert not result.transient


def test_a_refusal_that_codex_swallows_is_still_no_success(tmp_path: Path) -> None:
    result, _, _ = take("codex", tmp_path, {"default": {"text": "I can't.", "stop_reason": "refusal"}})
    assert result.status is TurnStatus.EMPTY


@every_client
def test_a_client_that_loops_ends_at_its_turn_limit(client: str, tmp_path: Path) -> None:
    loop = [{"tools": [clients.shell_call(client, f"echo {number}")]} for number in range(20)]
    result, model, _ = take(client, tmp_path, {"turns": loop}, max_turns=3)
    assert result.status is TurnStatus.MAX_TURNS
    assert not result.transient
    assert len(model.requests("main")) <= 6


@every_client
def test_an_empty_answer_is_no_success(client: str, tmp_path: Path) -> None:
    result, _, _ = take(client, tmp_path, {"default": {"text": ""}})
    assert result.status is TurnStatus.EMPTY


@every_client
def test_a_server_that_never_answers_is_hung_and_nothing_is_left_running(client: str, tmp_path: Path) -> None:
    began = time.monotonic()
    result, _, _ = take(client, tmp_path, {"default": {"text": "late", "delay_ms": 40_000}}, timeout_s=5)
    assert result.status is TurnStatus.HUNG
    assert result.transient
    assert time.monotonic() - began < 25
    assert str(tmp_path / "home") not in running()


@every_client
def test_an_unreachable_server_is_no_success(client: str, tmp_path: Path) -> None:
    with FakeModel({}) as gone:
        pass
    settings = clients.settings(client, tmp_path / "home", gone.url)
    turn = clients.turn(work_tree(tmp_path), tmp_path / "logs", timeout_s=12)
    result = asyncio.run(harness.load(client).take_turn(turn, settings))
    assert result.status in (TurnStatus.UNREACHABLE, TurnStatus.HUNG, TurnStatus.BROKEN_STREAM)
    assert result.transient


@every_client
def test_a_stream_that_breaks_never_yields_an_unfinished_success(client: str, tmp_path: Path) -> None:
    """Claude asks again without streaming and recovers; the others must not call half an answer done."""
    result, model, _ = take(client, tmp_path, {"default": {"text": "half an answer " * 5, "disconnect": "mid"}}, timeout_s=30)
    if client == "claude":
        assert (result.status, len(model.requests("main"))) == (TurnStatus.DONE, 2)
        assert result.usage.total > 0
    else:
        assert result.status is TurnStatus.BROKEN_STREAM
        assert result.transient


@every_client
def test_a_turn_can_be_stopped_from_outside(client: str, tmp_path: Path) -> None:
    async def stopped() -> TurnResult:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(3, stop.set)
        turn = clients.turn(work_tree(tmp_path), tmp_path / "logs")
        return await harness.load(client).take_turn(turn, settings, stop=stop)

    with FakeModel({"default": {"text": "late", "delay_ms": 30_000}}) as model:
        settings = clients.settings(client, tmp_path / "home", model.url)
        result = asyncio.run(stopped())
    assert result.status is TurnStatus.STOPPED


@every_client
def test_the_probe_names_the_version(client: str, tmp_path: Path) -> None:
    settings = clients.settings(client, tmp_path / "home", "http://127.0.0.1:9")
    found = harness.load(client).probe(settings)
    assert found.found
    assert found.version.count(".") == 2


@every_client
def test_one_scenario_carries_a_client_through_five_fresh_conversations(client: str, tmp_path: Path) -> None:
    """Prime meets an overloaded server once, implement is sent back once: what a driven run will look like."""
    phases = ("prime", "research", "plan", "implement", "learn")
    named = [
        clients.writes(client, {f".twelve/runs/{{{{1}}}}/{name}.md": f"run: {{{{1}}}}\nphase: {name}\n"}, when=rf"{name} of run (\w+)")
        for name in phases
    ]
    repair = clients.runs(client, "echo repaired > a.txt", when="FINDING")
    script = clients.scenario(clients.overloaded(client, when="prime of run"), repair, *named)
    folder = work_tree(tmp_path)
    statuses = []
    with FakeModel(script) as model:
        settings = clients.settings(client, tmp_path / "home", model.url)
        for place in [("prime", 1, 1), ("prime", 1, 2), *((name, 1, 1) for name in phases[1:]), ("implement", 2, 1)]:
            name, round_, attempt = place
            prompt = f"Do {name} of run r7." if round_ == 1 else "FINDING: a.txt is wrong."
            turn = clients.turn(folder, tmp_path / "logs", prompt=prompt, phase=name, round=round_, attempt=attempt)
            statuses.append(asyncio.run(harness.load(client).take_turn(turn, settings)).status)
        assert model.unused == []
    assert statuses == [TurnStatus.OVERLOADED, *[TurnStatus.DONE] * 6]
    assert (folder / ".twelve/runs/r7/plan.md").read_text() == "run: r7\nphase: plan\n"
    assert {path.name for path in (folder / ".twelve/runs/r7").iterdir()} == {f"{name}.md" for name in phases}
    assert (folder / "a.txt").read_text() == "repaired\n"


@every_client
def test_a_linked_git_work_tree_outside_the_git_folder_can_be_written(client: str, tmp_path: Path) -> None:
    repository = repos.new_repository(tmp_path / "repo", {"a.txt": "a\n"})
    tree = repository.add_worktree(tmp_path / "trees" / "r7", "twelve/r7", "HEAD")
    script = clients.scenario(
        clients.writes(client, {".twelve/runs/r7/prime.md": "x\n"}), clients.runs(client, "git status --short > status.txt")
    )
    with FakeModel(script) as model:
        settings = clients.settings(client, tmp_path / "home", model.url)
        result = asyncio.run(harness.load(client).take_turn(clients.turn(tree.root, tmp_path / "logs"), settings))
    assert (result.status, result.denials) == (TurnStatus.DONE, ())
    assert (tree.root / ".twelve/runs/r7/prime.md").read_text() == "x\n"
    assert ".twelve/" in (tree.root / "status.txt").read_text()


def test_claude_is_not_started_where_it_would_deny_every_write(tmp_path: Path) -> None:
    folder = tmp_path / "repo" / ".git" / "worktrees" / "r7"
    folder.mkdir(parents=True)
    (tmp_path / "link").symlink_to(folder)
    for place in (folder, tmp_path / "link"):
        settings = clients.settings("claude", tmp_path / "home", "http://127.0.0.1:9")
        result = asyncio.run(harness.load("claude").take_turn(clients.turn(place, tmp_path / "logs"), settings))
        assert result.status is TurnStatus.FAILED
        assert "denies every write" in result.detail


def hook_settings(command: str) -> dict[str, Any]:
    return {"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": command}]}]}}


def test_claude_is_armed_only_when_the_hook_was_seen_to_run(tmp_path: Path) -> None:
    armed, _, _ = take("claude", tmp_path, {}, hooks=Hooks(settings=hook_settings("echo proof-4711"), proof="proof-4711"))
    assert armed.hooks == "armed"
    broken, _, _ = take("claude", tmp_path, {}, hooks=Hooks(settings=hook_settings("/no/such/hook"), proof="proof-4711"))
    assert broken.hooks == "no hooks"


def test_a_project_that_switches_hooks_off_does_not_disarm_ours(tmp_path: Path) -> None:
    folder = work_tree(tmp_path) / ".claude"
    folder.mkdir()
    (folder / "settings.json").write_text('{"disableAllHooks": true}')
    result, _, _ = take("claude", tmp_path, {}, hooks=Hooks(settings=hook_settings("echo proof-4711"), proof="proof-4711"))
    assert result.hooks == "armed"


def test_claude_usage_counts_each_message_once_even_with_several_blocks(tmp_path: Path) -> None:
    usage = {"input_tokens": 1_000, "output_tokens": 100, "cache_creation_input_tokens": 10, "cache_read_input_tokens": 1}
    four_blocks = [clients.write_call("claude", f"f{n}.txt", "x\n") for n in range(3)]
    script = {"turns": [{"text": "Now.", "tools": four_blocks, "usage": usage}, {"text": "Done.", "usage": usage}]}
    result, _, _ = take("claude", tmp_path, script)
    assert (result.usage.input, result.usage.output) == (2_000, 200)
    assert (result.usage.cache_write, result.usage.cache_read) == (20, 2)
    assert result.usage.cost_usd > 0


def test_claude_without_a_permission_says_which_tool_was_denied(tmp_path: Path) -> None:
    script = {"turns": [{"tools": [clients.shell_call("claude", "python3 -c 1")]}, {"text": "Could not."}]}
    result, _, _ = take("claude", tmp_path, script, args=("--permission-mode", "default", "--allowedTools", "Read"))
    assert result.denials == ("Bash",)


def test_claude_that_must_meet_a_schema_and_does_not_is_no_success(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "integer"}}, "required": ["answer"]}
    result, _, _ = take("claude", tmp_path, {"default": {"text": "no json"}}, schema=schema)
    assert result.status is TurnStatus.FAILED
    assert "schema" in result.detail


def test_claude_may_not_fetch_from_the_web_unasked(tmp_path: Path) -> None:
    tool = {"name": "WebFetch", "input": {"url": "http://127.0.0.1:9/", "prompt": "read"}}
    result, _, _ = take("claude", tmp_path, {"turns": [{"tools": [tool]}], "default": {"text": "Could not."}})
    assert result.denials == ("WebFetch",)


def test_gemini_that_is_not_to_trust_the_folder_fails_with_the_reason(tmp_path: Path) -> None:
    result, _, _ = take("gemini", tmp_path, {}, settings_env={"GEMINI_CLI_TRUST_WORKSPACE": "false"})
    assert result.status is TurnStatus.FAILED
    assert "trust" in result.detail


def test_codex_cannot_write_outside_its_work_tree(tmp_path: Path) -> None:
    # The sandbox leaves /tmp open, so the place has to lie elsewhere.
    outside = Path(f"/var/tmp/twelve-outside-{os.getpid()}.txt")
    script = {"turns": [{"tools": [clients.shell_call("codex", f"touch {outside}")]}, {"text": "Tried."}]}
    try:
        result, _, _ = take("codex", tmp_path, script)
        assert result.done
        assert not outside.exists()
    finally:
        outside.unlink(missing_ok=True)


def running() -> str:
    """The environments' homes of every process we can see."""
    seen = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            seen.append(path.read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue
    return "\n".join(seen)
